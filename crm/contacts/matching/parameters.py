"""What is believed before any data is seen. The scan learns from the data at hand, beginning here; hints while typing use these as they are.

Shares of the levels, one row a part, in the order of `likeness.LEVELS`: unknown, same, kin, typo, like, initial, faint, other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.float64]
Levels = dict[str, tuple[float, ...]]
_WORDS, _DIGITS, _ADDRESS = (0, 0.78, 0, 0.1, 0.04, 0, 0.03, 0.05), (0, 0.82, 0, 0.09, 0.02, 0, 0, 0.07), (0, 0.7, 0, 0, 0.05, 0, 0, 0.25)
_OTHER_WORDS, _OTHER_DIGITS, _OTHER_ADDRESS = (0, 0.002, 0, 0.001, 0.003, 0, 0.01, 0.984), (0, 0.005, 0, 0.03, 0.1, 0, 0, 0.865), (0, 1e-6, 0, 0, 1e-5, 0, 0, 1)

SAME_PERSON: Levels = {
    "first": (0, 0.74, 0.05, 0.09, 0.03, 0.02, 0.02, 0.05),
    "last": (0, 0.8, 0, 0.09, 0.03, 0.005, 0.02, 0.055),
    "birth": (0, 0.92, 0, 0.04, 0.02, 0, 0.005, 0.015),
    **dict.fromkeys(("organisation", "city", "state", "street", "extra"), _WORDS),
    **dict.fromkeys(("number", "postcode"), _DIGITS),
    **dict.fromkeys(("email", "phone", "handle", "customer_number", "visitor"), _ADDRESS),
    "name_order": (0, 0.97, 0.03, 0, 0, 0, 0, 0),
    "place_order": (0, 0.95, 0.05, 0, 0, 0, 0, 0),
}
STRANGERS: Levels = {
    "first": (0, 0.005, 0.003, 0.003, 0.01, 0.001, 0.02, 0.958),
    "last": (0, 0.002, 0, 0.002, 0.006, 0.001, 0.02, 0.969),
    "birth": (0, 0.0001, 0, 0.001, 0.004, 0, 0.015, 0.9799),
    **dict.fromkeys(("organisation", "city", "state", "street", "extra"), _OTHER_WORDS),
    **dict.fromkeys(("number", "postcode"), _OTHER_DIGITS),
    **dict.fromkeys(("email", "phone", "handle", "customer_number", "visitor"), _OTHER_ADDRESS),
    "name_order": (0, 0.995, 0.005, 0, 0, 0, 0, 0),
    "place_order": (0, 0.995, 0.005, 0, 0, 0, 0, 0),
}
# What strangers share for a reason: who has the same postcode has the same town. Part → what must be the same → the chance that the part is so for that reason.
# Where it is not quite the same for that reason (a mistyped town, the next postcode), it is a TYPO or LIKE: NEARLY of those.
REASONS: dict[str, dict[tuple[str, ...], float]] = {
    "first": {("last",): 0.002},
    "last": {("city",): 0.002, ("postcode",): 0.002},
    "postcode": {("city",): 0.1, ("organisation",): 0.8},
    "city": {("postcode",): 0.9, ("organisation",): 0.8},
    "state": {("postcode",): 0.95, ("city",): 0.9, ("organisation",): 0.8},
    "street": {("postcode",): 0.02, ("city",): 0.005, ("organisation",): 0.8},
    "number": {("street",): 0.05, ("organisation",): 0.8},
    "extra": {("street", "number"): 0.3, ("organisation",): 0.5},
    "email": {("street", "number"): 0.02, ("organisation",): 0.02},
    "phone": {("street", "number"): 0.2, ("organisation",): 0.2},
}
NEARLY = 0.1
# How often two different people, who have nothing to do with each other, have an address that nobody else has; by the number of people.
SHARED_BY_CHANCE = {"email": 0.02, "phone": 0.05, "handle": 0.02, "customer_number": 0.005, "visitor": 0.05}
PAIRS_BELIEVED = 20.0  # how many pairs of data it takes to count as much as what is believed
DUPLICATES = 0.05  # of the people have a duplicate
WRITTEN_ALTOGETHER_DIFFERENTLY = 0.15  # first names of one person, at most: what is more are families


def rows(shares: Levels) -> dict[str, Row]:
    return {part: np.array(row) / sum(row) for part, row in shares.items()}
