"""Saved views: kept from a list, named, shared, put in order, chosen to begin with."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import delete, or_, select

from crm import web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.accounts.undo import by_verb
from crm.contacts.listing import Listing
from crm.contacts.listing_contacts import ContactListing
from crm.contacts.organisations import OrganisationListing
from crm.contacts.saved_views.models import FirstView, SavedView
from crm.contacts.saved_views.queries import filters, opened, visible
from crm.contacts.selecting import given
from crm.errors import Refused
from crm.extensions import db
from crm.fields import one_line

blueprint = Blueprint("saved_views", __name__)
LISTS: dict[str, type[Listing]] = {"contacts": ContactListing, "organisations": OrganisationListing}
MOST = 50  # of one person above one list


@blueprint.get("/<any(contacts, organisations):noun>/columns")
def columns(noun: str):
    listing, _views = opened(LISTS[noun], request.args, current_user.id)
    return web.page("saved_views/columns.html", noun=noun, listing=listing)


@blueprint.get("/<any(contacts, organisations):noun>/views")
def index(noun: str):
    return shown(noun)


@blueprint.post("/<any(contacts, organisations):noun>/views")
@once
def create(noun: str):
    name, listing = one_line(request.form.get("name")), LISTS[noun].of(given(request.form.get("list", "")))
    mine = db.session.scalars(select(SavedView).where(SavedView.owner_id == current_user.id, SavedView.list == noun, SavedView.archived_at.is_(None))).all()
    if fault := misnamed(name) or (_("You have as many views as there can be. Delete one first.") if len(mine) >= MOST else ""):
        return shown(noun, fault, 422, again=(name, listing.with_()))
    view = SavedView(owner_id=current_user.id, list=noun, name=name, shared=bool(request.form.get("shared")), filters=dict(filters(listing)), position=len(mine) + 1)
    db.session.add(view)
    db.session.flush()
    location = leads_to(f"/{noun}?view={view.id}")
    db.session.commit()
    web.toast(_("The view %(name)s is saved.", name=name))
    return web.done(location)


@blueprint.post("/views/<int:ident>")
def update(ident: int):
    """Its name and who sees it; or, with `list`, what it shows."""
    view = own(ident)
    if "list" in request.form:
        view.filters = dict(filters(LISTS[view.list].of(given(request.form["list"]))))
        db.session.commit()
        web.toast(_("The view %(name)s is saved.", name=view.name))
        return web.done(f"/{view.list}?view={ident}")
    name = one_line(request.form.get("name"))
    if fault := misnamed(name):
        return shown(view.list, fault, 422)
    view.name, view.shared = name, bool(request.form.get("shared"))
    db.session.commit()
    web.toast(_("The view %(name)s is saved.", name=name))
    return web.done(f"/{view.list}/views")


@blueprint.delete("/views/<int:ident>")
def remove(ident: int):
    view = own(ident)
    view.archive()
    undo.offer("view.archived", _("The view %(name)s is deleted.", name=view.name), view_id=ident)
    db.session.commit()
    return web.done(f"/{view.list}/views")


@blueprint.post("/views/<int:ident>/place")
def move(ident: int):
    """Before its neighbour, or behind it (`step`: -1 or 1)."""
    view = own(ident)
    same = (SavedView.owner_id == view.owner_id, SavedView.list == view.list, SavedView.archived_at.is_(None))
    row = list(db.session.scalars(select(SavedView).where(*same).order_by(SavedView.position, SavedView.name, SavedView.id)))
    here = row.index(view)
    there = min(max(here + (-1 if request.form.get("step") == "-1" else 1), 0), len(row) - 1)
    row.insert(there, row.pop(here))
    for position, each in enumerate(row, 1):
        each.position = position
    db.session.commit()
    return web.done(f"/{view.list}/views")


@blueprint.post("/views/<int:ident>/first")
def begin_with(ident: int):
    """The list opens with it from now on, for this person."""
    seen = or_(SavedView.owner_id == current_user.id, SavedView.shared)
    view = db.one_or_404(select(SavedView).where(SavedView.id == ident, SavedView.archived_at.is_(None), seen))
    db.session.merge(FirstView(user_id=current_user.id, list=view.list, view_id=ident))
    db.session.commit()
    return web.done(f"/{view.list}/views")


@blueprint.delete("/views/<int:ident>/first")
def begin_as_usual(ident: int):
    db.session.execute(delete(FirstView).where(FirstView.user_id == current_user.id, FirstView.view_id == ident))
    db.session.commit()
    return web.done(web.came_from("/contacts/views"))


def own(ident: int) -> SavedView:
    """A view of this person; those of others are theirs to change."""
    view = db.one_or_404(select(SavedView).where(SavedView.id == ident, SavedView.archived_at.is_(None), or_(SavedView.owner_id == current_user.id, SavedView.shared)))
    if view.owner_id != current_user.id:
        raise Refused(_("Only who made this view can change it."))
    return view


def misnamed(name: str) -> str:
    if not name:
        return _("Give the view a name.")
    return _("Use at most %(max)d characters.", max=60) if len(name) > 60 else ""


def shown(noun: str, fault: str = "", status: int = 200, **more: Any):
    return web.page("saved_views/index.html", noun=noun, views=visible(current_user.id, noun), fault=fault, status=status, **more)


UNDOERS = {"view.archived": by_verb(SavedView, "view_id", SavedView.unarchive)}
