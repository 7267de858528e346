"""Searching the inbox: words of messages, and operators."""
