"""Taking times in turns: floor, page, page of the smaller data, floor … so that a disturbance of the machine meets all alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

from crm.bench.effort import Effort

Question = Callable[[], float]


@dataclass(frozen=True)
class Times:
    """Seconds, round by round."""

    rounds: list[list[float]]

    @property
    def all(self) -> list[float]:
        return [each for taken in self.rounds for each in taken]

    @property
    def median(self) -> float:
        return median(self.all)

    @property
    def p95(self) -> float:
        return quantiles(self.all, n=20)[-1]

    def over(self, other: Times) -> float:
        """How many times the other's time it takes: the median of what the rounds say."""
        return median(median(mine) / median(theirs) for mine, theirs in zip(self.rounds, other.rounds, strict=True))


def in_turns(questions: Mapping[str, Question], effort: Effort) -> dict[str, Times]:
    """Ask each question once, then each again …, when all have been asked often enough that nothing is new to their processes."""
    for ask in questions.values():
        for _ in range(effort.warm_up):
            ask()
    taken: dict[str, list[list[float]]] = {name: [] for name in questions}
    for _ in range(effort.rounds):
        times = [{name: ask() for name, ask in questions.items()} for _ in range(effort.turns)]
        for name in questions:
            taken[name].append([each[name] for each in times])
    return {name: Times(each) for name, each in taken.items()}
