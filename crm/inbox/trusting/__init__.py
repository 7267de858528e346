"""Which senders' pictures are loaded without asking: a choice of the firm, remembered and taken back."""
