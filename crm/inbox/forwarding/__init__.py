"""Passing a message on to somebody outside, whose answer comes back into the conversation without making them the customer."""
