"""What a conversation keeps of its clocks, so that lists need not count. Written by recounting.py, at the end of each transaction that changes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column


class Clocked:
    first_response_due: Mapped[datetime | None]  # none while the clock stands still, or when nothing is promised
    resolution_due: Mapped[datetime | None]
    first_response_breached_at: Mapped[datetime | None]
    resolution_breached_at: Mapped[datetime | None]
    first_response_seconds: Mapped[int | None]  # business time, pauses excluded
    resolution_seconds: Mapped[int | None]
    clock_due: Mapped[datetime | None] = mapped_column(index=True)  # what passes next, of the clocks that run
    clock_kind: Mapped[str | None] = mapped_column(String(16))  # which of them that is
    tell_at: Mapped[datetime | None] = mapped_column(index=True)  # when somebody has to be told next
    told: Mapped[str] = mapped_column(String(4), default="", server_default="")  # of what somebody was told, a letter each: telling.LETTERS
    sla_policy_id: Mapped[int | None]  # which policy holds; no reference, policies come and go
    clock_basis: Mapped[str | None] = mapped_column(String(16))  # policies and calendars it was counted by
