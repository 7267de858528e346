"""Words that nearly are the ones typed."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process
from sqlalchemy import text

from crm.extensions import db

NEARLY = 74  # rapidfuzz ratio (0 to 100) from which two words may be the same one mistyped
KNOWN = text("SELECT term FROM search_terms WHERE term >= :first AND term < :beyond AND length(term) BETWEEN :short AND :long")


def alike(words: Sequence[str]) -> list[list[str]]:
    """Each word with those of the index it could be, mistyped; nothing when none of them has any."""
    choices = [[word, *_nearly(word)] for word in words]
    return choices if any(len(choice) > 1 for choice in choices) else []


def _nearly(word: str) -> list[str]:
    if len(word) < 3 or not word.isalpha():
        return []
    return [match[0] for match in process.extract(word, _known(word), scorer=fuzz.ratio, score_cutoff=NEARLY, limit=9) if match[0] != word]


def _known(word: str) -> list[str]:
    """Words of about the same length that begin with its first letter, or with its second (the two swapped)."""
    lengths = {"short": len(word) - 2, "long": len(word) + 2}
    return [term for first in {word[0], word[1]} for term in db.session.scalars(KNOWN, {"first": first, "beyond": chr(ord(first) + 1), **lengths})]
