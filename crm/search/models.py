"""What can be found: one row per contact, organisation, conversation or task, with its folded words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Model

KINDS = ("contact", "organisation", "conversation", "task")  # the order is part of every stored id: new ones go to the end
BITS = 40  # of an id are the record's own; above them stands the number of its kind


class SearchDocument(Model):
    """`head` and `words` hold tokens as `tokens.tokenise` makes them, `digits` bare numbers; the indexes stand in on_sqlite.py and on_postgresql.py.

    The id says which record it is. So the records of one kind are a range of ids, the newest at its end, and an index that is read backwards
    within that range has found enough after a few rows, however many others there are.
    """

    __tablename__ = "search_documents"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))  # one of KINDS
    record_id: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(String(300), default="")
    head: Mapped[str] = mapped_column(Text, default="")  # of the title: a hit here ranks first
    words: Mapped[str] = mapped_column(Text, default="")  # of everything else
    digits: Mapped[str] = mapped_column(Text, default="")
    rank_at: Mapped[datetime | None]  # newer first among equals


def document_id(kind: str, record_id: int) -> int:
    return (KINDS.index(kind) + 1 << BITS) + record_id


def span(kind: str) -> tuple[int, int]:
    """The lowest and the highest id of a kind."""
    lowest = document_id(kind, 0)
    return lowest, lowest + (1 << BITS) - 1
