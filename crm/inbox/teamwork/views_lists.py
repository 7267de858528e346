"""Narrowing the inbox, and keeping a narrowed list under a name."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.errors import Refused
from crm.extensions import db
from crm.fields import one_line
from crm.inbox.listing import Listing
from crm.inbox.teamwork import narrowing, saved_lists
from crm.inbox.teamwork.models import SavedList

blueprint = Blueprint("lists", __name__)


@blueprint.get("/inbox/filter")
def narrow():
    wanted = Listing.of(current_user, request.args)
    return web.page("inbox/teamwork/narrow.html", "inbox/teamwork/_narrow.html", listing=wanted, choices=narrowing.choices())


@blueprint.post("/inbox/lists")
@once
def keep():
    """The list that the form carries, under a name."""
    name, wanted = one_line(request.form.get("name")), Listing.of(current_user, request.form)
    if not name or len(name) > 60:
        raise Refused(_("Give the list a name of at most 60 characters."), "name")
    if len(saved_lists.visible(current_user)) >= saved_lists.MOST:
        raise Refused(_("There are as many lists as there can be. Delete one first."), "name")
    kept = SavedList(owner_id=current_user.id, name=name, shared=bool(request.form.get("shared")), filters={key: value for key, value in wanted.given.items() if key != "contact"})  # a person may be merged into another
    db.session.add(kept)
    db.session.flush()
    location = leads_to(f"/inbox?list={kept.id}")
    web.toast(_("The list %(name)s is saved.", name=name))
    db.session.commit()
    return web.done(location)


@blueprint.delete("/inbox/lists/<int:ident>")
def remove(ident: int):
    """One's own only; who shares a list takes it from everybody."""
    kept = db.session.get(SavedList, ident)
    if kept is None or kept.owner_id != current_user.id:
        abort(404)
    if kept.archived_at is None:
        kept.archive()
        undo.offer("inbox_list.archived", _("The list %(name)s is deleted.", name=kept.name), list_id=ident)
    db.session.commit()
    return web.done("/inbox")
