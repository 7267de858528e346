"""A conversation on paper: who said what and when. What is internal is left out unless asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from crm import clock, web
from crm.accounts.models import User
from crm.extensions import fetch
from crm.inbox import queries
from crm.inbox.contexts import shown
from crm.inbox.models import INTERNAL, Message
from crm.outbox.models import Delivery

blueprint = Blueprint("printing", __name__)
AMONG_US = (*INTERNAL, "outside")  # what customers did not get
MOST = 2_000  # messages


@blueprint.get("/inbox/<int:ident>/print")
def index(ident: int):
    """`?notes=1` with what is internal, `?quotes=1` with whole texts."""
    notes, quotes = bool(request.args.get("notes")), bool(request.args.get("quotes"))
    messages = fetch(said(ident, notes))
    return web.plain(render_template(
        "inbox/printing/conversation.html", conversation=shown(ident), messages=messages, files=files_of(messages), notes=notes, quotes=quotes, now=clock.now(), most=MOST,
    ))


def said(ident: int, notes: bool) -> Select:
    author = aliased(User)
    columns = (
        Message.id, Message.kind, Message.at, Message.from_name, Message.from_address, Message.to, Message.cc, Message.text, Message.reply_text, Message.data,
        Message.automatic, author.name.label("author"), Delivery.state, Delivery.bounced_at,
    )
    found = select(*columns).outerjoin(author, author.id == Message.author_id).outerjoin(Delivery, Delivery.id == Message.delivery_id)
    found = found.where(Message.conversation_id == ident) if notes else found.where(Message.conversation_id == ident, Message.kind.not_in(AMONG_US))
    return found.order_by(Message.id).limit(MOST)


def files_of(messages: Sequence[Any]) -> dict[int, list[str]]:
    """Their names."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(messages), 400):
        for row in fetch(queries.ATTACHMENTS, {"messages": [message.id for message in messages[start:start + 400]]}):
            found.setdefault(row.message_id, []).append(row.filename)
    return found
