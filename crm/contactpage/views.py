"""Pages around one contact: the page itself, and logging what happened from anywhere."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request
from flask_babel import get_timezone
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape
from sqlalchemy import Row

from crm import fields, web
from crm.accounts import undo
from crm.accounts.once import form_key, leads_to, once
from crm.contactpage import band as bands
from crm.contactpage import logging
from crm.contactpage.forms import LogForm, log_channels
from crm.contacts.models import Contact
from crm.extensions import db
from crm.formatting import formats
from crm.search import finding
from crm.timeline import choices, feeds
from crm.timeline.kinds import logged_kind
from crm.touchpoints.guessing import guess_id

blueprint = Blueprint("contactpage", __name__)
ANYBODY, TOKEN, KEY = "%contact%", "%token%", "%key%"  # what differs between two empty log boxes


@blueprint.get("/contacts/<int:contact_id>")
def show(contact_id: int):
    return web.page("contacts/show.html", **page(found(contact_id)), log_box=empty_box(contact_id))


@blueprint.get("/contacts/<int:contact_id>/panels")
def rest(contact_id: int):
    """The panels below the first screenful."""
    contact = found(contact_id).contact
    return web.page("contacts/panels.html", "contacts/_panels.html", contact=contact, panels=panels(contact, later=True))


@blueprint.post("/contacts/<int:contact_id>/interactions")
@once
def log(contact_id: int):
    contact, form = living(contact_id), LogForm(request.form)
    if not form.validate():
        return web.invalid("contacts/log.html", "contacts/_log.html", **box(contact, form))
    entry, task = logging.log(contact, current_user.user, form, str(get_timezone()))
    undo.offer("interaction.logged", said(task), interaction_id=entry.id, task_id=task.id if task else None)
    location = leads_to(f"/contacts/{contact.id}")
    db.session.commit()
    if not web.wants_partial():
        return web.done(location)
    return web.page("contacts/_logged.html", oob=True, **page(found(contact.id)), log_box=empty_box(contact.id))


@blueprint.get("/log")
def choose():
    """For whom? Then the same box."""
    if contact_id := request.args.get("contact", type=fields.ident):
        contact = living(contact_id)
        return web.page("contacts/log.html", "contacts/_log.html", **box(contact, LogForm()))
    asked = request.args.get("q", "").strip()[:100]
    hits = finding.find(asked, ("contact",), 10) if asked else []
    return web.page("contacts/log_whom.html", "contacts/_log_whom.html", asked=asked, hits=hits)


@blueprint.get("/log/touchpoint")
def guess():
    """Where an entry of this channel and direction would be put, while the box is being filled."""
    channel, direction = request.args.get("channel", "phone"), request.args.get("direction", "outbound")
    return web.plain(str(escape(render_guess(channel, direction))))


def found(contact_id: int) -> bands.Band:
    band = bands.load(contact_id) if contact_id < 2**63 else None
    if band is None or band.contact.merged_into_id:  # whose page leads on to the survivor's (crm/merging/redirecting.py)
        abort(404)
    return band


def living(contact_id: int) -> Contact:
    """The contact to write to; a merged one is written to its survivor."""
    contact = db.get_or_404(Contact, contact_id)
    return db.session.get_one(Contact, bands.survivor(contact)) if contact.merged_into_id else contact


def page(band: bands.Band) -> dict[str, Any]:
    """Band, timeline and those panels that stand beside them: each is one or two statements."""
    contact = band.contact
    feed = feeds.of_contact(contact.id, current_user, request.args)
    return {"band": band, "contact": contact, "feed": feed, "panels": panels(contact, later=False)}


def panels(contact: Row, *, later: bool) -> list[tuple[Any, Any]]:
    return [(panel, panel.load(contact)) for panel in current_app.extensions["panels"]["contact"] if panel.later is later]


def box(contact: Contact | None, form: LogForm) -> dict[str, Any]:
    guessed = render_guess(form.channel.data or "phone", form.direction.data or "outbound")
    return {"contact": contact, "form": form, "log_channels": log_channels(), "guessed": guessed}


def empty_box(contact_id: int) -> Markup:
    """The untouched log box. It is the same for everybody but for three words, and the dearest part of the page: kept for a while."""
    kept = current_app.extensions.setdefault("contactpage.box", {})
    until, text = kept.get(formats().voice, (0.0, ""))
    if time.monotonic() > until or current_app.testing:
        anybody = {"contact": SimpleNamespace(id=ANYBODY), "csrf_token": lambda: TOKEN, "form_key": lambda: KEY}
        text = render_template("contacts/_log.html", **box(None, LogForm()) | anybody)
        kept[formats().voice] = (time.monotonic() + choices.REMEMBERED, text)
    return Markup(text.replace(ANYBODY, str(contact_id)).replace(TOKEN, generate_csrf()).replace(KEY, form_key()))  # noqa: S704 our own template


def render_guess(channel: str, direction: str) -> str:
    ident = guess_id(channel, kind=logged_kind(channel), direction=direction)
    name = next((choice.label for choice in choices.touchpoints() if choice.id == ident), None)
    return _("Guessed: %(name)s", name=name) if name else _("No touchpoint")


def said(task: Any) -> str:
    return _("Logged, with a task") if task else _("Logged")
