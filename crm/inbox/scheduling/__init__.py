"""Replies that leave at a later time."""
