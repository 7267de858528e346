"""Two records that are one: merged in one transaction, with a journal of every row that moved and every value that gave way.

Each feature's rows move, also those of features not written yet: what points at a contact or an organisation is found in the metadata
(references.py); rules.py says in words what moves, and what happens where both already have the same. Undoing walks the journal back.
"""
