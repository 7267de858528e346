"""The figures of a contact that lists sort by."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column


class Statistics:
    """What lists sort by, kept by timeline.record in the same transaction and proved by `crm stats rebuild --check`."""

    interactions_count: Mapped[int] = mapped_column(default=0)
    first_interaction_at: Mapped[datetime | None]
    last_interaction_at: Mapped[datetime | None]
    last_in_at: Mapped[datetime | None]
    last_out_at: Mapped[datetime | None]
    open_conversations: Mapped[int] = mapped_column(default=0)
    next_task_at: Mapped[datetime | None]
    nps_score: Mapped[int | None]
    nps_at: Mapped[datetime | None]
    csat_score: Mapped[int | None]
    csat_at: Mapped[datetime | None]
    value: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=Decimal(0))  # purchases so far, in the firm's currency
