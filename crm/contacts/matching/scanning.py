"""Which of the contacts are likely one person twice? The scan for duplicates, without comparing everybody with everybody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.contacts.matching.evidence import Evidence, Verdict, because

if TYPE_CHECKING:
    from crm.contacts.matching.table import Codes, Table

AT_ONCE = 200_000  # pairs
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Pair:
    """Two contacts who may be one person; left_id < right_id. `score` is the probability that they are."""

    left_id: int
    right_id: int
    score: float
    verdict: Verdict
    evidence: tuple[Evidence, ...]

    @property
    def because(self) -> str:
        return because(self.evidence)


def pairs(*, among: Collection[int] | None = None, progress: Progress | None = None) -> Iterator[Pair]:
    """Every pair that is likely or surely one person, in the order of the ids. Archived and merged contacts take no part.

    `among`: only pairs in which one of these takes part. `progress` hears from 0 to 1 how far it is.
    """
    from crm.contacts.matching import reading  # and numpy with it, which nobody else needs to wait for
    from crm.contacts.matching.table import Table

    told = progress or _nobody
    told(0.0)
    read = reading.everybody()
    told(0.1)
    table = Table(read.people, read.known)
    rows = None if among is None else [row for row, ident in enumerate(read.ids) if ident in set(among)]
    for left, right, score, verdict, evidence in likely(table, among=rows, progress=lambda done: told(0.15 + 0.85 * done)):
        yield Pair(read.ids[left], read.ids[right], score, verdict, evidence)
    told(1.0)


def likely(table: Table, *, among: Collection[int] | None = None, sources: Codes | None = None,
           progress: Progress = lambda _done: None) -> Iterator[tuple[int, int, float, Verdict, tuple[Evidence, ...]]]:
    """The same for a table: rows instead of ids. `sources`: only pairs of two different sources, one number a row."""
    import numpy as np

    from crm.contacts.matching.blocking import ROW, blocked
    from crm.contacts.matching.comparing import compare
    from crm.contacts.matching.judging import LIKELY, reasons, surely, verdict
    from crm.contacts.matching.learning import learn

    found = blocked(table)
    if sources is not None:
        found = found[sources[found >> 32] != sources[found & ROW]]
    progress(0.3)
    weights = learn(table, found)
    progress(0.5)
    if among is not None:
        found = found[np.isin(found >> 32, list(among)) | np.isin(found & ROW, list(among))]
    for start in range(0, len(found), AT_ONCE):
        left, right = found[start : start + AT_ONCE] >> 32, found[start : start + AT_ONCE] & ROW
        comparison = compare(table, left, right)
        chances = weights.chances(comparison)
        sure = surely(comparison, chances)
        for place in np.flatnonzero(chances >= LIKELY):
            yield int(left[place]), int(right[place]), float(chances[place]), verdict(chances[place], sure[place]), reasons(comparison, int(place))
        progress(0.5 + 0.5 * (start + len(left)) / len(found))


def _nobody(_done: float) -> None:
    """Nobody listens."""
