"""What the page of a contact is put together from; also for the page of whoever is calling."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import Row
from werkzeug.datastructures import MultiDict

from crm import web
from crm.accounts.once import form_key
from crm.contactpage import band as bands
from crm.contactpage.forms import LogForm, log_channels
from crm.contacts.models import Contact
from crm.extensions import db
from crm.formatting import formats
from crm.timeline import choices, feeds
from crm.timeline.kinds import logged_kind
from crm.touchpoints.guessing import guess_id

ANYBODY, TOKEN, KEY = "%contact%", "%token%", "%key%"  # what differs between two empty log boxes


def found(contact_id: int) -> bands.Band:
    band = bands.load(contact_id) if contact_id < 2**63 else None
    if band is None or band.contact.merged_into_id:  # whose page leads on to the survivor's (crm/merging/redirecting.py)
        abort(404)
    return band


def living(contact_id: int) -> Contact:
    """The contact to write to; a merged one is written to its survivor."""
    contact = db.get_or_404(Contact, contact_id)
    return db.session.get_one(Contact, bands.survivor(contact)) if contact.merged_into_id else contact


def page(band: bands.Band, asked: MultiDict[str, str] | None = None) -> dict[str, Any]:
    """Band, timeline and those panels that stand beside them: each is one or two statements. `asked`: the filters of the timeline, if not of the address."""
    contact = band.contact
    feed = feeds.of_contact(contact.id, current_user, request.args if asked is None else asked)
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
    return Markup(text.replace(ANYBODY, str(contact_id)).replace(TOKEN, web.csrf_token()).replace(KEY, form_key()))  # noqa: S704 our own template


def render_guess(channel: str, direction: str) -> str:
    ident = guess_id(channel, kind=logged_kind(channel), direction=direction)
    name = next((choice.label for choice in choices.touchpoints() if choice.id == ident), None)
    return _("Guessed: %(name)s", name=name) if name else _("No touchpoint")
