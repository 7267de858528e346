"""What do the likenesses weigh? After Fellegi and Sunter (1969); docs/matching.md has the formulas."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crm.contacts.matching import parameters
from crm.contacts.matching.comparing import COMPARED, KINDS, SWAPPED, Comparison
from crm.contacts.matching.likeness import FAINT, INITIAL, KIN, LEVELS, LIKE, OTHER, SAME, TYPO, UNKNOWN
from crm.contacts.matching.parameters import NEARLY, REASONS, SHARED_BY_CHANCE, Row
from crm.contacts.matching.table import STRANGERS, Shares

Reason = tuple[str, tuple[str, ...]]
Flags = NDArray[np.bool_]
NO_WEIGHT_WHEN_OTHER = ("handle", "customer_number", "visitor")  # one may have many: others say nothing


def believed_reasons() -> dict[Reason, Row]:
    """For each reason how often it leads to each level, beyond chance."""
    return {(part, given): _reason(chance) for part, reasons in REASONS.items() for given, chance in reasons.items()}


def _reason(chance: float) -> Row:
    row = np.zeros(len(LEVELS))
    row[SAME], row[TYPO], row[LIKE] = chance, chance * NEARLY / 2, chance * NEARLY / 2
    return row


@dataclass
class Weights:
    """`same_person` and `strangers`: how often each level is seen of one person twice, and of two. `rate`: how many of all pairs are one person.

    `reasons`: how often strangers share a part because they share another. `family`: how much less those of one surname under one roof are one person.
    """

    people: int
    same_person: dict[str, Row] = field(default_factory=lambda: parameters.rows(parameters.SAME_PERSON))
    strangers: dict[str, Row] = field(default_factory=lambda: parameters.rows(parameters.STRANGERS))
    reasons: dict[Reason, Row] = field(default_factory=believed_reasons)
    rate: float = 0.0
    family: float = 0.3

    def __post_init__(self) -> None:
        self.rate = self.rate or self.expected / self.possible

    @property
    def possible(self) -> float:
        """Pairs of everybody with everybody, the imagined strangers among them."""
        everybody = self.people + STRANGERS
        return everybody * (everybody - 1) / 2

    @property
    def expected(self) -> float:
        return parameters.DUPLICATES * (self.people + STRANGERS)

    def chances(self, comparison: Comparison) -> Shares:
        """The probability of each pair to be one person."""
        return 1 / (1 + np.exp2(-self.bits(comparison) - np.log2(self.rate / (1 - self.rate))))

    def bits(self, comparison: Comparison) -> Shares:
        """How much more often this is seen of one person than of two, as a power of two."""
        total = np.where(family_like(comparison), np.log2(self.family), 0.0)
        for part in COMPARED:
            total += self._weight(part, comparison)
        return total

    def _weight(self, part: str, comparison: Comparison) -> Shares:
        levels = comparison.levels[part]
        weight = np.log2(np.maximum(self.same_person[part], 1e-9)[levels] / self._by_chance(part, comparison))
        weight[levels == UNKNOWN] = 0
        if part in NO_WEIGHT_WHEN_OTHER:
            weight[levels == OTHER] = 0
        if part == "email":
            weight[(levels == LIKE) & name_alike(comparison)] = 0  # it was made of the name
        return weight

    def _by_chance(self, part: str, comparison: Comparison) -> Shares:
        """The chance that strangers are as alike as these: that they have this very spelling in common (a rare name tells more), or what is near to it."""
        levels = comparison.levels[part]
        chance = self.strangers[part][levels]
        if part not in SWAPPED:
            alone = SHARED_BY_CHANCE[part] / (self.people + STRANGERS) if part in KINDS else 0
            chance = np.where(levels == SAME, comparison.shares[part] + alone, chance)
        reason = np.zeros(comparison.size)
        for (told, given), row in self.reasons.items():
            if told == part:
                reason = np.where(shared(comparison, given), np.maximum(reason, row[levels]), reason)
        return np.maximum(reason + (1 - reason) * chance, 1e-12)


def shared(comparison: Comparison, parts: tuple[str, ...]) -> Flags:
    return np.all([comparison.levels[part] == SAME for part in parts], axis=0)


def under_one_roof(comparison: Comparison) -> Flags:
    return shared(comparison, ("street", "number")) | shared(comparison, ("phone",)) | shared(comparison, ("email",))


def name_alike(comparison: Comparison) -> Flags:
    return comparison.is_any("first", SAME, KIN, TYPO, LIKE, INITIAL) & comparison.is_any("last", SAME, KIN, TYPO, LIKE, INITIAL)


def family_like(comparison: Comparison) -> Flags:
    """Of one surname under one roof, with another first name: a family, or one person whose first name is written altogether differently."""
    return under_one_roof(comparison) & comparison.is_any("last", SAME, KIN, TYPO) & comparison.is_any("first", FAINT, OTHER)


def same_under_one_roof(comparison: Comparison) -> Flags:
    return under_one_roof(comparison) & name_alike(comparison)
