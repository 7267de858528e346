"""Exports of the list of contacts and of organisations, and one contact as a card: a file, or a square for the telephone."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from crm import web
from crm.contacts.exporting import gathering, vcards
from crm.contacts.exporting.columns import of_list
from crm.contacts.exporting.forms import ExportForm
from crm.contacts.exporting.writing import download, note
from crm.contacts.listing import Listing
from crm.contacts.listing_contacts import ContactListing
from crm.contacts.models import Contact
from crm.contacts.organisations import OrganisationListing
from crm.contacts.queries import visible_to
from crm.contacts.selecting import Selection
from crm.extensions import db
from crm.frame import needs

blueprint = Blueprint("exporting", __name__)
LISTS: dict[str, type[Listing]] = {"contacts": ContactListing, "organisations": OrganisationListing}


@blueprint.get("/<any(contacts, organisations):noun>/export")
@needs("export")
def ask(noun: str):
    """About everybody who fits the filters of the address."""
    listing = LISTS[noun].of(request.args)
    return asked(Selection(listing, whole=True), ExportForm.beginning(listing.about))


@blueprint.post("/<any(contacts, organisations):noun>/export/selection")
@needs("export")
def choose(noun: str):
    """About those who are ticked in the list; too many for an address."""
    selection = Selection.of(request.form, LISTS[noun])
    return asked(selection, ExportForm.beginning(selection.listing.about))


@blueprint.post("/<any(contacts, organisations):noun>/export")
@needs("export")
def create(noun: str):
    selection = Selection.of(request.form, LISTS[noun])
    about, form = selection.listing.about, ExportForm(selection.listing.about)
    if form.validate() and form.which.data == "chosen" and not form.columns.data:
        form.columns.errors = [_("Tick at least one.")]
    if form.errors or not selection:
        return asked(selection, form, 422)
    ids = selection.found()
    chosen = wanted(form, selection.listing)
    note(about, ids, form.format.data, asked=selection.listing.with_(), ticked=not selection.whole, columns=chosen, reason=form.reason.data)
    db.session.commit()
    return download(about, ids, form.format.data, chosen, form.delimiter.data)


def asked(selection: Selection, form: ExportForm, status: int = 200) -> Response:
    count = web.bounded_count(selection.records) if selection else 0
    return web.page("contacts/export.html", selection=selection, form=form, count=count, noun=selection.listing.path[1:], status=status)


def wanted(form: ExportForm, listing: Any) -> list[str]:
    if form.which.data == "chosen":
        return form.columns.data
    return of_list(listing.about, listing.shown) if form.which.data == "list" else []


@blueprint.get("/contacts/<int:ident>/card.vcf")
def card(ident: int):
    person = known(ident)
    response = Response(vcards.card(person), content_type="text/vcard; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{person.row.display_name}.vcf".replace("/", "-"))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/contacts/<int:ident>/card")
def square(ident: int):
    """The contact as a square that a telephone's camera reads."""
    person = known(ident)
    code = segno.make(vcards.short(person), error="m", micro=False)
    return web.page("contacts/card.html", person=person, square=Markup(code.svg_inline(border=2, omitsize=True, dark="#000", light="#fff", svgclass="qr")))  # noqa: S704 — segno draws squares only


def known(ident: int) -> gathering.Gathered:
    db.one_or_404(visible_to(current_user).where(Contact.id == ident).with_only_columns(Contact.id))
    return next(gathering.these([ident]))
