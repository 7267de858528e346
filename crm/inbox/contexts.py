"""What the pages of the inbox are given: the list with its counts, the conversation with its person."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Response, abort, request
from flask_login import current_user

from crm import web
from crm.extensions import db
from crm.fields import ident_or_none
from crm.inbox import heartbeats, listing, queries, reading, words
from crm.inbox.composing.attaching import files_for
from crm.inbox.linking.queries import linked_with
from crm.inbox.listing import Listing
from crm.inbox.models import Conversation
from crm.inbox.replying import Recipients, addressed
from crm.inbox.scheduling import queries as planned
from crm.inbox.teamwork import narrowing, tagging


def found(ident: int) -> Conversation:
    """To be worked on."""
    wanted = queries.visible_to(current_user).where(Conversation.id == ident)
    return db.session.scalars(web.locked(wanted, Conversation)).one_or_none() or abort(404)


def shown(ident: int) -> Any:
    """To be looked at: columns, see `queries.HEAD`."""
    return reading.head(ident) or abort(404)


def list_context(wanted: Listing) -> dict[str, Any]:
    page, counted = wanted.page(), listing.counts(current_user)
    return {"listing": wanted, "page": page, "counts": counted, "saved_lists": listing.saved(current_user),
            "chips": narrowing.chips(wanted, words.words().priorities) if wanted.narrowed and not wanted.saved else (), "fingerprint": listing.fingerprint(page, counted), "pulse": heartbeats.lately()}


def conversation_context(conversation: Any, wanted: Listing, form: Any = None) -> dict[str, Any]:
    """`conversation`: what `shown` gave."""
    thread = reading.thread(conversation, everything="all" in request.args)
    return {
        "listing": wanted, "conversation": conversation, "thread": thread, "form": form or empty_form(conversation, thread), "staff": queries.staff(), "departments": queries.departments(),
        "tags": tagging.tags_of(conversation.id) if conversation.has_tags else (),
        "planned": planned.waiting_in(conversation.id) if conversation.has_planned else (),
        "linked": linked_with(conversation.id) if conversation.has_links else (),
        "saved_files": files_for(filter(None, map(ident_or_none, (request.values if form else request.args).getlist("saved_file"))), current_user),
        "recipients": to_answer(conversation), "entries": reading.last_entries(conversation.contact_id, current_user),
        "others": queries.others_of(conversation.contact_id, conversation.id),
    }


def to_answer(conversation: Any) -> Recipients:
    """Who will get the next reply."""
    last = SimpleNamespace(from_name=conversation.heard_name, from_address=conversation.heard_address, to=conversation.heard_to, cc=conversation.heard_cc)
    return addressed(conversation.customer_address, conversation.display_name, last if conversation.heard_id else None)


def empty_form(conversation: Any, thread: reading.Thread) -> SimpleNamespace:
    """What I began to write is still there. Looks like a MessageForm to the template; building the real one takes longer than the page."""
    kind = "note" if "note" in thread.drafts and "reply" not in thread.drafts else "reply"
    mine = thread.drafts.get(kind)
    copies = None if mine is None or mine.cc is None else ", ".join(mine.cc)
    values = {"kind": kind, "body": mine.body if mine else "", "seen": str(conversation.heard_id or 0), "cc": copies, "as_is": None, "send_at": ""}
    return SimpleNamespace(**{name: SimpleNamespace(data=value, errors=()) for name, value in values.items()})


def answer(conversation: Conversation, status: int = 200, form: Any = None, **context: Any) -> Response:
    """After a step: the conversation anew for htmx, which also fetches the list; else the page of it."""
    wanted = Listing.of(current_user, request.args, otherwise=conversation.status)
    location = f"/inbox/{conversation.id}?{wanted.query}"
    if not web.wants_partial() and status == 200:
        return web.done(location)
    told = conversation_context(shown(conversation.id), wanted, form) | context
    if status != 200:
        return web.page("inbox/show.html", "inbox/_conversation.html", status=status, chosen=conversation.id, **(list_context(wanted) | told))
    return web.done(location, "inbox/_conversation.html", events=("inbox-changed",), **told)
