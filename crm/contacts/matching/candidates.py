"""Who of the contacts may this person be? For forms, imports and hints while typing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from crm.contacts.matching import neighbours, reading
from crm.contacts.matching.evidence import Evidence, Verdict, because
from crm.contacts.matching.person import Person
from crm.contacts.matching.spelling import Spelled, spell
from crm.contacts.models import Contact
from crm.contacts.normalising import reversed_digits
from crm.extensions import fetch

if TYPE_CHECKING:
    from crm.contacts.matching.table import Known, Table

COUNTED = 2000  # people of one name, beyond which it does not matter how many more there are
WORTH_SHOWING = 0.05  # a chance below it is none


@dataclass(frozen=True)
class Candidate:
    """A contact who may be the person. `score` is the probability that it is, 0 to 1."""

    contact_id: int
    score: float
    verdict: Verdict
    evidence: tuple[Evidence, ...]

    @property
    def because(self) -> str:
        return because(self.evidence)


def candidates(person: Person, *, limit: int = 5, besides: int | None = None) -> list[Candidate]:
    """The contacts who are most likely this person, best first; survivors of merges only. `besides` is left out (oneself)."""
    spelled = spell(person)
    ids = neighbours.around(person, spelled) - {besides}
    found = _compared(person, spelled, ids) if ids else []
    return sorted(found, key=lambda each: (-each.score, each.contact_id))[:limit]


def _compared(person: Person, spelled: Spelled, ids: Collection[int]) -> list[Candidate]:
    import numpy as np  # a tenth of a second to import, and nobody else needs it

    from crm.contacts.matching import judging
    from crm.contacts.matching.comparing import compare
    from crm.contacts.matching.table import Table
    from crm.contacts.matching.weighing import Weights

    read = reading.some(ids)
    table = Table([*read.people, spelled], [*read.known, *_known(person, len(read.people))])
    people = _largest_id()
    _set_shares(table, spelled, people)
    comparison = compare(table, np.arange(len(read.ids)), np.full(len(read.ids), len(read.ids)))
    chances = Weights(people).chances(comparison)
    sure = judging.surely(comparison, chances)
    return [
        Candidate(read.ids[place], float(chances[place]), judging.verdict(chances[place], bool(sure[place])), judging.reasons(comparison, int(place)))
        for place in np.flatnonzero(chances >= WORTH_SHOWING)
    ]


def _known(person: Person, row: int) -> list[Known]:
    read = reading.Read()
    for kind, value in person.addresses:
        read.add_known(row, kind, value, reversed_digits(kind, value))
    return read.known


def _set_shares(table: Table, spelled: Spelled, people: int) -> None:
    """How common names and places are is not to be seen in a few neighbours: the last name is counted, for the rest the usual is taken."""
    table.suppose_usual_shares()
    if spelled.last:
        table.suppose("last", spelled.last, _named(spelled.last), people)


def _named(last: str) -> int:
    """How many have this last name, as far as we care to count."""
    alike = select(Contact.id).where(Contact.sort_name.between(f"{last} ", f"{last} {neighbours.HIGHEST}")).limit(COUNTED).subquery()
    return int(fetch(select(func.count()).select_from(alike))[0][0])


def _largest_id() -> int:
    """About as many contacts as there are; counting them takes longer than the rest."""
    return fetch(select(func.max(Contact.id)))[0][0] or 0
