"""Keeping the words of messages: with every flush that writes one, after a batch of mail, and all of them anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, event, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from crm.extensions import db, fetch
from crm.inbox.models import Attachment, Conversation, Message
from crm.inbox.searching.models import WORDS, MessageWords
from crm.search.full_text import tokens

# A word of these parts stands in the index a second time with this before it, so that one index answers `from:` as well.
PARTS = {"from": "0f", "to": "0t", "subject": "0s", "filename": "0n"}
WITH_FILES = "0h"  # the word of every message that has some
LONGEST = 60_000  # characters of a message that are looked into
BATCH = 2000
FOUND_BY = frozenset(("text", "reply_text", "subject", "from_name", "from_address", "to", "cc"))


class Found(NamedTuple):
    """What a message is found by."""

    id: int
    subject: str  # its own and that of its conversation
    sender: str
    receivers: Sequence[Sequence[str]]
    text: str
    filenames: Sequence[str]  # of files that people see as such, not of pictures within the text


def words_of(found: Found) -> str:
    """Subject, sender, names of files and the writer's own words; who received it only under `to:`."""
    receivers = " ".join(part for pair in found.receivers for part in pair)
    subject, sender, files = tokens(found.subject), tokens(found.sender), [tokens(name) for name in found.filenames]
    marked = [*_marked("subject", subject), *_marked("from", sender), *_marked("to", tokens(receivers)), *(word for name in files for word in _marked("filename", name)),
              *([WITH_FILES] if found.filenames else [])]
    return " ".join((*subject, *sender, *(word for name in files for word in name), *tokens(found.text[:LONGEST]), *marked))


def _marked(part: str, words: Iterable[str]) -> list[str]:
    return [PARTS[part] + word for word in words]


def put(rows: Iterable[Found], session: Any = None) -> None:
    """Add or replace the words of these messages, in one statement."""
    session = session or db.session
    values = [{"id": row.id, "words": words_of(row)} for row in rows]
    if values:
        make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        statement = make(MessageWords)
        session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"words": statement.excluded.words}), values)


def columns_found(ident: int, columns: Any, conversation_subject: str, filenames: Sequence[str]) -> Found:
    """Of a message that is written as plain columns."""
    return Found(ident, _both(conversation_subject, columns["subject"]), f"{columns['from_name']} {columns['from_address']}", (*columns["to"], *columns["cc"]),
                 columns["reply_text"] or columns["text"], filenames)


def _both(conversation_subject: str, own: str) -> str:
    return conversation_subject if own in conversation_subject else f"{conversation_subject} {own}"


# — what a session writes ————————————————————————————————————————————————————————————————————————————————————————————————

@event.listens_for(Session, "after_flush")
def _follow(session: Session, _context: Any) -> None:
    """Notice messages that this flush wrote, and those that got a file."""
    written = [row for row in session.new if isinstance(row, Message) and row.kind != "event"]
    written += [row for row in session.dirty if isinstance(row, Message) and row.kind != "event" and _is_reworded(row)]
    idents = {row.id for row in written} | {row.message_id for row in session.new if isinstance(row, Attachment)}
    if idents:
        session.info.setdefault("unread_messages", set()).update(idents)


def _is_reworded(row: Message) -> bool:
    return any(db.inspect(row).attrs[name].history.has_changes() for name in FOUND_BY)


@event.listens_for(Session, "after_flush_postexec")
def _write(session: Session, _context: Any) -> None:
    idents = session.info.pop("unread_messages", None)
    if idents:
        put(_read(_messages().where(Message.id.in_(idents)), session), session)


# — from the tables ——————————————————————————————————————————————————————————————————————————————————————————————————————

def _messages() -> Select:
    return select(
        Message.id, Message.subject, Message.from_name, Message.from_address, Message.to, Message.cc, Message.reply_text, Message.text, Conversation.subject.label("about"),
    ).join(Conversation, Conversation.id == Message.conversation_id).where(Message.kind != "event")


def _read(statement: Select, session: Any) -> Iterator[Found]:
    rows = session.connection().execute(statement).all()
    files = select(Attachment.message_id, Attachment.filename).where(Attachment.message_id.in_([row.id for row in rows]), ~Attachment.inline).order_by(Attachment.message_id)
    names = {ident: [name for _, name in group] for ident, group in groupby(session.connection().execute(files), itemgetter(0))}
    for row in rows:
        yield columns_found(row.id, row._mapping, row.about, names.get(row.id, ()))


def rebuild() -> int:
    """The words of all messages anew; how many messages can be found. Never commits."""
    db.session.flush()
    connection, after, written = db.session.connection(), 0, 0
    WORDS.drop(connection)
    connection.execute(delete(MessageWords))
    while rows := fetch(select(Message.id).where(Message.id > after).order_by(Message.id).limit(BATCH)):
        values = [{"id": row.id, "words": words_of(row)} for row in _read(_messages().where(Message.id.between(rows[0].id, rows[-1].id)), db.session)]
        if values:
            connection.execute(insert(MessageWords), values)
        written, after = written + len(values), rows[-1].id
    WORDS.create(connection)
    return written


def tidy() -> None:
    WORDS.tidy(db.session.connection())
