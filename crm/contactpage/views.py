"""Pages around one contact: the page itself, and logging what happened from anywhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_babel import get_timezone
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import escape

from crm import fields, web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.contactpage import logging
from crm.contactpage.forms import LogForm
from crm.contactpage.showing import box, empty_box, found, living, page, panels, render_guess
from crm.contactpage.views_calls import blueprint as calls
from crm.extensions import db
from crm.search import finding

blueprint = Blueprint("contactpage", __name__)
blueprint.register_blueprint(calls)


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


def said(task: Any) -> str:
    return _("Logged, with a task") if task else _("Logged")
