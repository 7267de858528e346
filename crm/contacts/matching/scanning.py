"""Which of the contacts are likely one person twice? The scan for duplicates, without comparing everybody with everybody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from crm.contacts.matching.evidence import Evidence, Verdict, because


@dataclass(frozen=True)
class Pair:
    """Two contacts who may be one person; left_id < right_id."""

    left_id: int
    right_id: int
    score: float
    verdict: Verdict
    evidence: tuple[Evidence, ...]

    @property
    def because(self) -> str:
        return because(self.evidence)


def pairs(*, among: Collection[int] | None = None, progress: Callable[[float], None] | None = None) -> Iterator[Pair]:
    """Every pair that is likely or surely one person. `among`: only pairs in which one of these takes part. `progress` hears 0 to 1."""
    yield from ()
