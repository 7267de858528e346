"""The only door to time. Everything in the database is UTC; the viewer's zone is applied at the edge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


def today(zone: str | ZoneInfo = "UTC") -> date:
    """The calendar day it is now in `zone`."""
    return now().astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()


def set_source(source: Callable[[], datetime] | None) -> None:
    """Put another clock in place (tests, demo data); None restores the real one."""
    global _source
    _source = source or (lambda: datetime.now(UTC))
