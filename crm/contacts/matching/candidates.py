"""Who of the contacts may this person be? For forms, intake, import and hints while typing."""

from __future__ import annotations

from dataclasses import dataclass

from crm.contacts.matching.evidence import Evidence, Verdict, because
from crm.contacts.matching.identifying import find_by_address
from crm.contacts.matching.person import Person


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
    found: dict[int, list[Evidence]] = {}
    for kind, value in person.addresses:
        for contact in find_by_address(kind, value):
            if contact.id != besides:
                found.setdefault(contact.id, []).append(Evidence(kind, (value,)))
    ranked = sorted(found.items(), key=lambda each: -len(each[1]))[:limit]
    return [Candidate(ident, 0.99, "likely", tuple(evidence)) for ident, evidence in ranked]
