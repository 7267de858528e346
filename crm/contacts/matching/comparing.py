"""Two people, part by part: how alike each part is, and how rare what they share."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crm.contacts.matching import likeness
from crm.contacts.matching.likeness import INITIAL, KIN, LIKE, OTHER, SAME, TYPO, UNKNOWN, Levels
from crm.contacts.matching.table import MOST_ADDRESSES, Addresses, Codes, Shares, Table

PARTS = ("first", "last", "birth", "organisation", "postcode", "city", "state", "street", "number", "extra")
KINDS = ("email", "phone", "handle", "customer_number", "visitor")
SWAPPED = {"name_order": ("first", "last"), "place_order": ("street", "extra")}  # what people write the one in the place of the other
STRAIGHT, CROSSED = 1, 2  # levels of an order; 0 where it cannot be told
COMPARED = (*PARTS, *KINDS, *SWAPPED)
JUDGES: dict[str, likeness.Judge] = {
    "first": likeness.names, "last": likeness.names, "number": likeness.digits, "postcode": likeness.digits, "birth": likeness.dates,
}
POINTS = np.zeros(len(likeness.LEVELS), np.int64)
POINTS[[SAME, KIN, TYPO, LIKE, INITIAL, OTHER]] = 4, 3, 3, 2, 1, -1
CLEARLY = 3  # points by which the crossed comparison must be the better one
ENTRIES = [(mine, theirs) for mine in range(MOST_ADDRESSES) for theirs in range(MOST_ADDRESSES)]


@dataclass
class Comparison:
    """`levels[part]` of each pair; `shares[part]`: how common is what they have in common, where it is the SAME."""

    size: int
    levels: dict[str, Levels] = field(default_factory=dict)
    shares: dict[str, Shares] = field(default_factory=dict)

    def is_any(self, part: str, *levels: int) -> NDArray[np.bool_]:
        return np.isin(self.levels[part], levels)


def compare(table: Table, left: Codes, right: Codes) -> Comparison:
    """Row left[n] with row right[n], for each n."""
    comparison = Comparison(len(left))
    for part in PARTS:
        _compare(comparison, table, part, (part, part), left, right)
    for order, parts in SWAPPED.items():
        _cross(comparison, table, order, parts, left, right)
    for kind in KINDS:
        comparison.levels[kind], comparison.shares[kind] = _shared(table.addresses[kind], table.size, left, right)
    _resembling(comparison, table, left, right)
    return comparison


def _compare(comparison: Comparison, table: Table, part: str, columns: tuple[str, str], left: Codes, right: Codes) -> None:
    mine, theirs = (table[column] for column in columns)
    one, other = mine.codes[left], theirs.codes[right]
    comparison.levels[part] = likeness.levels(mine.vocabulary, one, other, JUDGES.get(part, likeness.words))
    comparison.shares[part] = np.maximum(mine.shares[one], theirs.shares[one])


def _cross(comparison: Comparison, table: Table, order: str, parts: tuple[str, str], left: Codes, right: Codes) -> None:
    """Where it fits clearly better, the first name is compared with the last name, and the last name with the first."""
    crossed = Comparison(comparison.size)
    for one, other in (parts, parts[::-1]):
        _compare(crossed, table, one, (one, other), left, right)
    better = _points(crossed, parts) >= _points(comparison, parts) + CLEARLY
    for part in parts:
        comparison.levels[part] = np.where(better, crossed.levels[part], comparison.levels[part])
        comparison.shares[part] = np.where(better, crossed.shares[part], comparison.shares[part])
    told = (comparison.levels[parts[0]] != UNKNOWN) | (comparison.levels[parts[1]] != UNKNOWN)
    comparison.levels[order] = np.where(told, np.where(better, CROSSED, STRAIGHT), 0).astype(np.uint8)


def _points(comparison: Comparison, parts: tuple[str, str]) -> Codes:
    return POINTS[comparison.levels[parts[0]]] + POINTS[comparison.levels[parts[1]]]


def _shared(addresses: Addresses, size: int, left: Codes, right: Codes) -> tuple[Levels, Shares]:
    """SAME where any address of the one is any of the other's; the share counts who else holds it, besides the two."""
    mine, theirs = addresses.codes[left], addresses.codes[right]
    common = np.zeros(len(left), np.int64)
    for one, other in ENTRIES:
        common = np.where((common == 0) & (mine[:, one] == theirs[:, other]), mine[:, one], common)
    found = np.full(len(left), OTHER, np.uint8)
    found[common != 0] = SAME
    found[(mine[:, 0] == 0) | (theirs[:, 0] == 0)] = UNKNOWN
    return found, np.maximum(addresses.holders[common] - 2, 0) / size


def _resembling(comparison: Comparison, table: Table, left: Codes, right: Codes) -> None:
    """Addresses that are not the same but nearly so."""
    mails, ends = table.addresses["email"], table.addresses["phone_end"]
    alike = likeness.levels(mails.vocabulary, mails.codes[left, 0], mails.codes[right, 0], likeness.mails) == LIKE
    comparison.levels["email"][alike & comparison.is_any("email", OTHER)] = LIKE
    end = _shared(ends, table.size, left, right)[0] == SAME
    comparison.levels["phone"][end & comparison.is_any("phone", OTHER)] = LIKE
