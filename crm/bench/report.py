"""The table of what was measured, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One line: `value` in `unit`; `most` and `least` are its targets, `detail` says what stands behind it."""

    name: str
    value: float | None
    unit: str = ""
    most: float | None = None
    least: float | None = None
    detail: str = ""

    @property
    def holds(self) -> bool | None:
        """None when there is nothing to hold, or nothing was measured."""
        if self.value is None or (self.most is None and self.least is None):
            return None
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    @property
    def shown(self) -> str:
        return "–" if self.value is None else f"{_number(self.value)} {self.unit}".strip()

    @property
    def target(self) -> str:
        if self.most is not None:
            return f"≤ {_number(self.most)} {self.unit}".strip()
        return "" if self.least is None else f"≥ {_number(self.least)} {self.unit}".strip()

    def as_dict(self) -> dict:
        return asdict(self) | {"holds": self.holds}


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


MARKS = {True: "yes", False: "NO", None: ""}
HEADINGS = ("", "measured", "target", "met", "")


def table(figures: Sequence[Figure]) -> str:
    rows = [HEADINGS, *((one.name, one.shown, one.target, MARKS[one.holds], one.detail) for one in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, measured, target, met, detail = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return f"{name}  {measured.strip().rjust(widths[1])}  {target.strip().rjust(widths[2])}  {met}  {detail}".rstrip()
