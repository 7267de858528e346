"""The many: contacts with their whole history, thousand by thousand.

Each thousand after the first has a random source and numbers of its own, so that several processes make them at once and the same seed
still gives the same data on any machine. One process writes: rows are made several times slower than they are written.
"""

from __future__ import annotations

import gc
import os
import random
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from crm.consent.models import Consent
from crm.demo.firm import Firm
from crm.demo.history import History
from crm.demo.office import Office, Person
from crm.demo.tables import Batch, Tables

THOUSAND = 1000
SPARE = 1.3  # numbers kept free for a thousand, by how many the first one needed: chance makes them differ by a few in a hundred
PROCESSES = min(os.cpu_count() or 1, 4)
LONGEST = 2000  # interactions of the one contact with whom everything happened


@dataclass(frozen=True)
class Plan:
    """What all of them have in common."""

    seed: int
    contacts: int
    interactions: int
    longest: int | None = None  # how much happened with contact number 7, when that is not left to chance

    @property
    def first(self) -> range:
        """Who are made in this process; the known customer is one of them."""
        return range(min(self.contacts - 1, THOUSAND))

    @property
    def rest(self) -> list[range]:
        ends = range(THOUSAND, self.contacts - 1, THOUSAND)
        return [range(begin, min(begin + THOUSAND, self.contacts - 1)) for begin in ends]

    def entries(self, number: int, rng: random.Random) -> int:
        """How much happened with somebody: little with most, very much with a few, as in life."""
        if number == 7 and self.longest:
            return self.longest
        average = max(self.interactions, 1) / max(self.contacts - 1, 1)
        return max(1, int(rng.expovariate(1 / average)))


@dataclass(frozen=True)
class Making:
    """Makes the rows of one thousand anywhere: nothing here knows a database."""

    plan: Plan
    firm: Firm
    organisations: list[tuple[int, str, str]]
    dialect: str

    def __call__(self, numbers: range, begins: dict[str, int]) -> list[Batch]:
        rng = random.Random(f"{self.plan.seed} {numbers.start}")  # noqa: S311 — reproducible, not secret
        tables = Tables(begins)
        people(self.plan, numbers, Office(tables, rng, self.firm, self.organisations), History(tables, rng, self.firm))
        return tables.batches(self.dialect)


def people(plan: Plan, numbers: range, office: Office, history: History) -> list[Person]:
    """These contacts, each with a history and perhaps a consent."""
    return [_person(plan, number, office, history) for number in numbers]


def _person(plan: Plan, number: int, office: Office, history: History) -> Person:
    person = office.add_person(number)
    history.write(person, plan.entries(number, office.rng))
    if office.rng.random() < 0.55:
        wording = "I would like to receive the newsletter." if person.language == "en" else "Ich möchte den Newsletter erhalten."
        office.tables.add(Consent, contact_id=person.id, purpose="marketing", channel="email", state="granted", wording=wording, source="form", at=person.since)
    return person


def batches(making: Making, first: Tables) -> Iterator[list[Batch]]:
    """The rows of everybody after the first thousand, always in the same order."""
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), initializer=gc.disable) as pool:  # rows make no circles
        ahead: deque[Future[list[Batch]]] = deque()
        for place, numbers in enumerate(making.plan.rest):
            ahead.append(pool.submit(making, numbers, _begins(first, place)))
            if len(ahead) > 2 * PROCESSES:  # not more: finished rows wait in memory
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _begins(first: Tables, place: int) -> dict[str, int]:
    """From which id on the rows of the thousand at `place` are counted, table by table."""
    return {name: free + place * int((free - first.begins[name]) * SPARE + 100) for name, free in first.free.items()}
