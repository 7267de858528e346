"""Likely duplicates side by side: who they are, line by line, and where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import gettext as _

from crm.contacts.standing import standing
from crm.duplicates import queries
from crm.duplicates.models import DuplicatePair
from crm.extensions import db
from crm.folding import fold
from crm.formatting import day, number, when

MOST_PEOPLE, MOST_PAIRS = 5, 8  # of one group that are shown at once
REACHED = ("email", "phone", "customer_number", "handle")


class Said(NamedTuple):
    """One value of one person; `shared`: another of the group has it too."""

    text: str
    shared: bool = False


class Line(NamedTuple):
    """One property of all. `relation`: "same", "differ", or "alone" where only one of them says anything."""

    label: str
    cells: Sequence[Sequence[Said]]
    relation: str


@dataclass(frozen=True)
class Group:
    """Who hang together: the people as columns, what is known of them as lines, and the pairs one decides about."""

    cluster: int
    people: Sequence[Any]
    lines: Sequence[Line]
    pairs: Sequence[DuplicatePair]
    more_people: int
    more_pairs: int
    names: Mapping[int, str]

    @property
    def key(self) -> str:
        return f"{self.cluster}-{self.pairs[0].id}"

    def direction(self, pair: DuplicatePair) -> tuple[int, int]:
        """Who goes and who stays, as one would propose: the one with more history stays, then the older."""
        seen = {person.id: person for person in self.people}
        kept = max(pair.left_id, pair.right_id, key=lambda ident: (seen[ident].interactions_count if ident in seen else 0, -ident))
        return pair.other_of[kept], kept


def in_clusters(clusters: Sequence[int]) -> list[Group]:
    """The groups of open pairs, in this order."""
    found: dict[int, list[DuplicatePair]] = {cluster: [] for cluster in clusters}
    for pair in db.session.scalars(queries.open_in(clusters)) if clusters else ():
        found[pair.cluster].append(pair)
    return groups([pairs for pairs in found.values() if pairs])


def one_by_one(pairs: Sequence[DuplicatePair]) -> list[Group]:
    return groups([[pair] for pair in pairs])


def groups(together: Sequence[Sequence[DuplicatePair]]) -> list[Group]:
    chosen = [_ids(pairs) for pairs in together]
    known = Known({ident for ids in chosen for ident in ids})
    return [_group(pairs, ids, known) for pairs, ids in zip(together, chosen, strict=True)]


def _ids(pairs: Sequence[DuplicatePair]) -> list[int]:
    """Everybody in these pairs, those of the best pairs first."""
    return list(dict.fromkeys(ident for pair in pairs for ident in (pair.left_id, pair.right_id)))


class Known:
    """What there is to be said of these people, read in three statements."""

    def __init__(self, ids: Collection[int]):
        self.people = queries.people(ids) if ids else {}
        self.reached: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
        self.places: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for row in queries.addresses(ids) if ids else ():
            self.reached[row.contact_id, row.kind].append((row.value, row.normalised))
        for row in queries.places(ids) if ids else ():
            text = ", ".join(part for part in (row.street, f"{row.postcode} {row.city}".strip()) if part)
            self.places[row.contact_id].append((text, fold(text)))


def _group(pairs: Sequence[DuplicatePair], ids: Sequence[int], known: Known) -> Group:
    shown = sorted(ids[:MOST_PEOPLE])
    people = [known.people[ident] for ident in shown if ident in known.people]
    names = {ident: known.people[ident].display_name for ident in ids if ident in known.people}
    name, *rest = _lines(people, known)  # the name stands above each column: once more only to be marked
    lines = [line for line in ([name] if name.relation == "differ" else []) + rest if any(line.cells)]
    return Group(pairs[0].cluster, people, lines, pairs[:MOST_PAIRS], len(ids) - len(people), max(0, len(pairs) - MOST_PAIRS), names)


def _lines(people: Sequence[Any], known: Known) -> Iterator[Line]:
    yield _line(_("Name"), [[(person.display_name, fold(person.display_name))] for person in people])
    yield _plain(_("Organisation"), people, lambda person: person.organisation)
    labels = {"email": _("Email"), "phone": _("Phone"), "customer_number": _("Customer number"), "handle": _("Handle")}
    for kind in REACHED:
        yield _line(labels[kind], [known.reached.get((person.id, kind), []) for person in people])
    yield _line(_("Postal address"), [known.places.get(person.id, []) for person in people])
    yield _plain(_("Date of birth"), people, lambda person: day(person.birth_date) if person.birth_date else "")
    yield _fact(_("Standing"), people, lambda person: standing(person.lifecycle, person.customer_since))
    yield _fact(_("Owner"), people, lambda person: person.owner)
    yield _fact(_("Interactions"), people, lambda person: number(person.interactions_count))
    yield _fact(_("Last entry"), people, lambda person: when(person.last_interaction_at) if person.last_interaction_at else "")
    yield _fact(_("Added"), people, lambda person: day(person.created_at))


def _plain(label: str, people: Sequence[Any], read: Callable[[Any], Any]) -> Line:
    texts = [str(read(person) or "") for person in people]
    return _line(label, [[(text, fold(text))] if text else [] for text in texts])


def _fact(label: str, people: Sequence[Any], read: Callable[[Any], Any]) -> Line:
    """What may well differ between two records of one person, and proves nothing."""
    texts = [read(person) or "" for person in people]
    return Line(label, [[Said(text)] if text else [] for text in texts], "")


def _line(label: str, values: Sequence[Sequence[tuple[str, str]]]) -> Line:
    """`values`: of each person pairs of what is written and what is compared."""
    holders: dict[str, int] = defaultdict(int)
    for told in values:
        for compared in {compared for _text, compared in told}:
            holders[compared] += 1
    cells = [[Said(text, holders[compared] > 1) for text, compared in told] for told in values]
    speaking = sum(bool(told) for told in values)
    relation = "alone" if speaking < 2 else "same" if any(count == speaking for count in holders.values()) else "differ"
    return Line(label, cells, relation)
