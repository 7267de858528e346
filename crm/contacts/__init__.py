"""Contacts, organisations, affiliations and addresses; matching, merging, importing."""
