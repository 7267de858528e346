"""One affiliation of a person: role and dates corrected, the first one chosen, a mistaken one taken away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from crm import web
from crm.accounts import undo
from crm.contacts.forms import AffiliationChangeForm, AffiliationForm
from crm.contacts.models import Affiliation, Contact
from crm.contacts.views_addresses import of_contact, piece
from crm.extensions import db

blueprint = Blueprint("affiliations", __name__)


@blueprint.get("/affiliations/<int:ident>")
def edit(ident: int):
    affiliation = db.get_or_404(Affiliation, ident)
    return show(affiliation, of_contact(affiliation.contact_id), AffiliationChangeForm(formdata=None, obj=affiliation))


@blueprint.post("/affiliations/<int:ident>")
def update(ident: int):
    affiliation, form = db.get_or_404(Affiliation, ident), AffiliationChangeForm()
    contact = of_contact(affiliation.contact_id)
    if not form.validate():
        return show(affiliation, contact, form, 422)
    affiliation.change(role=form.role.data, valid_from=form.valid_from.data, valid_until=form.valid_until.data, primary=form.primary.data)
    db.session.commit()
    return answer(contact)


@blueprint.delete("/affiliations/<int:ident>")
def remove(ident: int):
    affiliation = db.get_or_404(Affiliation, ident)
    contact = of_contact(affiliation.contact_id)
    said = _("%(name)s and %(firm)s: the entry is removed.", name=contact.display_name, firm=affiliation.organisation.name)
    undo.offer("affiliation.removed", said, **kept(affiliation))
    affiliation.remove()
    db.session.commit()
    return answer(contact)


def kept(affiliation: Affiliation) -> dict[str, Any]:
    """Everything of it, for making it again."""
    days = {name: day.isoformat() if (day := getattr(affiliation, name)) else None for name in ("valid_from", "valid_until")}
    return {"contact_id": affiliation.contact_id, "organisation_id": affiliation.organisation_id, "role": affiliation.role, "primary": affiliation.primary, **days}


def show(affiliation: Affiliation, contact: Contact, form: AffiliationChangeForm, status: int = 200):
    heading = _("%(name)s and %(firm)s", name=contact.display_name, firm=affiliation.organisation.name)
    return piece("contacts/_affiliation.html", heading, status, contact=contact, affiliation=affiliation, form=form)


def answer(contact: Contact):
    return web.done(f"/contacts/{contact.id}", "contacts/_belonging.html", contact=contact, form=AffiliationForm(formdata=None))
