"""Views of a list that people keep: filters, columns and order under a name, one's own or shared with everybody."""
