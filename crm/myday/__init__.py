"""The start page: what is due, what is about to breach, whom to call back. Composition: it reads from every feature."""
