"""What can be found: one row per contact, organisation, conversation or task, with its folded words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Identified, Model


class SearchDocument(Identified, Model):
    """`head` and `words` hold tokens as `tokens.tokenise` makes them, `digits` bare numbers; the indexes stand in indexing.py."""

    __tablename__ = "search_documents"
    __table_args__ = (Index(None, "kind", "record_id", unique=True),)

    kind: Mapped[str] = mapped_column(String(16))  # contact, organisation, conversation, task
    record_id: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(String(300), default="")
    head: Mapped[str] = mapped_column(Text, default="")  # of the title: a hit here ranks first
    words: Mapped[str] = mapped_column(Text, default="")  # of everything else
    digits: Mapped[str] = mapped_column(Text, default="")
    rank_at: Mapped[datetime | None]  # newer first among equals
