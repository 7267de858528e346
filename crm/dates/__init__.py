"""Dates as people write them, and where somebody's day begins and ends."""
