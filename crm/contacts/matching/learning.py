"""The weights, found in the data itself, without anybody saying which pairs are true: expectation–maximisation (Winkler 1988).

How often strangers agree is counted on pairs drawn at random. How often one person's two records agree is found in rounds: from the weights
follows how likely each pair is one person; counting the pairs by these chances gives better weights.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crm.contacts.matching import parameters
from crm.contacts.matching.blocking import ROW, joined
from crm.contacts.matching.comparing import COMPARED, PARTS, Comparison, compare
from crm.contacts.matching.likeness import FAINT, INITIAL, LEVELS, OTHER, UNKNOWN, Levels
from crm.contacts.matching.parameters import PAIRS_BELIEVED, WRITTEN_ALTOGETHER_DIFFERENTLY, Row
from crm.contacts.matching.table import Codes, Shares, Table
from crm.contacts.matching.weighing import Reason, Weights, believed_reasons, family_like, same_under_one_roof

RANDOM_PAIRS = 50_000  # drawn for counting how strangers agree
NEIGHBOURS = 10_000  # drawn for counting how strangers agree who share something
LEARNED_FROM = 300_000  # of the blocked pairs
PASSES, ROUNDS = 3, 8  # after each pass it is counted anew what strangers share, by the better weights
NOTHING = np.zeros(len(LEVELS))
SEED = 2026

Pairs = tuple[Codes, Codes]


def learn(table: Table, pairs: Codes) -> Weights:
    """Weights for these people, from their blocked pairs. The same data gives the same weights."""
    weights = Weights(table.size)
    if not len(pairs):
        return weights
    draw = np.random.default_rng(SEED)
    _count_strangers(weights, compare(table, *_at_random(table, draw)))
    sharing = {given: compare(table, *_sharing(table, given, draw)) for given in sorted({given for _, given in weights.reasons})}
    share = min(1.0, LEARNED_FROM / len(pairs))
    some = pairs if share == 1 else draw.choice(pairs, LEARNED_FROM, replace=False)
    comparison = compare(table, some >> 32, some & ROW)
    for _ in range(PASSES):
        weights.reasons = _reasons(weights, sharing)
        for _ in range(ROUNDS):
            _improve(weights, comparison, share)
    return weights


def _improve(weights: Weights, comparison: Comparison, share: float) -> None:
    chances = weights.chances(comparison)
    weights.rate = (chances.sum() / share + weights.expected / PAIRS_BELIEVED) / weights.possible
    for part in COMPARED:
        weights.same_person[part] = _counted(comparison.levels[part], parameters.SAME_PERSON[part], chances)
    weights.family = _family(comparison)


def _count_strangers(weights: Weights, comparison: Comparison) -> None:
    for part in COMPARED:
        weights.strangers[part] = _counted(comparison.levels[part], parameters.STRANGERS[part])


def _counted(levels: Levels, believed: tuple[float, ...], chances: Shares | None = None) -> Row:
    """How often each level is seen; what is believed counts as PAIRS_BELIEVED more pairs."""
    counts = np.bincount(levels, weights=chances, minlength=len(LEVELS)).astype(float)
    counts[UNKNOWN] = 0
    counts += PAIRS_BELIEVED * np.array(believed)
    return counts / counts.sum()


def _reasons(weights: Weights, sharing: Mapping[tuple[str, ...], Comparison]) -> dict[Reason, Row]:
    """How often strangers who have something in common have more in common than by chance. Who is a stranger the present weights tell."""
    strangers = {given: 1 - weights.chances(comparison) for given, comparison in sharing.items()}
    return {
        (part, given): _reason(sharing[given].levels[part], strangers[given], believed, weights.strangers[part] if part in PARTS else NOTHING)
        for (part, given), believed in believed_reasons().items()
    }


def _reason(levels: Levels, strangers: Shares, believed: Row, chance: Row) -> Row:
    counts = np.bincount(levels, weights=strangers, minlength=len(LEVELS))
    counts[UNKNOWN] = 0
    beyond = (counts + PAIRS_BELIEVED * believed) / (counts.sum() + PAIRS_BELIEVED) - chance
    beyond[[UNKNOWN, INITIAL, FAINT, OTHER]] = 0
    return np.clip(beyond, 0, 0.99)


def _family(comparison: Comparison) -> float:
    """The share of one person's records among those of one surname under one roof whose first names differ."""
    explained = WRITTEN_ALTOGETHER_DIFFERENTLY * (same_under_one_roof(comparison).sum() + 1)
    return float(min(1, explained / max(family_like(comparison).sum(), 1)))


def _at_random(table: Table, draw: np.random.Generator) -> Pairs:
    left, right = draw.integers(0, table.size, (2, RANDOM_PAIRS))
    different = left != right
    return left[different], right[different]


def _sharing(table: Table, parts: tuple[str, ...], draw: np.random.Generator) -> Pairs:
    """Pairs of neighbours who have these parts in common."""
    key = joined(*(table[part].codes for part in parts))
    rows = draw.permutation(np.flatnonzero(key))
    rows = rows[np.argsort(key[rows], kind="stable")]
    together = np.flatnonzero(key[rows[:-1]] == key[rows[1:]]) if len(rows) else rows
    if len(together) > NEIGHBOURS:
        together = draw.choice(together, NEIGHBOURS, replace=False)
    return rows[together], rows[together + 1]
