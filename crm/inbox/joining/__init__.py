"""Two conversations become one, or one becomes two; each can be put back exactly, at any time."""
