"""People chosen by rules over their whole history."""
