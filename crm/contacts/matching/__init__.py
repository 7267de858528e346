"""Who is it? The one place that decides "same person?": exactly on addresses, by likeness on names, birth dates and postal addresses."""

from crm.contacts.matching.candidates import Candidate, candidates
from crm.contacts.matching.evidence import Evidence
from crm.contacts.matching.identifying import Match, callers, find_by_address, find_many, identify
from crm.contacts.matching.person import Person
from crm.contacts.matching.scanning import Pair, pairs

__all__ = ["Candidate", "Evidence", "Match", "Pair", "Person", "callers", "candidates", "find_by_address", "find_many", "identify", "pairs"]
