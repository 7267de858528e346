"""Pages of organisations: the list, one with its people, new ones and changes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.accounts.choices import staff
from crm.accounts.once import leads_to, once
from crm.contacts import choices, custom, editing, hierarchy, inline, queries
from crm.contacts.custom.filtering import own_columns, own_filters
from crm.contacts.custom.forms import kept
from crm.contacts.forms import OrganisationForm, PersonForm, one_more_row
from crm.contacts.models import Organisation
from crm.contacts.organisations import OrganisationListing, named_like
from crm.contacts.saved_views.queries import opened
from crm.contacts.views_addresses import piece
from crm.extensions import db

blueprint = Blueprint("organisations", __name__)


@blueprint.get("/organisations")
def index():
    listing, views = opened(OrganisationListing, request.args, current_user.id)
    firms = listing.applied(queries.organisations_visible_to(current_user))
    column, descending = listing.order
    page = web.paginate(queries.organisation_rows(firms), column, Organisation.id, descending=descending, cursor=request.args.get("cursor"))
    ids = [row.id for row in page.items]
    context: dict[str, Any] = {"listing": listing, "page": page, "tags": queries.tags_of_organisations(ids), "people": queries.head_counts(ids), "own": own_columns(Organisation, ids, listing.own_fields)}
    if "cursor" in request.args and web.wants_partial():
        return web.page("organisations/_rows.html", **context)
    owners = {str(ident): name for ident, name in staff()}
    whole: dict[str, Any] = {"count": web.bounded_count(firms), "owners": owners, "chips": listing.chips(owners), "own_filters": own_filters(listing), "views": views, "noun": "organisations"}
    return web.standing_at(web.page("organisations/index.html", "organisations/_list.html", **whole, **context), listing.with_())


@blueprint.get("/organisations/suggestions")
def suggestions():
    names = named_like(request.args.get("organisation", "") or request.args.get("parent", ""))
    return piece("organisations/_suggestions.html", _("Organisations"), names=names)


@blueprint.get("/organisations/new")
def new():
    return web.page("organisations/new.html", "organisations/_form.html", form=OrganisationForm(), action="/organisations")


@blueprint.post("/organisations")
@once
def create():
    form = OrganisationForm()
    if one_more_row(form):
        return web.page("organisations/new.html", "organisations/_form.html", form=form, action="/organisations")
    if not form.validate():
        return web.invalid("organisations/new.html", "organisations/_form.html", form=form, action="/organisations")
    organisation = Organisation()
    db.session.add(organisation)
    editing.fill_organisation(organisation, form.data)
    db.session.flush()
    location = leads_to(f"/organisations/{organisation.id}")
    db.session.commit()
    web.toast(_("%(name)s was added.", name=organisation.name))
    return web.done(location)


@blueprint.get("/organisations/<int:ident>")
def show(ident: int):
    organisation = db.get_or_404(Organisation, ident)
    if organisation.merged_into_id:
        return redirect(f"/organisations/{organisation.merged_into_id}", 308)
    people = db.session.execute(queries.people_of(ident)).all()
    panels = [(panel, panel.load(organisation)) for panel in current_app.extensions["panels"]["organisation"]]
    return web.page("organisations/show.html", organisation=organisation, people=people, form=PersonForm(formdata=None), panels=panels,
                    tree=hierarchy.tree(organisation), own=custom.filled("organisation", organisation.custom), country=choices.country)


@blueprint.get("/organisations/<int:ident>/edit")
def edit(ident: int):
    organisation = one(ident)
    form = OrganisationForm(data=editing.shown_of_organisation(organisation))
    return web.page("organisations/edit.html", "organisations/_form.html", form=form, organisation=organisation, action=f"/organisations/{ident}")


@blueprint.post("/organisations/<int:ident>")
def update(ident: int):
    organisation = one(ident)
    form = OrganisationForm(data={"owner_id": organisation.owner_id, "custom": kept(organisation.custom)})
    form.edited = organisation
    shown: dict[str, Any] = {"form": form, "organisation": organisation, "action": f"/organisations/{ident}"}
    if one_more_row(form):
        return web.page("organisations/edit.html", "organisations/_form.html", **shown)
    if not form.validate():
        return web.invalid("organisations/edit.html", "organisations/_form.html", **shown)
    editing.fill_organisation(organisation, form.data)
    db.session.commit()
    web.toast(_("%(name)s was saved.", name=organisation.name))
    return web.done(f"/organisations/{ident}")


@blueprint.post("/organisations/<int:ident>/archive")
def archive(ident: int):
    organisation = one(ident)
    organisation.archive()
    undo.offer("organisation.archived", _("%(name)s was archived.", name=organisation.name), organisation_id=ident)
    db.session.commit()
    return web.done(web.safe_next(f"/organisations/{ident}"))


@blueprint.delete("/organisations/<int:ident>/archive")
def unarchive(ident: int):
    organisation = one(ident)
    organisation.unarchive()
    db.session.commit()
    web.toast(_("%(name)s is back in the lists.", name=organisation.name))
    return web.done(f"/organisations/{ident}")


@blueprint.post("/organisations/<int:ident>/people")
@once
def add_person(ident: int):
    organisation, form = one(ident), PersonForm()
    contact = inline.person_typed(form.person.data) if form.validate() else None
    if contact is None:
        if not form.person.errors:
            form.person.errors = [_("Nobody, or more than one person, is called that. Choose from the suggestions, or give an address.")]
        return show_people(organisation, form)
    contact.affiliate(organisation, role=form.role.data, since=form.valid_from.data, primary=contact.organisation is None)
    db.session.commit()
    people = db.session.execute(queries.people_of(ident)).all()
    return web.done(f"/organisations/{ident}", "organisations/_people.html", organisation=organisation, people=people, form=PersonForm(formdata=None))


def show_people(organisation: Organisation, form: PersonForm):
    people = db.session.execute(queries.people_of(organisation.id)).all()
    heading = _("People of %(name)s", name=organisation.name)
    return piece("organisations/_people.html", heading, 422, organisation=organisation, people=people, form=form, active="organisations")


def one(ident: int) -> Organisation:
    return db.one_or_404(queries.organisations_visible_to(current_user).where(Organisation.id == ident))


