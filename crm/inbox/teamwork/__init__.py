"""Working the inbox together: turns, who watches, who is here, what one has seen, tags, saved lists, many at once."""
