"""Which of the contacts are likely one person twice? The scan for duplicates, without comparing everybody with everybody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from crm.contacts.matching.candidates import candidates
from crm.contacts.matching.evidence import Evidence, Verdict, because
from crm.contacts.matching.person import Person
from crm.contacts.models import Contact
from crm.extensions import db

if TYPE_CHECKING:
    from crm.contacts.matching.table import Codes, Table

AT_ONCE = 200_000  # pairs
FEW = 100  # contacts who are looked up one by one: quicker than reading all
MOST_OF_ONE = 50  # pairs of one contact that are told then
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

    `among`: only pairs in which one of these takes part; a few are looked up one by one, with the weights that are believed beforehand.
    `progress` hears from 0 to 1 how far it is.
    """
    if among is not None and len(among) <= FEW:
        yield from _around(among, progress or _nobody)
    else:
        yield from _all(among, progress or _nobody)


def _around(among: Collection[int], told: Progress) -> Iterator[Pair]:
    seen: set[tuple[int, int]] = set()
    for done, contact in enumerate(_living(among)):
        told(done / len(among))
        found = [each for each in candidates(Person.of(contact), limit=MOST_OF_ONE, besides=contact.id) if each.verdict != "unlikely"]
        living = {other.id for other in _living([each.contact_id for each in found])}
        for each in found:
            left, right = sorted((contact.id, each.contact_id))
            if each.contact_id in living and (left, right) not in seen:
                seen.add((left, right))
                yield Pair(left, right, each.score, each.verdict, each.evidence)
    told(1.0)


def _living(ids: Collection[int]) -> Sequence[Contact]:
    living = Contact.merged_into_id.is_(None) & Contact.archived_at.is_(None)
    return db.session.scalars(select(Contact).where(Contact.id.in_(list(ids)), living).order_by(Contact.id)).all()


def _all(among: Collection[int] | None, told: Progress) -> Iterator[Pair]:
    from crm.contacts.matching import reading  # and numpy with it, which nobody else needs to wait for
    from crm.contacts.matching.table import Table

    told(0.0)
    read = reading.everybody()
    told(0.1)
    table = Table(read.people, read.known)
    wanted = None if among is None else frozenset(among)
    rows = None if wanted is None else [row for row, ident in enumerate(read.ids) if ident in wanted]
    for left, right, score, verdict, evidence in likely(table, among=rows, progress=lambda done: told(0.15 + 0.85 * done)):
        yield Pair(read.ids[left], read.ids[right], score, verdict, evidence)
    told(1.0)


Found = tuple[int, int, float, Verdict, tuple[Evidence, ...]]  # rows, score, verdict, evidence


def likely(table: Table, *, among: Collection[int] | None = None, sources: Codes | None = None, progress: Progress = lambda _done: None) -> Iterator[Found]:
    """The same for a table: rows instead of ids. `sources`: only pairs of two different sources, one number a row."""
    from crm.contacts.matching.blocking import blocked, with_any
    from crm.contacts.matching.judging import judged
    from crm.contacts.matching.learning import learn

    found = blocked(table, sources)
    progress(0.3)
    weights = learn(table, found)
    progress(0.5)
    if among is not None:
        found = with_any(found, among)
    for start in range(0, len(found), AT_ONCE):
        yield from judged(table, weights, found[start : start + AT_ONCE])
        progress(0.5 + 0.5 * min(1.0, (start + AT_ONCE) / len(found)))


def _nobody(_done: float) -> None:
    """Nobody listens."""
