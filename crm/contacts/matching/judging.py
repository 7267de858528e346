"""From likenesses and chances to a verdict and its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from crm.contacts.matching.blocking import ROW
from crm.contacts.matching.comparing import COMPARED, CROSSED, KINDS, Comparison, compare
from crm.contacts.matching.evidence import Evidence, Verdict
from crm.contacts.matching.likeness import FAINT, INITIAL, KIN, LIKE, OTHER, SAME, TYPO
from crm.contacts.matching.table import Codes, Shares, Table
from crm.contacts.matching.weighing import Flags, Weights, shared

SURE, LIKELY = 0.999, 0.5  # chances from which a pair is called the same, or likely
ALIKE = (TYPO, LIKE)
AGREEING = (SAME, KIN, *ALIKE, INITIAL)


def judged(table: Table, weights: Weights, pairs: Codes) -> Iterator[tuple[int, int, float, Verdict, tuple[Evidence, ...]]]:
    """Those of the pairs that are likely or surely one person."""
    left, right = pairs >> 32, pairs & ROW
    comparison = compare(table, left, right)
    chances = weights.chances(comparison)
    sure = surely(comparison, chances)
    for place in map(int, np.flatnonzero(chances >= LIKELY)):
        yield int(left[place]), int(right[place]), float(chances[place]), verdict(chances[place], bool(sure[place])), reasons(comparison, place)


def surely(comparison: Comparison, chances: Shares) -> Flags:
    """Which pairs are called the same: nothing speaks against it, and more for it than a name."""
    against = comparison.is_any("first", FAINT, OTHER) | comparison.is_any("last", FAINT, OTHER) | comparison.is_any("birth", FAINT, OTHER)
    return (chances >= SURE) & ~against & _more_than_a_name(comparison)


def _more_than_a_name(comparison: Comparison) -> Flags:
    addresses: NDArray[np.bool_] = np.any([comparison.levels[kind] == SAME for kind in KINDS], axis=0)
    here = comparison.is_any("city", SAME, *ALIKE) | comparison.is_any("postcode", SAME, *ALIKE)
    place = here & (comparison.is_any("street", SAME, *ALIKE) | comparison.is_any("extra", SAME, *ALIKE))
    return addresses | place | shared(comparison, ("birth",))


def verdict(chance: float, sure: bool) -> Verdict:
    return "same" if sure else "likely" if chance >= LIKELY else "unlikely"


def reasons(comparison: Comparison, place: int) -> tuple[Evidence, ...]:
    """Why, for the pair at this place: what is the same, what is similar, and what speaks against it."""
    return _reasons(tuple(int(comparison.levels[part][place]) for part in COMPARED))


@lru_cache(maxsize=4096)
def _reasons(levels: tuple[int, ...]) -> tuple[Evidence, ...]:
    seen = dict(zip(COMPARED, levels, strict=True))
    return tuple(Evidence(key) for key in (*_of_addresses(seen), *_of_names(seen), *_of_rest(seen), *_against(seen)))


def _of_addresses(seen: Mapping[str, int]) -> Iterator[str]:
    for kind in ("customer_number", "email", "phone", "handle", "visitor"):
        if seen[kind] == SAME:
            yield kind
        elif seen[kind] == LIKE:
            yield f"{kind}_like"


def _of_names(seen: Mapping[str, int]) -> Iterator[str]:
    first, last = seen["first"], seen["last"]
    if first in AGREEING and last in AGREEING:
        yield "name" if first == last == SAME else "name_kin" if (first, last) == (KIN, SAME) else "name_like"
    elif last in AGREEING:
        yield "last" if last == SAME else "name_like"
    elif first in AGREEING:
        yield "first" if first == SAME else "name_like"
    if seen["name_order"] == CROSSED:
        yield "name_crossed"


def _of_rest(seen: Mapping[str, int]) -> Iterator[str]:
    yield from _alike(seen, "birth")
    if seen["organisation"] in (SAME, *ALIKE):
        yield "organisation"
    if seen["street"] == SAME and seen["number"] == SAME:
        yield "house"
    else:
        yield from _alike(seen, "street")
    if SAME in (seen["city"], seen["postcode"]):
        yield "town"
    elif seen["city"] in ALIKE or seen["postcode"] in ALIKE:
        yield "town_like"


def _alike(seen: Mapping[str, int], part: str) -> Iterator[str]:
    if seen[part] == SAME:
        yield part
    elif seen[part] in ALIKE:
        yield f"{part}_like"


def _against(seen: Mapping[str, int]) -> Iterator[str]:
    for part in ("first", "last", "birth"):
        if seen[part] in (FAINT, OTHER):
            yield f"{part}_other"
