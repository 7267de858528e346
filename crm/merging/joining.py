"""How two values become one."""

from __future__ import annotations

from typing import Any


def filled(kept: Any, other: Any) -> Any:
    """What is filled beats what is empty; of two the survivor's stays."""
    return other if kept in (None, "") else kept


def earliest(kept: Any, other: Any) -> Any:
    """A mark that either has holds, since the first of both."""
    known = [moment for moment in (kept, other) if moment is not None]
    return min(known, default=None)


def latest_or_open(kept: Any, other: Any) -> Any:
    """An end: while one of the two goes on, it goes on."""
    return None if kept is None or other is None else max(kept, other)


def either(kept: Any, other: Any) -> Any:
    return bool(kept or other)
