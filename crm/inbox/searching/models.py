"""The words of every message, folded and in their order, for the search of the inbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, ForeignKey, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Model
from crm.inbox.models import Message
from crm.search.full_text import FullText

WORDS = FullText("message_words")


class MessageWords(Model):
    """What one message is found by; see `indexing.words_of`. It goes with its message."""

    __tablename__ = "message_words"

    id: Mapped[int] = mapped_column(ForeignKey(Message.id, ondelete="CASCADE"), primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text, default="")


@event.listens_for(MessageWords.__table__, "after_create")
def _created(_table: Any, connection: Connection, **_: Any) -> None:
    WORDS.drop(connection)
    WORDS.create(connection)


@event.listens_for(MessageWords.__table__, "before_drop")
def _gone(_table: Any, connection: Connection, **_: Any) -> None:
    WORDS.drop(connection)
