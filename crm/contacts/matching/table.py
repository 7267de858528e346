"""Many people as columns of numbers: each different spelling is kept once, and whatever is asked of it is asked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm.contacts.matching.spelling import Spelled
from crm.contacts.phonetics import sound

Codes = NDArray[np.int64]
Shares = NDArray[np.float64]
Known = tuple[int, str, str]  # row, kind, comparable address

NAMES, PLACES = ("first", "last"), ("street", "extra", "city")  # parts that get swapped share their spellings
ADDRESS_KINDS = ("email", "phone", "phone_end", "handle", "customer_number", "visitor")
MOST_ADDRESSES = 4  # of one kind and person that are compared
BEGINNING = 4  # letters
# How common one spelling usually is, where it cannot be counted.
USUAL_SHARES = dict.fromkeys(Spelled._fields, 0.001) | {"first": 0.005, "state": 0.2, "number": 0.015, "birth": 0.0001}
STRANGERS, THEIR_SHARE = 1000, 0.0005  # imagined people with ordinary names stand beside the real ones, so that little data is not taken for the world


class Vocabulary:
    """Spellings without their blanks ("ja yde" is "jayde"), numbered; 0 is the unknown one."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {"": 0}

    def __len__(self) -> int:
        return len(self.numbers)

    def number(self, spelling: str) -> int:
        squeezed = spelling.replace(" ", "")
        return self.numbers.setdefault(squeezed, len(self.numbers))

    @cached_property
    def spellings(self) -> NDArray[np.object_]:
        return np.array(list(self.numbers), dtype=object)

    @cached_property
    def sounds(self) -> Codes:
        return numbered(sound(each) for each in self.numbers)

    @cached_property
    def beginnings(self) -> Codes:
        return numbered(each[:BEGINNING] for each in self.numbers)

    @cached_property
    def initials(self) -> Codes:
        return numbered(each[:1] for each in self.numbers)

    @cached_property
    def anagrams(self) -> Codes:
        """The same number for the same letters or digits in any order."""
        return numbered("".join(sorted(each)) for each in self.numbers)


def numbered(spellings: Iterable[str]) -> Codes:
    numbers: dict[str, int] = {"": 0}
    return np.fromiter((numbers.setdefault(each, len(numbers)) for each in spellings), np.int64)


class Column:
    """One part of everybody: `codes[row]` is the number of the spelling."""

    def __init__(self, vocabulary: Vocabulary, spellings: Iterable[str], size: int):
        self.vocabulary = vocabulary
        self.codes: Codes = np.fromiter(map(vocabulary.number, spellings), np.int64, size)

    @cached_property
    def shares(self) -> Shares:
        """How common each spelling is: the chance that somebody else has it."""
        counts = np.bincount(self.codes, minlength=len(self.vocabulary))
        return share(counts, counts[1:].sum())

    @property
    def sounds(self) -> Codes:
        return self.vocabulary.sounds[self.codes]

    @property
    def beginnings(self) -> Codes:
        return self.vocabulary.beginnings[self.codes]

    @property
    def initials(self) -> Codes:
        return self.vocabulary.initials[self.codes]

    @property
    def anagrams(self) -> Codes:
        return self.vocabulary.anagrams[self.codes]


class Addresses:
    """All addresses of a kind: `codes[row]` are the numbers of up to MOST_ADDRESSES, 0 where there are fewer."""

    def __init__(self, size: int, known: Sequence[tuple[int, str]]):
        self.vocabulary = Vocabulary()
        self.codes: Codes = np.zeros((size, MOST_ADDRESSES), np.int64)
        used = [0] * size
        for row, value in known:
            if used[row] < MOST_ADDRESSES:
                self.codes[row, used[row]] = self.vocabulary.number(value)
                used[row] += 1
        self.holders = np.bincount(self.codes.ravel(), minlength=len(self.vocabulary))


def share(count: Any, people: int) -> Any:
    return (count + STRANGERS * THEIR_SHARE) / (people + STRANGERS)


class Table:
    """The people to be compared. `known` are their addresses."""

    def __init__(self, people: Sequence[Spelled], known: Iterable[Known] = ()):
        self.size = len(people)
        names, places = Vocabulary(), Vocabulary()
        shared = dict.fromkeys(NAMES, names) | dict.fromkeys(PLACES, places)
        columns = zip(*people, strict=True) if people else ((),) * len(Spelled._fields)
        self.columns = {part: Column(shared.get(part) or Vocabulary(), column, self.size) for part, column in zip(Spelled._fields, columns, strict=True)}
        self.addresses = self._addresses(known)

    def __getitem__(self, part: str) -> Column:
        return self.columns[part]

    def suppose_usual_shares(self) -> None:
        """These people are a few out of many: what is common among them says nothing."""
        for part, column in self.columns.items():
            column.shares = np.full(len(column.vocabulary), USUAL_SHARES[part])

    def suppose(self, part: str, spelling: str, count: int, people: int) -> None:
        """`count` of all the `people` have this spelling."""
        column = self.columns[part]
        column.shares[column.vocabulary.number(spelling)] = share(count, people)

    def _addresses(self, known: Iterable[Known]) -> Mapping[str, Addresses]:
        sorted_out: dict[str, list[tuple[int, str]]] = {kind: [] for kind in ADDRESS_KINDS}
        for row, kind, value in known:
            sorted_out[kind].append((row, value))
        return {kind: Addresses(self.size, some) for kind, some in sorted_out.items()}
