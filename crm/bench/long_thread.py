"""A conversation as long as they get, for the large data sets, in which the longest ones have three messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

from flask import Flask
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.bench.pages import LONGEST
from crm.contacts.models import Contact
from crm.extensions import db
from crm.inbox.models import Conversation, Mailbox

MESSAGES = 200  # that went between customer and house; notes and events come on top
APART = timedelta(hours=7)
# What happens in turn: kind, and who did it: the customer, or a member of staff.
TURNS = (("inbound", False), ("reply", True), ("inbound", False), ("note", True), ("reply", True), ("event", True))
TEXT = (
    "Guten Tag,\n\nvielen Dank für Ihre Nachricht vom {day:%d.%m.%Y}. Die Anlage läuft wieder, aber die Anzeige im Keller meldet noch immer den Fehler E{n}. "
    "Ich habe sie wie besprochen zweimal aus- und wieder eingeschaltet und das Protokoll unter https://kunde.example/protokoll/{n} abgelegt.\n\n"
    "Wann kann jemand vorbeikommen? Am besten vormittags, sonst erreichen Sie mich unter +49 351 5550 {n}.\n\nMit freundlichen Grüßen\nKlara Kunde"
)


def ensure(app: Flask) -> None:
    """There is one of that length; made once, of the contact with the longest history."""
    with app.app_context():
        if (db.session.scalar(LONGEST.with_only_columns(Conversation.messages_count)) or 0) < MESSAGES:
            _make()
            db.session.commit()


def _make() -> None:
    contact = db.session.scalars(select(Contact).order_by(Contact.interactions_count.desc(), Contact.id).limit(1)).one()
    staff = db.session.scalars(select(User).where(User.deactivated_at.is_(None)).order_by(User.id)).all()
    mailbox = db.session.scalars(select(Mailbox).order_by(Mailbox.id).limit(1)).first()
    conversation = Conversation(contact=contact, mailbox=mailbox, assignee=staff[0], subject="Anzeige im Keller meldet Fehler", status="resolved",
                                customer_address="klara@kunde.example")
    db.session.add(conversation)
    turns = list(_until_long())
    began, colleagues = clock.now() - APART * len(turns), cycle(staff)
    for number, (kind, by_staff) in enumerate(turns):
        at = began + APART * number
        text = TEXT.format(day=at, n=1000 + number)
        conversation.add(kind, at=at, **(_by_staff(kind, text, next(colleagues)) if by_staff else _by_customer(text)))
    conversation.last_message_at = at


def _until_long() -> Iterator[tuple[str, bool]]:
    exchanged = 0
    for kind, by_staff in cycle(TURNS):
        yield kind, by_staff
        exchanged += kind in ("inbound", "reply")
        if exchanged == MESSAGES:
            return


def _by_customer(text: str) -> dict:
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    return {"from_name": "Klara Kunde", "from_address": "klara@kunde.example", "to": [["Service", "service@firm.example"]], "reply_text": text,
            "text": f"{text}\n\nAm Montag schrieb Service:\n{quoted}", "has_html": True}


def _by_staff(kind: str, text: str, author: User) -> dict:
    if kind == "event":
        return {"author": author, "data": {"event": "assigned", "to": author.name}}
    return {"author": author, "text": text, "reply_text": text, "to": [["Klara Kunde", "klara@kunde.example"]] if kind == "reply" else []}
