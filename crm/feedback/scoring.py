"""Scores with what makes them trustworthy: n and the 95 % margin. Under a minimum n there is no score, only "too few answers"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

Z = 1.96  # two-sided 95 % of the normal distribution
MIN_N = 10


@dataclass(frozen=True)
class Score:
    """`value` in points (NPS −100…100), per cent (CSAT, expectation exceeded) or the scale's unit (CES); None while n is too small."""

    type: str
    n: int
    value: float | None
    margin: float | None


def score(type_: str, counts: Mapping[int, int], min_n: int = MIN_N) -> Score:
    """The score of a distribution {score: how many}."""
    n = sum(counts.values())
    if n < max(min_n, 1):
        return Score(type_, n, None, None)
    value, margin = {"nps": _nps, "csat": _csat, "ces": _ces, "expectation": _exceeded}[type_](counts, n)
    return Score(type_, n, round(value, 1), round(margin, 1))


def _nps(counts: Mapping[int, int], n: int) -> tuple[float, float]:
    """% promoters − % detractors; variance of a difference of multinomial shares: p + d − (p − d)²."""
    promoters = sum(k for s, k in counts.items() if s >= 9) / n
    detractors = sum(k for s, k in counts.items() if s <= 6) / n
    net = promoters - detractors
    return 100 * net, 100 * Z * sqrt(max(promoters + detractors - net * net, 0) / n)


def _csat(counts: Mapping[int, int], n: int) -> tuple[float, float]:
    return _share(sum(k for s, k in counts.items() if s >= 4), n)


def _exceeded(counts: Mapping[int, int], n: int) -> tuple[float, float]:
    return _share(counts.get(3, 0), n)


def _share(hits: int, n: int) -> tuple[float, float]:
    """A share in per cent with half the width of its Wilson interval (Wilson 1927), which stays honest near 0 and 100."""
    p = hits / n
    half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return 100 * p, 100 * half


def _ces(counts: Mapping[int, int], n: int) -> tuple[float, float]:
    mean = sum(s * k for s, k in counts.items()) / n
    variance = sum(k * (s - mean) ** 2 for s, k in counts.items()) / max(n - 1, 1)
    return mean, Z * sqrt(variance / n)
