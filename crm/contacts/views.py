"""Pages of contacts: the list, a new person, changes to a person. The page of one person stands with its timeline."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select

from crm import fields, web
from crm.accounts import undo
from crm.accounts.choices import staff
from crm.accounts.once import leads_to, once
from crm.contacts import editing, inline, queries
from crm.contacts.alike import alike
from crm.contacts.bulk.views import blueprint as bulk
from crm.contacts.changes.views import blueprint as changes
from crm.contacts.choices import LANGUAGE_LABELS
from crm.contacts.creating import create_contact
from crm.contacts.custom.filtering import own_columns, own_filters
from crm.contacts.custom.forms import kept
from crm.contacts.custom.views import blueprint as custom_fields
from crm.contacts.exporting.views import blueprint as exporting
from crm.contacts.forms import ContactForm, one_more_row
from crm.contacts.further_columns import further
from crm.contacts.listing_contacts import ContactListing
from crm.contacts.matching import find_by_address
from crm.contacts.models import ADDRESS_KINDS, Contact
from crm.contacts.queries import visible_to
from crm.contacts.relations.views import blueprint as relations
from crm.contacts.saved_views.queries import opened
from crm.contacts.saved_views.views import blueprint as saved_views
from crm.contacts.views_addresses import blueprint as addresses
from crm.contacts.views_addresses import piece
from crm.contacts.views_affiliations import blueprint as affiliations
from crm.contacts.views_organisations import blueprint as organisations
from crm.contacts.views_tags import blueprint as tags
from crm.contacts.visiting import join_visits
from crm.extensions import db, fetch

ROWS = 25  # more than a screen shows; the next ones come as one scrolls
SILENCES = (30, 60, 90, 180, 365)  # days, offered in the filter

blueprint = Blueprint("contacts", __name__)
for part in (organisations, addresses, affiliations, relations, custom_fields, tags, changes, bulk, exporting, saved_views):
    blueprint.register_blueprint(part)


@blueprint.get("/contacts")
def index():
    listing, views = opened(ContactListing, request.args, current_user.id)
    people = queries.everybody() if listing.is_plain else listing.applied(visible_to(current_user))
    opens = listing.is_plain and "cursor" not in request.args
    rows = opening() if opens else page_of(listing, people)
    ids = [row.id for row in rows.items]
    context: dict[str, Any] = {"listing": listing, "page": rows, "own": own_columns(Contact, ids, listing.own_fields), "further": further(ids, listing.shown)}
    if "tags" in listing.shown:
        context["tags"] = queries.tags_of_opening(ROWS) if opens else queries.tags_of(ids)
    if "cursor" in request.args and web.wants_partial():
        return web.page("contacts/_rows.html", **context)
    owners = {str(ident): name for ident, name in staff()}
    chips = listing.chips(owners)
    whole: dict[str, Any] = {"count": web.bounded_count(people, name="" if chips else "contacts"), "owners": owners, "chips": chips, "own_filters": own_filters(listing)}
    whole |= {"views": views, "noun": "contacts", "silences": SILENCES, "languages": LANGUAGE_LABELS}
    return web.standing_at(web.page("contacts/index.html", "contacts/_list.html", **whole, **context), listing.with_())


def page_of(listing: ContactListing, people: Select) -> web.Page:
    column, descending = listing.order
    return web.paginate(queries.rows(people), column, Contact.id, descending=descending, limit=ROWS, cursor=request.args.get("cursor"))


def opening() -> web.Page:
    """The list as the menu opens it."""
    return web.cut(fetch(queries.opening(ROWS)), Contact.sort_name, Contact.id, ROWS)


@blueprint.get("/contacts/new")
def new():
    form = ContactForm()
    if wanted := request.args.get("organisation", ""):
        form.organisation.data = wanted
    if number := request.args.get("phone", "").strip()[:60]:
        form.addresses[0].form.kind.data, form.addresses[0].form.value.data = "phone", number
    return web.page("contacts/new.html", "contacts/_form.html", form=form, action="/contacts")


@blueprint.post("/contacts")
@once
def create():
    form = ContactForm()
    if one_more_row(form):
        return web.page("contacts/new.html", "contacts/_form.html", form=form, action="/contacts")
    if not form.validate():
        return web.invalid("contacts/new.html", "contacts/_form.html", form=form, action="/contacts")
    if strangers := unseen(form):
        return web.invalid("contacts/new.html", "contacts/_form.html", form=form, action="/contacts", alike=strangers, asked_back=True)
    contact = create_contact()
    editing.fill(contact, form.data)
    join_visits(contact)
    db.session.flush()
    location = leads_to(f"/contacts/{contact.id}")
    db.session.commit()
    web.toast(_("%(name)s was added.", name=contact.display_name))
    return web.done(location)


@blueprint.get("/contacts/<int:ident>/edit")
def edit(ident: int):
    contact = one(ident)
    form = ContactForm(data=editing.shown(contact))
    return web.page("contacts/edit.html", "contacts/_form.html", form=form, contact=contact, action=f"/contacts/{ident}")


@blueprint.post("/contacts/<int:ident>")
def update(ident: int):
    contact = one(ident)
    form = ContactForm(data={"owner_id": contact.owner_id, "custom": kept(contact.custom)})
    shown: dict[str, Any] = {"form": form, "contact": contact, "action": f"/contacts/{ident}"}
    if one_more_row(form):
        return web.page("contacts/edit.html", "contacts/_form.html", **shown)
    if not form.validate():
        return web.invalid("contacts/edit.html", "contacts/_form.html", **shown)
    editing.fill(contact, form.data)
    join_visits(contact)
    db.session.commit()
    web.toast(_("%(name)s was saved.", name=contact.display_name))
    return web.done(f"/contacts/{ident}")


@blueprint.post("/contacts/<int:ident>/archive")
def archive(ident: int):
    contact = one(ident)
    contact.archive()
    undo.offer("contact.archived", _("%(name)s was archived.", name=contact.display_name), contact_id=ident)
    db.session.commit()
    return web.done(web.safe_next(f"/contacts/{ident}"))


@blueprint.delete("/contacts/<int:ident>/archive")
def unarchive(ident: int):
    contact = one(ident)
    contact.unarchive()
    db.session.commit()
    web.toast(_("%(name)s is back in the lists.", name=contact.display_name))
    return web.done(f"/contacts/{ident}")


@blueprint.get(f"/contacts/<int:ident>/<any({', '.join(inline.FIELDS)}):field>")
def edit_field(ident: int, field: str):
    contact = one(ident)
    return piece("contacts/_field.html", contact.display_name, **inline.form(contact, field))


@blueprint.post(f"/contacts/<int:ident>/<any({', '.join(inline.FIELDS)}):field>")
def change_field(ident: int, field: str):
    contact = one(ident)
    before = inline.value(contact, field)
    fault = inline.change(contact, field, request.form.get("value", ""))
    if fault:
        return piece("contacts/_field.html", contact.display_name, 422, fault=fault, **inline.form(contact, field))
    if inline.value(contact, field) != before:
        undo.offer("contact.changed", _("%(name)s was changed.", name=contact.display_name), contact_id=ident, field=field, value=before)
    db.session.commit()
    return web.done(web.safe_next(f"/contacts/{ident}"), "contacts/_cell.html", **inline.cell(contact, field))


@blueprint.get("/contacts/likely")
def likely():
    """Whom a new contact looks like; or, of one row of addresses, who already has that address."""
    if "last_name" in request.args:
        return piece("contacts/_alike.html", _("Contacts"), alike=alike(ContactForm(request.args)))
    kind, value = typed_address()
    there = find_by_address(kind, value)[:3] if len(value) > 2 else []
    here = request.args.get("contact", type=fields.ident)
    return piece("contacts/_likely.html", _("Contacts"), likely=[contact for contact in there if contact.id != here])


@blueprint.get("/contacts/salutation")
def salutation():
    """How a letter begins, while the form is being filled."""
    return piece("contacts/_salutation.html", _("Salutation"), form=ContactForm(request.args))


@blueprint.get("/contacts/suggestions")
def suggestions():
    found = inline.suggested(request.args.get("person", "").strip())
    return piece("contacts/_suggestions.html", _("Contacts"), found=found)


def unseen(form: ContactForm) -> list[Any]:
    """Whom the new contact looks like, if there is anybody among them whom the person at the form was not shown yet."""
    found, seen = alike(form), set(request.form.getlist("seen"))
    return found if any(str(one.id) not in seen for one in found) else []


def one(ident: int) -> Contact:
    return db.one_or_404(queries.in_full(visible_to(current_user).where(Contact.id == ident)))


def typed_address() -> tuple[str, str]:
    given = {name.rpartition("-")[2]: value for name, value in request.args.items()}
    kind = given.get("kind", "email")
    if kind not in ADDRESS_KINDS:
        abort(404)
    return kind, given.get("value", "").strip()
