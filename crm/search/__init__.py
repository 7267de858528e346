"""One full-text index over everything that has a name, on SQLite (FTS5) and on PostgreSQL (full text and trigrams)."""
