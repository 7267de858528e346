"""Asking customers after an interaction, and seeing to it that somebody acts on the answer."""
