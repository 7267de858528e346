"""The page a telephone system opens before the receiver is lifted. Looking writes nothing."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, current_app, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from crm import fields, web
from crm.accounts import undo
from crm.contactpage import calling
from crm.contactpage.forms import LogForm
from crm.contactpage.showing import box, found, page
from crm.contacts.models import Contact
from crm.contacts.queries import visible_to
from crm.errors import Refused
from crm.extensions import db
from crm.search import finding

blueprint = Blueprint("calls", __name__)


@blueprint.get("/calls/incoming")
def incoming():
    number, chosen = calling.number_in(request.args), request.args.get("contact", type=fields.ident)
    people = calling.behind(number) if number else []
    person = people[0] if len(people) == 1 else next((one for one in people if one.id == chosen), None)
    if person is not None:
        return known(person)
    asked = request.args.get("q", "").strip()[:100]
    hits = finding.find(asked, ("contact",), 8) if asked else []
    return web.page("calls/incoming.html", "calls/_found.html", number=number, written=calling.written(number), people=people, asked=asked, hits=hits)


def known(person: Contact):
    """The page of the person, with the log box ready for this call."""
    form = LogForm(data={"channel": "phone", "direction": "inbound"})
    return web.page("calls/known.html", **box(None, form) | page(found(person.id), asked=MultiDict()))


@blueprint.post("/calls/incoming")
def attach():
    """The number belongs to somebody we know."""
    number = calling.number_in(request.form)
    ident = request.form.get("person", type=fields.ident) or 0
    person = db.one_or_404(visible_to(current_user).where(Contact.id == ident))
    if not calling.is_number(number):
        raise Refused(_("This is not a telephone number. Write it like +49 30 1234567."))
    address = person.add_address("phone", number)
    db.session.flush()
    undo.offer("address.added", _("%(number)s is a number of %(name)s now.", number=number, name=person.display_name), address_id=address.id)
    db.session.commit()
    return web.done(f"/calls/incoming?number={quote(number)}&contact={person.id}")


@blueprint.get("/calls/setup")
def setup():
    """What a telephone system has to be told."""
    return web.page("calls/setup.html", base=current_app.config["SETTINGS"].base_url.rstrip("/"))
