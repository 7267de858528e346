"""Relations between contacts."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema
from sqlalchemy import or_, select

from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, referenced, refuse, sorting
from crm.contacts.models import Contact
from crm.contacts.queries import visible_to
from crm.contacts.relations.kinds import KINDS
from crm.contacts.relations.models import Relation
from crm.contacts.relations.relating import relate
from crm.extensions import db


class RelationSchema(Schema):
    id = fields.Id(dump_only=True)
    kind = fields.Choice(*KINDS, required=True, metadata={"description": "`from_contact_id` is this of `to_contact_id`: the assistant of, recommended by …"})
    from_contact_id = fields.Id(dump_only=True)
    to_contact_id = fields.Id(required=True)
    since = fields.Date(allow_none=True)
    until = fields.Date(allow_none=True)
    note = fields.Text(300)

    @validates_schema
    def make_sense(self, values: dict[str, Any], **_: Any) -> None:
        if values.get("since") and values.get("until") and values["until"] < values["since"]:
            raise ValidationError("The end lies before the beginning.", "until")


class RelationChangeSchema(RelationSchema):
    to_contact_id = fields.Id(dump_only=True)
    kind = fields.Choice(*KINDS, dump_only=True)


class RelationList(ListArguments):
    sort = sorting("created_at", default="created_at")


relations = Resource("relations", "Who recommended whom, whose assistant somebody is, who is family.", prefix="")


@relations.route("/contacts/<int:contact_id>/relations")
class RelationsOfContact(Endpoint):
    @relations.listed(RelationSchema, RelationList)
    def get(self, arguments, contact_id):
        """The relations of a contact, from either end."""
        contact = person(contact_id)
        theirs = select(Relation).where(or_(Relation.from_contact_id == contact.id, Relation.to_contact_id == contact.id))
        return paged(theirs, arguments, {"created_at": Relation.created_at}, Relation.id)

    @relations.created(RelationSchema)
    def post(self, values, contact_id):
        """Relate the contact to another. Said twice it is one relation."""
        contact, other = person(contact_id), referenced(Contact, values["to_contact_id"], "to_contact_id")
        if other is contact or other.merged_into_id:
            refuse("to_contact_id", "Choose somebody else." if other is contact else "This contact was merged into another.")
        return relate(contact, other, values["kind"], since=values.get("since"), until=values.get("until"), note=values.get("note", ""), by=caller())


@relations.route("/relations/<int:relation_id>")
class OneRelation(Endpoint):
    @relations.shown(RelationSchema)
    def get(self, relation_id):
        """One relation."""
        return one(relation_id)

    @relations.changed(RelationSchema, RelationChangeSchema(partial=True))
    def patch(self, values, relation_id):
        """Change dates or note. Between whom it is, and what, is said by a new one."""
        relation = one(relation_id)
        for name, value in values.items():
            setattr(relation, name, value)
        if relation.since and relation.until and relation.until < relation.since:
            refuse("until", "The end lies before the beginning.")
        return relation

    @relations.removed()
    def delete(self, relation_id):
        """Take it away."""
        db.session.delete(one(relation_id))


def person(ident: int) -> Contact:
    return found(visible_to(caller()).where(Contact.id == ident))


def one(ident: int) -> Relation:
    return found(select(Relation).where(Relation.id == ident))


RESOURCES = (relations,)
