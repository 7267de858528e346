"""Marks on addresses, and where a person belongs: small changes on the page of a contact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.contacts.creating import find_or_create_organisation
from crm.contacts.forms import AffiliationForm
from crm.contacts.models import Address, Affiliation, Contact
from crm.contacts.queries import in_full, visible_to
from crm.extensions import db

blueprint = Blueprint("addresses", __name__)

# What can be said of an address: the noun in its link → (said, taken back).
MARKS: dict[str, tuple[Callable[[Address], None], Callable[[Address], None]]] = {
    "invalid": (lambda address: address.mark_invalid(_("marked by hand")), Address.mark_valid),
    "opt-out": (Address.opt_out, Address.opt_in),
}
MARK = f"/addresses/<int:ident>/<any({', '.join(repr(mark) for mark in MARKS)}):mark>"


@blueprint.get("/contacts/<int:ident>/addresses")
def index(ident: int):
    contact = of_contact(ident)
    return piece("contacts/_addresses.html", _("Addresses of %(name)s", name=contact.display_name), contact=contact)


@blueprint.post(MARK)
def set_mark(ident: int, mark: str):
    address = one(ident)
    MARKS[mark][0](address)
    return changed(address)


@blueprint.delete(MARK)
def take_mark_back(ident: int, mark: str):
    address = one(ident)
    MARKS[mark][1](address)
    return changed(address)


@blueprint.post("/addresses/<int:ident>/primary")
def make_primary(ident: int):
    address = one(ident)
    address.resume()
    address.make_primary()
    return changed(address)


@blueprint.post("/addresses/<int:ident>/end")
def end(ident: int):
    address = one(ident)
    if not address.ended:
        said = _("%(address)s is no longer used.", address=address.value)
        undo.offer("address.ended", said, address_id=ident, primary=address.primary)
    address.end()
    return changed(address)


@blueprint.delete("/addresses/<int:ident>/end")
def resume(ident: int):
    address = one(ident)
    address.resume()
    return changed(address)


def changed(address: Address):
    db.session.commit()
    return web.done(web.came_from(f"/contacts/{address.contact_id}"), "contacts/_addresses.html", contact=address.contact)


def one(ident: int) -> Address:
    address = db.get_or_404(Address, ident)
    of_contact(address.contact_id)
    return address


def of_contact(ident: int) -> Contact:
    return db.one_or_404(in_full(visible_to(current_user).where(Contact.id == ident)))


def piece(partial: str, heading: str, status: int = 200, **context: Any) -> Response:
    """A part of a page: alone for htmx, in a page of its own for browsers without script."""
    return web.page("contacts/piece.html", partial, status=status, piece=partial, heading=heading, **context)


# — affiliations ——————————————————————————————————————————————————————————————————————————————————————


@blueprint.get("/contacts/<int:ident>/affiliations")
def affiliations(ident: int):
    contact = of_contact(ident)
    return show_affiliations(contact, AffiliationForm(formdata=None))


@blueprint.post("/contacts/<int:ident>/affiliations")
@once
def affiliate(ident: int):
    contact, form = of_contact(ident), AffiliationForm()
    if not form.validate():
        return show_affiliations(contact, form, 422)
    firm = find_or_create_organisation(form.organisation.data)
    contact.affiliate(firm, role=form.role.data, since=form.valid_from.data, primary=contact.organisation is None or "primary" in request.form)
    location = leads_to(f"/contacts/{ident}")
    db.session.commit()
    return web.done(location, "contacts/_belonging.html", contact=contact, form=AffiliationForm(formdata=None))


@blueprint.post("/affiliations/<int:ident>/end")
def end_affiliation(ident: int):
    affiliation = db.get_or_404(Affiliation, ident)
    contact = of_contact(affiliation.contact_id)
    if not affiliation.ended:
        said = _("%(name)s no longer belongs to %(firm)s.", name=contact.display_name, firm=affiliation.organisation.name)
        undo.offer("affiliation.ended", said, affiliation_id=ident, primary=affiliation.primary)
    affiliation.end()
    db.session.commit()
    return web.done(web.came_from(f"/contacts/{contact.id}"), "contacts/_belonging.html", contact=contact, form=AffiliationForm(formdata=None))


@blueprint.post("/affiliations/<int:ident>/primary")
def make_affiliation_primary(ident: int):
    affiliation = db.get_or_404(Affiliation, ident)
    contact = of_contact(affiliation.contact_id)
    affiliation.valid_until = None
    affiliation.make_primary()
    db.session.commit()
    return web.done(web.came_from(f"/contacts/{contact.id}"), "contacts/_belonging.html", contact=contact, form=AffiliationForm(formdata=None))


def show_affiliations(contact: Contact, form: AffiliationForm, status: int = 200) -> Response:
    return piece("contacts/_belonging.html", _("Organisations of %(name)s", name=contact.display_name), status, contact=contact, form=form)
