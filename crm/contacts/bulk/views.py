"""Many contacts changed at once from their list, and the list of such changes with their way back."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm import web
from crm.accounts import undo
from crm.accounts.choices import staff
from crm.accounts.models import User
from crm.accounts.once import leads_to, once
from crm.accounts.trail import audit
from crm.contacts.bulk.carrying_out import carry_out, take_back
from crm.contacts.bulk.choosing import MOST, Misfit, chosen, offered, wording
from crm.contacts.bulk.models import BulkEdit
from crm.contacts.listing_contacts import ContactListing
from crm.contacts.selecting import Selection
from crm.contacts.views_addresses import piece
from crm.extensions import db, fetch
from crm.formatting import number
from crm.frame import needs

blueprint = Blueprint("bulk", __name__)
SHOWN = 100


@blueprint.get("/contacts/bulk-edits")
@needs("bulk")
def index():
    edits = db.session.scalars(select(BulkEdit).options(joinedload(BulkEdit.by), joinedload(BulkEdit.undone_by)).order_by(BulkEdit.at.desc(), BulkEdit.id.desc()).limit(SHOWN)).all()
    owners = dict(fetch(select(User.id, User.name)))
    return web.page("contacts/bulk_edits.html", edits=[(edit, wording(edit.change, edit.value, owners)) for edit in edits])


@blueprint.get("/contacts/bulk-edits/choices")
@needs("bulk")
def choices():
    """What can be changed, for the bar below a list: fetched when the bar is seen. Without script the form asks on a page of its own."""
    return piece("contacts/_bulk_change.html", _("Change many contacts"), groups=offered())


@blueprint.post("/contacts/bulk-edits")
@needs("bulk")
@once
def create():
    selection = Selection.of(request.form, ContactListing)
    try:
        change = chosen(request.form.get("change", ""), request.form.get("value", ""))
        ids = found(selection)
    except Misfit as misfit:
        db.session.rollback()
        return web.invalid("contacts/bulk_edit.html", selection=selection, fault=str(misfit), groups=offered())
    edit = carry_out(change, ids, current_user.user, selection.listing.with_())
    location = leads_to(selection.listing.with_())
    if not edit.count:
        db.session.delete(edit)
        db.session.commit()
        web.toast(_("Nothing was changed: they were all like this already."))
        return web.done(location)
    words = wording(edit.change, edit.value, dict(staff()))
    said = ngettext("%(what)s – %(count)s contact was changed.", "%(what)s – %(count)s contacts were changed.", edit.count, what=words, count=number(edit.count))
    audit("contacts.changed_in_bulk", edit, change=edit.change, value=edit.value, contacts=edit.count, asked=edit.asked)
    undo.offer("contacts.changed_in_bulk", said, edit_id=edit.id)
    db.session.commit()
    return web.done(location)


def found(selection: Selection) -> list[int]:
    """Whom it is about; Misfit when nobody is chosen, or too many."""
    ids = selection.found(MOST) if selection else []
    if not ids:
        raise Misfit(_("Nobody is selected."))
    if len(ids) > MOST:
        raise Misfit(_("No more than %(most)s contacts can be changed at once. Add a filter.", most=number(MOST)))
    return ids


@blueprint.delete("/contacts/bulk-edits/<int:ident>")
@needs("bulk")
def remove(ident: int):
    edit = db.one_or_404(web.locked(select(BulkEdit).where(BulkEdit.id == ident), BulkEdit))
    if edit.undone_at is None:
        kept = take_back(edit, current_user.user)
        audit("contacts.bulk_edit_undone", edit, contacts=edit.count - kept, kept=kept)
        tell(edit)
    db.session.commit()
    return web.done("/contacts/bulk-edits")


def tell(edit: BulkEdit) -> None:
    """What became of taking it back."""
    back = edit.count - edit.kept
    web.toast(ngettext("%(count)s contact is as before.", "%(count)s contacts are as before.", back, count=number(back)))
    if edit.kept:
        web.toast(ngettext("%(count)s contact was changed again since and stays as it is.", "%(count)s contacts were changed again since and stay as they are.", edit.kept, count=number(edit.kept)))


def undo_bulk_edit(by: User, payload: dict[str, int]) -> str:
    edit = db.session.get_one(BulkEdit, payload["edit_id"], with_for_update=True)
    if edit.undone_at is None:
        take_back(edit, by)
        tell(edit)
    return edit.asked or "/contacts"


UNDOERS = {"contacts.changed_in_bulk": undo_bulk_edit}
