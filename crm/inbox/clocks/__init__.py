"""Promised times: what is promised to whom, how much of it is used up and why, who is told before it passes."""
