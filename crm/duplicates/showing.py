"""Likely duplicates side by side: who they are, line by line, and where they differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import gettext as _

from crm.contacts.standing import standing
from crm.duplicates import queries
from crm.duplicates.models import DuplicatePair
from crm.folding import fold
from crm.formatting import day, number, when

MOST_PEOPLE, MOST_PAIRS = 5, 8  # of one group that are shown at once
REACHED = ("email", "phone", "customer_number", "handle")


class Said(NamedTuple):
    """One value of one person; `shared`: another of the group has it too."""

    text: str
    shared: bool = False


class Line(NamedTuple):
    """One property of all. `relation`: "same", "differ", or "alone" where only one of them says anything; "" where it proves nothing."""

    label: str
    cells: Sequence[Sequence[Said]]
    relation: str = ""
    sign: tuple[str, str] | None = None  # with its word


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
    for pair in queries.open_in(clusters):
        found[pair.cluster].append(pair)
    return groups([pairs for pairs in found.values() if pairs])


def one_by_one(pairs: Sequence[DuplicatePair]) -> list[Group]:
    return groups([[pair] for pair in pairs])


def groups(together: Sequence[Sequence[DuplicatePair]]) -> list[Group]:
    chosen = [_ids(pairs) for pairs in together]
    reader = Reader(Known({ident for ids in chosen for ident in ids}))
    return [_group(pairs, ids, reader) for pairs, ids in zip(together, chosen, strict=True)]


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


def _group(pairs: Sequence[DuplicatePair], ids: Sequence[int], reader: Reader) -> Group:
    known = reader.known
    shown = sorted(ids[:MOST_PEOPLE])
    people = [known.people[ident] for ident in shown if ident in known.people]
    names = {ident: known.people[ident].display_name for ident in ids if ident in known.people}
    return Group(pairs[0].cluster, people, reader.lines(people), pairs[:MOST_PAIRS], len(ids) - len(people), max(0, len(pairs) - MOST_PAIRS), names)


class Reader:
    """Puts the lines together. Its words are looked up once for all groups of a page: that took as long as all the rest."""

    def __init__(self, known: Known):
        self.known = known
        self.labels = [
            _("Name"), _("Organisation"), _("Email"), _("Phone"), _("Customer number"), _("Handle"), _("Postal address"), _("Date of birth"),
            _("Standing"), _("Owner"), _("Interactions"), _("Last entry"), _("Added"),
        ]
        self.signs = {"differ": ("≠", _("different")), "same": ("=", _("the same")), "alone": None}

    def lines(self, people: Sequence[Any]) -> list[Line]:
        known = self.known
        values = [
            [_same(person.display_name) for person in people],
            [_same(person.organisation) for person in people],
            *([known.reached.get((person.id, kind), []) for person in people] for kind in REACHED),
            [known.places.get(person.id, []) for person in people],
            [_same(day(person.birth_date)) for person in people],
        ]
        facts = [_facts(person) for person in people]
        compared = [self._line(label, said) for label, said in zip(self.labels, values, strict=False)]
        told = [Line(label, [[Said(text)] if text else [] for text in texts]) for label, texts in zip(self.labels[len(values):], zip(*facts, strict=True), strict=True)]
        if compared[0].relation != "differ":  # the name stands above each column: once more only to be marked
            del compared[0]
        return [line for line in (*compared, *told) if any(line.cells)]

    def _line(self, label: str, values: Sequence[Sequence[tuple[str, str]]]) -> Line:
        """`values`: of each person pairs of what is written and what is compared."""
        holders = Counter(compared for told in values for compared in {compared for _text, compared in told})
        cells = [[Said(text, holders[compared] > 1) for text, compared in told] for told in values]
        speaking = sum(bool(told) for told in values)
        relation = "alone" if speaking < 2 else "same" if speaking in holders.values() else "differ"
        return Line(label, cells, relation, self.signs[relation])


def _same(text: str | None) -> list[tuple[str, str]]:
    return [(text, fold(text))] if text else []


def _facts(person: Any) -> tuple[str, ...]:
    """What may well differ between two records of one person, and proves nothing."""
    heard = when(person.last_interaction_at) if person.last_interaction_at else ""
    return standing(person.lifecycle, person.customer_since), person.owner or "", number(person.interactions_count), heard, day(person.created_at)
