"""Who is worth comparing? Those who share one of many keys; else everybody would be compared with everybody.

Each kind of key forgives another mistake: sounds forgive spellings, beginnings the rest of the word, sorted digits swapped ones,
and a bag looks for a name, or a street, also where the other one belongs. A key that many share tells nothing: it is left to the sharper ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from crm.contacts.matching.table import Codes, Table

LARGEST = 25  # people who share a key and are all compared with each other
ROW = 0xFFFFFFFF
AT_ONCE = 4_000_000  # pairs that may wait to be seen once
_MIX = np.int64(-7046029254386353131)

Keys = tuple[Codes, Codes]  # rows and, beside them, their keys; 0 is none


def blocked(table: Table, sources: Codes | None = None) -> Codes:
    """Pairs that are worth comparing, as smaller row × 2³² + larger row, sorted. `sources`: only those of different ones."""
    found = [np.zeros(0, np.int64)]
    waiting = 0
    for rows, key in keys(table):
        found.append(_paired(rows, key))
        waiting += len(found[-1])
        if waiting > AT_ONCE:
            found, waiting = [once(np.concatenate(found))], 0
    pairs = once(np.concatenate(found))
    return pairs if sources is None else pairs[sources[pairs >> 32] != sources[pairs & ROW]]


def with_any(pairs: Codes, rows: Collection[int]) -> Codes:
    """The pairs in which one of these takes part."""
    wanted = np.fromiter(rows, np.int64, len(rows))
    return pairs[np.isin(pairs >> 32, wanted) | np.isin(pairs & ROW, wanted)]


def keys(table: Table) -> Iterator[Keys]:
    yield from _of_names(table)
    yield from _of_places(table)
    for addresses in table.addresses.values():
        yield np.repeat(np.arange(table.size), addresses.codes.shape[1]), addresses.codes.ravel()


def _of_names(table: Table) -> Iterator[Keys]:
    first, last, street, city = (table[part] for part in ("first", "last", "street", "city"))
    others = (table["postcode"].anagrams, table["number"].codes, table["birth"].codes, city.beginnings, street.beginnings, table["extra"].beginnings)
    both = np.sort(np.stack((first.sounds, last.sounds)), axis=0)
    yield alone(both[0], both[1])
    yield alone(first.beginnings, last.beginnings)
    yield alone(last.sounds, first.initials)
    yield alone(first.sounds, last.initials)
    yield alone(last.sounds, table["organisation"].codes)
    for other in others:
        yield alone(both[0], both[1], other)
        yield bag(first.sounds, last.sounds, other=other)
        yield bag(first.beginnings, last.beginnings, other=other)


def _of_places(table: Table) -> Iterator[Keys]:
    street, extra, city = (table[part] for part in ("street", "extra", "city"))
    postcode, number, birth = table["postcode"].anagrams, table["number"].codes, table["birth"].codes
    for other in (postcode, city.beginnings, number):
        yield bag(street.beginnings, extra.beginnings, other=other)
        yield bag(street.sounds, extra.sounds, other=other)
    yield bag(street.codes, extra.codes, other=joined(postcode, number))
    yield alone(*np.sort(np.stack((street.codes, extra.codes)), axis=0))
    yield alone(postcode, number)
    yield alone(postcode, city.beginnings)
    yield alone(city.codes, number)
    yield alone(birth)


def alone(*parts: Codes) -> Keys:
    return np.arange(len(parts[0])), joined(*parts)


def bag(one: Codes, another: Codes, *, other: Codes) -> Keys:
    """What is looked for in two places at once, because people write the one where the other belongs."""
    return np.tile(np.arange(len(one)), 2), np.concatenate((joined(one, other), joined(another, other)))


def joined(*parts: Codes) -> Codes:
    """One number for several, 0 where any is unknown. (Two that come to the same by chance are compared, and found unlike.)"""
    mixed = np.zeros_like(parts[0])
    for part in parts:
        mixed = (mixed ^ part) * _MIX
        mixed ^= (mixed >> 29) & 0x7FFFFFFFF
    known = np.all([part != 0 for part in parts], axis=0)
    return np.where(known, mixed | 1, 0)


def _paired(rows: Codes, key: Codes) -> Codes:
    """Everybody with everybody who shares the key: first with the next in line, then with the one after …"""
    line = np.argsort(key)
    line = line[key[line] != 0]
    rows, key = rows[line], key[line]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(key)])
    left = np.flatnonzero(np.repeat((sizes > 1) & (sizes <= LARGEST), sizes))
    ends = np.repeat(starts + sizes, sizes)
    found = [np.zeros(0, np.int64)]
    for step in range(1, LARGEST):
        left = left[left + step < ends[left]]
        found.append(pair(rows[left], rows[left + step]))
    pairs = np.concatenate(found)
    return pairs[pairs >> 32 != pairs & ROW]


def once(pairs: Codes) -> Codes:
    """Each pair once, in order. (numpy's own `unique` takes several times as long.)"""
    pairs = np.sort(pairs)
    return pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs


def pair(one: Codes, other: Codes) -> Codes:
    return (np.minimum(one, other) << 32) | np.maximum(one, other)
