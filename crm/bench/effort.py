"""How long to measure."""

from __future__ import annotations

from typing import NamedTuple


class Effort(NamedTuple):
    """`rounds` of `turns` each after a `warm_up` for every page; `mails` to take in; `starts` of the program."""

    rounds: int
    turns: int
    warm_up: int
    mails: int
    starts: int


FULL = Effort(rounds=10, turns=20, warm_up=25, mails=2_000, starts=3)
QUICK = Effort(rounds=2, turns=10, warm_up=10, mails=200, starts=1)
