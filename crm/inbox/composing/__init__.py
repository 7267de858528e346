"""What helps with writing: saved replies."""
