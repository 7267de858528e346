"""The relations of a person: the panel on their page, a new one, changes."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_, select

from crm import web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.contacts import inline
from crm.contacts.models import Contact
from crm.contacts.queries import visible_to
from crm.contacts.relations import kinds
from crm.contacts.relations.forms import RelationChangeForm, RelationForm
from crm.contacts.relations.models import Relation
from crm.contacts.relations.queries import seen
from crm.contacts.relations.relating import relate
from crm.contacts.views_addresses import piece
from crm.extensions import db

blueprint = Blueprint("relations", __name__)


@blueprint.get("/contacts/<int:ident>/relations")
def index(ident: int):
    return show(one(ident), RelationForm(formdata=None))


@blueprint.post("/contacts/<int:ident>/relations")
@once
def create(ident: int):
    contact, form = one(ident), RelationForm()
    other = inline.person_typed(form.person.data) if form.validate() else None
    if other is None or other is contact:
        if not form.errors:
            form.person.errors = [_("Nobody, or more than one person, is called that. Choose from the suggestions, or give an address.")
                                  if other is None else _("Choose somebody else: a person has no relation to themselves.")]
        return show(contact, form, 422)
    kind, turned = kinds.read(form.kind.data)
    relate(contact, other, kind, turned=turned, since=form.since.data, until=form.until.data, note=form.note.data, by=current_user.user)
    location = leads_to(f"/contacts/{ident}")
    db.session.commit()
    return web.done(location, "relations/_panel.html", contact=contact, relations=seen(ident), form=RelationForm(formdata=None))


@blueprint.get("/contacts/<int:ident>/relations/<int:relation_id>")
def edit(ident: int, relation_id: int):
    contact, relation = one(ident), related(ident, relation_id)
    shown = {"kind": shown_kind(relation, ident), **{name: getattr(relation, name) for name in ("since", "until", "note")}}
    form = RelationChangeForm(formdata=None, data=shown)
    return piece("relations/_edit.html", heading(contact), contact=contact, relation=relation, other=other_of(relation, ident), form=form)


@blueprint.post("/contacts/<int:ident>/relations/<int:relation_id>")
def update(ident: int, relation_id: int):
    contact, relation, form = one(ident), related(ident, relation_id), RelationChangeForm()
    other = other_of(relation, ident)
    if not form.validate():
        return piece("relations/_edit.html", heading(contact), 422, contact=contact, relation=relation, other=other, form=form)
    kind, turned = kinds.read(form.kind.data)
    changed = relate(contact, other, kind, turned=turned, since=form.since.data, until=form.until.data, note=form.note.data, by=current_user.user)
    if changed is not relation:
        db.session.delete(relation)
    db.session.commit()
    return web.done(f"/contacts/{ident}", "relations/_panel.html", contact=contact, relations=seen(ident), form=RelationForm(formdata=None))


@blueprint.delete("/contacts/<int:ident>/relations/<int:relation_id>")
def remove(ident: int, relation_id: int):
    contact, relation = one(ident), related(ident, relation_id)
    kept = {column.key: getattr(relation, column.key) for column in Relation.__table__.c if column.key not in ("id", "created_at")}
    kept |= {name: kept[name].isoformat() if kept[name] else None for name in ("since", "until")}
    undo.offer("relation.removed", _("The relation is removed."), contact_id=ident, **kept)
    db.session.delete(relation)
    db.session.commit()
    return web.done(web.came_from(f"/contacts/{ident}"), "relations/_panel.html", contact=contact, relations=seen(ident), form=RelationForm(formdata=None))


def show(contact: Contact, form: RelationForm, status: int = 200):
    return piece("relations/_panel.html", heading(contact), status, contact=contact, relations=seen(contact.id), form=form)


def heading(contact: Contact) -> str:
    return _("Relations of %(name)s", name=contact.display_name)


def one(ident: int) -> Contact:
    return db.one_or_404(visible_to(current_user).where(Contact.id == ident))


def related(contact_id: int, ident: int) -> Relation:
    theirs = or_(Relation.from_contact_id == contact_id, Relation.to_contact_id == contact_id)
    return db.one_or_404(select(Relation).where(Relation.id == ident, theirs))


def other_of(relation: Relation, contact_id: int) -> Contact:
    return relation.to_contact if relation.from_contact_id == contact_id else relation.from_contact


def shown_kind(relation: Relation, contact_id: int) -> str:
    turned = relation.to_contact_id == contact_id and not kinds.KINDS[relation.kind].mutual
    return (kinds.TURNED if turned else "") + relation.kind
