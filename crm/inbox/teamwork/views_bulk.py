"""A selection of conversations changed at once."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from crm import fields, web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.extensions import db
from crm.inbox import queries
from crm.inbox.listing import Listing
from crm.inbox.macros import queries as macros
from crm.inbox.models import Conversation
from crm.inbox.teamwork import bulk, narrowing

blueprint = Blueprint("bulk", __name__)


@blueprint.get("/inbox/bulk")
def choices():
    """What can be done with a selection."""
    return offered()


@blueprint.post("/inbox/bulk")
@once
def change():
    picked = [ident for ident in map(fields.ident_or_none, request.form.getlist("pick")) if ident][: bulk.MOST]
    tag = fields.one_line(request.form.get("tag"))[:60]
    wanted = bulk.change_of(request.form.get("change") or ("tag" if tag else ""), tag)
    if wanted is None or not picked:
        return offered(picked, 422 if "change" in request.form else 200)
    rows = queries.visible_to(current_user).where(Conversation.id.in_(picked)).order_by(Conversation.id)
    before, refused = bulk.carry_out(db.session.scalars(web.locked(rows, Conversation)).all(), wanted, current_user.user)
    said = ngettext("1 conversation changed.", "%(num)d conversations changed.", len(before))
    if refused:
        said += " " + ngettext("1 stayed as it was: %(reason)s", "%(num)d stayed as they were: %(reason)s", len(refused), reason=refused[0])
    if before:
        undo.offer("conversations.changed", said, conversations=before)
    else:
        web.toast(said)
    location = leads_to(Listing.of(current_user, request.args).url)
    db.session.commit()
    return web.done(location)


def offered(picked=(), status: int = 200):
    listing, choices = Listing.of(current_user, request.args), narrowing.choices()
    said = _("Choose what to change.") if status == 422 and picked else _("Select some conversations first.") if status == 422 else ""
    return web.page("inbox/teamwork/bulk.html", "inbox/teamwork/_bulk_choices.html", listing=listing, choices=choices, picked=picked, staff=queries.staff(),
                    macros=db.session.scalars(macros.usable_by(current_user)).all(), fault=said, status=status)
