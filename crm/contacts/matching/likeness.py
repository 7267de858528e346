"""How alike are two spellings? Every two different spellings are looked at once, many at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from crm.contacts.matching.nicknames import FAMILIES, akin
from crm.contacts.matching.table import Codes, Vocabulary

Levels = NDArray[np.uint8]
Spellings = NDArray[np.object_]
Judge = Callable[[Spellings, Spellings], Levels]

# The ways in which two spellings compare, the best first. UNKNOWN says nothing: one of the two is missing.
LEVELS = ("unknown", "same", "kin", "typo", "like", "initial", "faint", "other")
UNKNOWN, SAME, KIN, TYPO, LIKE, INITIAL, FAINT, OTHER = range(len(LEVELS))
CLOSE, RESEMBLING = 0.9, 0.8  # similarities by Jaro and Winkler
SHORTEST = 3  # letters; in shorter words a typing mistake makes another word
TELLING = 6  # letters of the local part that must be the same in two mail addresses to be thought of as one person's


def levels(vocabulary: Vocabulary, one: Codes, other: Codes, judge: Judge) -> Levels:
    """UNKNOWN where one is missing, SAME where they are equal, else what `judge` says of the spellings."""
    found = np.full(len(one), SAME, np.uint8)
    found[(one == 0) | (other == 0)] = UNKNOWN
    differing = np.flatnonzero((one != other) & (found != UNKNOWN))
    if len(differing):
        low, high = np.minimum(one[differing], other[differing]), np.maximum(one[differing], other[differing])
        low, high, back = _once(low, high, len(vocabulary))
        found[differing] = judge(vocabulary.spellings[low], vocabulary.spellings[high])[back]
    return found


def _once(low: Codes, high: Codes, size: int) -> tuple[Codes, Codes, Codes]:
    """The different pairs, and where each of the given ones is among them."""
    both = low * size + high
    order = np.argsort(both)
    fresh = np.r_[True, both[order][1:] != both[order][:-1]]
    back = np.empty(len(both), np.int64)
    back[order] = np.cumsum(fresh) - 1
    low, high = np.divmod(both[order][fresh], size)
    return low, high, back


def words(one: Spellings, other: Spellings) -> Levels:
    typos, shorter = _typos(one, other), _shorter(one, other)
    alike = cpdist(one, other, scorer=JaroWinkler.similarity, dtype=np.float32)
    found = np.full(len(one), OTHER, np.uint8)
    found[alike >= RESEMBLING] = FAINT
    found[(alike >= CLOSE) | ((typos <= 2) & (shorter > 2 * SHORTEST))] = LIKE
    found[(typos <= 1) & (shorter >= SHORTEST)] = TYPO
    return found


def names(one: Spellings, other: Spellings) -> Levels:
    found = words(one, other)
    for place in np.flatnonzero(_shorter(one, other) == 1):
        if one[place][0] == other[place][0]:
            found[place] = INITIAL
    for place in np.flatnonzero(_in_families(one) & _in_families(other)):
        if akin(one[place], other[place]):
            found[place] = KIN
    return found


def _in_families(spellings: Spellings) -> NDArray[np.bool_]:
    return np.fromiter(map(FAMILIES.__contains__, spellings), bool, len(spellings))


def digits(one: Spellings, other: Spellings) -> Levels:
    typos = _typos(one, other)
    found = np.full(len(one), OTHER, np.uint8)
    found[(typos <= 2) & (_shorter(one, other) > SHORTEST)] = LIKE
    found[typos <= 1] = TYPO
    return found


def dates(one: Spellings, other: Spellings) -> Levels:
    return np.fromiter(map(_date, one, other, _typos(one, other)), np.uint8, len(one))


def _date(one: str, other: str, typos: int) -> int:
    """TYPO: a digit is wrong, two are swapped, or day and month are. LIKE: more than that. FAINT: the year is the same. All as YYYY-MM-DD."""
    (year, month, day), (year2, month2, day2) = one.split("-"), other.split("-")
    if typos <= 1 or (year, month, day) == (year2, day2, month2):
        return TYPO
    if typos == 2 or (year == year2) + (month == month2) + (day == day2) == 2:
        return LIKE
    return FAINT if year == year2 else OTHER


def mails(one: Spellings, other: Spellings) -> Levels:
    """LIKE: the same longer local part at another provider. (Mistyped ones are no sign: anna.meier7@ and anna.meier8@ are two.)"""
    return np.fromiter((LIKE if _one_owner(a, b) else OTHER for a, b in zip(one, other, strict=True)), np.uint8, len(one))


def _one_owner(one: str, other: str) -> bool:
    local = one.partition("@")[0]
    return len(local) >= TELLING and local == other.partition("@")[0]


def _typos(one: Spellings, other: Spellings) -> NDArray[np.uint8]:
    """Letters wrong, missing, too many, or swapped with the next; 3 stands for more than two."""
    return cpdist(one, other, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8)


def _shorter(one: Spellings, other: Spellings) -> NDArray[np.int64]:
    return np.fromiter(map(min, map(len, one), map(len, other)), np.int64, len(one))
