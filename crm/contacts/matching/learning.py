"""The weights, found in the data itself, without anybody saying which pairs are true: expectation–maximisation (Winkler 1988).

How often strangers agree is counted on pairs drawn at random. How often one person's two records agree is found in rounds: from the weights
follows how likely each pair is one person; counting the pairs by these chances gives better weights.
"""

from __future__ import annotations

import numpy as np

from crm.contacts.matching import parameters
from crm.contacts.matching.blocking import ROW, joined
from crm.contacts.matching.comparing import COMPARED, PARTS, Comparison, compare
from crm.contacts.matching.likeness import LEVELS, SAME, UNKNOWN, Levels
from crm.contacts.matching.parameters import PAIRS_BELIEVED, WRITTEN_ALTOGETHER_DIFFERENTLY, Row
from crm.contacts.matching.table import Codes, Shares, Table
from crm.contacts.matching.weighing import Reason, Weights, family_like, same_under_one_roof

RANDOM_PAIRS = 50_000  # drawn for counting how strangers agree
NEIGHBOURS = 10_000  # drawn for counting how strangers agree who share something
LEARNED_FROM = 300_000  # of the blocked pairs
ROUNDS = 20
SEED = 2026

Pairs = tuple[Codes, Codes]


def learn(table: Table, pairs: Codes) -> Weights:
    """Weights for these people, from their blocked pairs. The same data gives the same weights."""
    draw = np.random.default_rng(SEED)
    weights = Weights(table.size)
    _count_strangers(weights, compare(table, *_at_random(table, draw)))
    found = [_count_reasons(weights, given, compare(table, *_sharing(table, given, draw))) for given in sorted({given for _, given in weights.reasons})]
    weights.reasons = {reason: chance for each in found for reason, chance in each.items()}
    share = min(1.0, LEARNED_FROM / max(len(pairs), 1))
    some = pairs if share == 1 else draw.choice(pairs, LEARNED_FROM, replace=False)
    comparison = compare(table, some >> 32, some & ROW)
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


def _count_reasons(weights: Weights, given: tuple[str, ...], comparison: Comparison) -> dict[Reason, float]:
    """How often strangers who have `given` in common have more in common than by chance. Strangers: as far as what is believed can tell."""
    strangers = 1 - weights.chances(comparison)
    return {reason: _count_reason(weights, reason, comparison.levels[reason[0]], strangers) for reason in weights.reasons if reason[1] == given}


def _count_reason(weights: Weights, reason: Reason, levels: Levels, strangers: Shares) -> float:
    agreeing = strangers[levels == SAME].sum() + PAIRS_BELIEVED * weights.reasons[reason]
    chance = weights.strangers[reason[0]][SAME] if reason[0] in PARTS else 0
    return float(np.clip(agreeing / (strangers[levels != UNKNOWN].sum() + PAIRS_BELIEVED) - chance, 0, 0.99))


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
