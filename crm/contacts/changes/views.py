"""The history of a contact's or an organisation's fields: folded on their page, whole on a page of its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import current_user

from crm import web
from crm.contacts.changes import FieldChange
from crm.contacts.changes.queries import changes
from crm.contacts.changes.wording import said
from crm.contacts.models import Contact, Organisation
from crm.contacts.queries import organisations_visible_to, visible_to
from crm.extensions import db

blueprint = Blueprint("changes", __name__)
SHOWN = 25


@blueprint.get("/contacts/<int:ident>/changes")
def of_contact(ident: int):
    contact = db.one_or_404(visible_to(current_user).where(Contact.id == ident))
    return show(contact, contact.display_name, f"/contacts/{ident}", "contacts")


@blueprint.get("/organisations/<int:ident>/changes")
def of_organisation(ident: int):
    organisation = db.one_or_404(organisations_visible_to(current_user).where(Organisation.id == ident))
    return show(organisation, organisation.name, f"/organisations/{ident}", "organisations")


def show(owner: Any, name: str, back: str, active: str):
    page = web.paginate(changes(owner), FieldChange.at, FieldChange.id, limit=SHOWN, cursor=request.args.get("cursor"))
    return web.page("changes/index.html", "changes/_rows.html", page=page, changes=said(page.items), whose=name, back=back, active=active)
