"""A merge and its journal: enough to take everything back, however much later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.extensions import Identified, Model

KINDS = ("contact", "organisation")
ACTIONS = ("moved", "overwritten", "deleted", "inserted")


class Merge(Identified, Model):
    """One record became part of another. Both ids are plain numbers, because they point into one of two tables."""

    __tablename__ = "merges"
    __table_args__ = (Index(None, "kind", "survivor_id"), Index(None, "kind", "merged_id"), Index(None, "at", "id"))

    kind: Mapped[str] = mapped_column(String(12))
    survivor_id: Mapped[int]
    merged_id: Mapped[int]
    merged_name: Mapped[str] = mapped_column(String(260), default="")  # as it was called then
    survivor_name: Mapped[str] = mapped_column(String(260), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # field → merged, survivor, both: as a person chose
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # "interactions.contact_id" → rows that moved
    marks: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # table → its highest id then: what is higher came later
    entry_id: Mapped[int | None]  # the entry "Contacts merged" on the survivor's timeline

    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    rows: Mapped[list[MergeRow]] = relationship(order_by="MergeRow.id", cascade="all, delete-orphan", passive_deletes=True)


class MergeRow(Identified, Model):
    """One step of the journal. `keys` are the ids of the rows concerned (lists where a table has no id), as many as share the step.

    It holds what people wrote about a person: whoever erases a contact erases its merges too.
    """

    __tablename__ = "merge_rows"
    __table_args__ = (Index(None, "merge_id", "id"),)

    merge_id: Mapped[int] = mapped_column(ForeignKey(Merge.id, ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(60))
    column_name: Mapped[str] = mapped_column(String(160), default="")  # "custom.colour": one key of a JSON column
    action: Mapped[str] = mapped_column(String(12))
    keys: Mapped[list[Any]] = mapped_column(JSON, default=list)
    old: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    new: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    row: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)  # the whole row that was deleted
