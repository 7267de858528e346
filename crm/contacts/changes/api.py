"""What was changed about contacts and organisations."""

from __future__ import annotations

from sqlalchemy import select

from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, sorting
from crm.contacts.changes import FieldChange
from crm.contacts.models import Contact, Organisation
from crm.contacts.queries import organisations_visible_to, visible_to


class FieldChangeSchema(Schema):
    id = fields.Id()
    record = fields.Text(16, metadata={"description": "What was changed: contact, organisation, address, postal_address, affiliation."})
    record_id = fields.Whole(0)
    field = fields.Text(80)
    old = fields.Text(2000)
    new = fields.Text(2000)
    by_id = fields.Id(allow_none=True)
    provenance = fields.Text(12)
    at = fields.Moment()


class FieldChangeList(ListArguments):
    sort = sorting("at", default="-at")


changes = Resource("changes", "What was changed: every field, from what to what, by whom.", prefix="")
SORTS = {"at": FieldChange.at}


@changes.route("/contacts/<int:contact_id>/changes")
class ChangesOfContact(Endpoint):
    @changes.listed(FieldChangeSchema, FieldChangeList)
    def get(self, arguments, contact_id):
        """What was changed about a contact and their addresses, newest first."""
        contact = found(visible_to(caller()).where(Contact.id == contact_id))
        return paged(select(FieldChange).where(FieldChange.contact_id == contact.id), arguments, SORTS, FieldChange.id)


@changes.route("/organisations/<int:organisation_id>/changes")
class ChangesOfOrganisation(Endpoint):
    @changes.listed(FieldChangeSchema, FieldChangeList)
    def get(self, arguments, organisation_id):
        """What was changed about an organisation, newest first."""
        organisation = found(organisations_visible_to(caller()).where(Organisation.id == organisation_id))
        return paged(select(FieldChange).where(FieldChange.organisation_id == organisation.id), arguments, SORTS, FieldChange.id)


RESOURCES = (changes,)
