"""What the pages of the inbox are given: the list with its counts, the conversation with its person."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Response, abort, request
from flask_login import current_user

from crm import web
from crm.extensions import db
from crm.inbox import events, heartbeats, listing, queries, reading
from crm.inbox.forms import PUT_OFF_WORDS
from crm.inbox.listing import VIEWS, Listing
from crm.inbox.models import PRIORITIES, Conversation
from crm.inbox.replying import recipients


def found(ident: int) -> Conversation:
    return db.session.scalars(web.locked(queries.in_full(ident, current_user), Conversation)).unique().one_or_none() or abort(404)


def list_context(wanted: Listing) -> dict[str, Any]:
    page, counted = wanted.page(), listing.counts(current_user)
    return {"listing": wanted, "page": page, "counts": counted, "views": VIEWS, "fingerprint": listing.fingerprint(page, counted), "pulse": heartbeats.pulse()}


def conversation_context(conversation: Conversation, wanted: Listing, form: Any = None) -> dict[str, Any]:
    thread = reading.thread(conversation, everything="all" in request.args)
    return {
        "listing": wanted, "conversation": conversation, "thread": thread, "form": form or empty_form(thread), "staff": queries.staff(), "put_off": PUT_OFF_WORDS,
        "recipients": recipients(conversation, thread.heard), "entries": reading.last_entries(conversation.contact_id, current_user), "priorities": PRIORITIES,
        "priority_words": events.PRIORITIES, "others": queries.others_of(conversation.contact_id, conversation.id),
    }


def empty_form(thread: reading.Thread) -> SimpleNamespace:
    """What I began to write is still there. Looks like a MessageForm to the template; building the real one takes longer than the page."""
    kind = "note" if "note" in thread.drafts and "reply" not in thread.drafts else "reply"
    values = {"kind": kind, "body": thread.drafts.get(kind, ""), "seen": str(thread.seen), "cc": None}
    return SimpleNamespace(**{name: SimpleNamespace(data=value, errors=()) for name, value in values.items()})


def answer(conversation: Conversation, status: int = 200, **context: Any) -> Response:
    """After a step: the conversation anew for htmx, which also fetches the list; else the page of it."""
    wanted = Listing.of(current_user, request.args, otherwise=conversation.status)
    location = f"/inbox/{conversation.id}?{wanted.query}"
    if not web.wants_partial() and status == 200:
        return web.done(location)
    shown = conversation_context(conversation, wanted) | context
    if status != 200:
        return web.page("inbox/show.html", "inbox/_conversation.html", status=status, chosen=conversation.id, **(list_context(wanted) | shown))
    return web.done(location, "inbox/_conversation.html", events=("inbox-changed",), **shown)
