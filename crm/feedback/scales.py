"""The four question types: their scales, what a score is called, and when an answer is an unhappy one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Scale:
    """`unhappy` is the highest score that calls for somebody to act."""

    type: str
    scores: range
    unhappy: int
    happy: int
    label: object  # lazy text

    def is_unhappy(self, score: int) -> bool:
        return score <= self.unhappy

    def is_happy(self, score: int) -> bool:
        return score >= self.happy


SCALES = {
    "nps": Scale("nps", range(11), 6, 9, _l("NPS")),
    "csat": Scale("csat", range(1, 6), 2, 4, _l("CSAT")),
    "ces": Scale("ces", range(1, 8), 3, 6, _l("CES")),
    "expectation": Scale("expectation", range(1, 4), 1, 3, _l("Expectation")),
}
EXPECTATION = {1: _l("fell short"), 2: _l("met"), 3: _l("exceeded")}
EXPECTATION_KEYS = ("fell_short", "met", "exceeded")
CSAT = {1: _l("very dissatisfied"), 2: _l("dissatisfied"), 3: _l("neither nor"), 4: _l("satisfied"), 5: _l("very satisfied")}


def word(type_: str, score: int) -> object:
    """The word beside a number, because neither number nor colour stands alone."""
    if type_ == "nps":
        return _l("promoter") if score >= 9 else _l("passive") if score >= 7 else _l("detractor")
    if type_ == "csat":
        return CSAT[score]
    if type_ == "expectation":
        return EXPECTATION[score]
    return _l("easy") if score >= 6 else _l("difficult") if score <= 3 else _l("neutral")


def read_score(type_: str, raw: str | None) -> int | None:
    """The score typed or linked, or None when it is none of this scale."""
    if type_ == "expectation" and raw in EXPECTATION_KEYS:
        return EXPECTATION_KEYS.index(raw) + 1
    if raw is None or not raw.isascii() or not raw.isdigit() or len(raw) > 2:
        return None
    return int(raw) if int(raw) in SCALES[type_].scores else None


def rows(scores: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """The scale in two rows for narrow screens."""
    half = (len(scores) + 1) // 2
    return scores[:half], scores[half:]
