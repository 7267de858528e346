"""Conversations that have to do with each other, and moving one to where it belongs."""
