"""What is done again and again, in one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Identified, Model
from crm.inbox.composing.models import AtHand


class Macro(AtHand, Identified, Model):
    """Steps that are carried out together (running.py). Only its owner sees one that is not shared.

    `steps`, each only if wanted: assign ("me", "nobody" or the number of a user), department_id, priority, touchpoint_id, tags (names to add),
    note, saved_reply_id, finish ("resolve", "snooze:…" with a key of PUT_OFF or "answer", "wait:" with a number of days).
    """

    __tablename__ = "macros"
    __table_args__ = (Index(None, "archived_at", "name"),)

    steps: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
