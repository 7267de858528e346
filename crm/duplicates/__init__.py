"""Likely the same person twice: found by matching, kept as pairs, decided by people, and remembered.

The scan goes over everybody once, later only over whom something changed. Nothing is ever merged by itself, but for one case that is no
guess: a web visitor without a name, whose id turns out to be somebody's (joining.py).
"""
