"""What do the likenesses weigh? After Fellegi and Sunter (1969); docs/matching.md has the formulas."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crm.contacts.matching import parameters
from crm.contacts.matching.comparing import COMPARED, KINDS, SWAPPED, Comparison
from crm.contacts.matching.likeness import FAINT, INITIAL, KIN, LIKE, OTHER, SAME, TYPO, UNKNOWN
from crm.contacts.matching.parameters import REASONS, SHARED_BY_CHANCE, Row
from crm.contacts.matching.table import STRANGERS, Shares

Reason = tuple[str, tuple[str, ...]]
Flags = NDArray[np.bool_]
NO_WEIGHT_WHEN_OTHER = ("handle", "customer_number", "visitor")  # one may have many: others say nothing


def believed_reasons() -> dict[Reason, float]:
    return {(part, given): chance for part, reasons in REASONS.items() for given, chance in reasons.items()}


@dataclass
class Weights:
    """`same_person` and `strangers`: how often each level is seen of one person twice, and of two. `rate`: how many of all pairs are one person.

    `reasons`: how often strangers share a part because they share another. `family`: how much less those of one surname under one roof are one person.
    """

    people: int
    same_person: dict[str, Row] = field(default_factory=lambda: parameters.rows(parameters.SAME_PERSON))
    strangers: dict[str, Row] = field(default_factory=lambda: parameters.rows(parameters.STRANGERS))
    reasons: dict[Reason, float] = field(default_factory=believed_reasons)
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
        seen, chance = self.same_person[part], self.strangers[part]
        ratio = np.log2(np.maximum(seen, 1e-9) / np.maximum(chance, 1e-9))
        ratio[UNKNOWN] = 0
        if part in NO_WEIGHT_WHEN_OTHER:
            ratio[OTHER] = 0
        weight = ratio[levels]
        if part == "email":
            weight[(levels == LIKE) & name_alike(comparison)] = 0  # it was made of the name
        if part not in SWAPPED:
            same = levels == SAME
            weight[same] = np.log2(seen[SAME] / self._by_chance(part, comparison)[same])
        return weight

    def _by_chance(self, part: str, comparison: Comparison) -> Shares:
        """The chance that strangers have this very spelling in common: a rare name tells more than a common one."""
        shares = comparison.shares[part]
        if part in KINDS:
            shares = shares + SHARED_BY_CHANCE[part] / (self.people + STRANGERS)
        reason = np.zeros(comparison.size)
        for (told, given), chance in self.reasons.items():
            if told == part:
                reason = np.where(shared(comparison, given), np.maximum(reason, chance), reason)
        return np.maximum(reason + (1 - reason) * shares, 1e-12)


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
