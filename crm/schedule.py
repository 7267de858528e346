"""Every job, and when it runs by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

JOBS: dict[str, Callable[..., Any]] = {}

PERIODIC: tuple[tuple[str, str], ...] = ()  # (crontab, job)
