"""/custom-fields: what a firm keeps besides the usual. Defined in the settings, read here."""

from __future__ import annotations

from sqlalchemy import select

from crm.api import Endpoint, ListArguments, Resource, Schema, fields, paged, sorting
from crm.contacts.custom.kinds import KINDS
from crm.contacts.custom.models import ABOUT, CustomField


class CustomFieldSchema(Schema):
    id = fields.Id()
    about = fields.Choice(*ABOUT)
    key = fields.Text(60, metadata={"description": "What `custom` of a contact or an organisation calls it."})
    label = fields.Text(80)
    label_de = fields.Text(80)
    kind = fields.Choice(*KINDS)
    choices = fields.Function(lambda field: [value for value, _german in field.choices], metadata={"type": "array", "items": {"type": "string"}})
    required = fields.Boolean(metadata={"description": "In forms; programs may leave it open."})
    archived = fields.Function(lambda field: field.archived_at is not None, metadata={"type": "boolean"})


class CustomFieldList(ListArguments):
    sort = sorting("position", default="position")
    about = fields.Choice(*ABOUT)


custom_fields = Resource("custom-fields", "The fields a firm defined itself, of contacts and of organisations.")


@custom_fields.route("")
class CustomFields(Endpoint):
    @custom_fields.listed(CustomFieldSchema, CustomFieldList)
    def get(self, arguments):
        """The fields, in their order."""
        query = select(CustomField)
        if "about" in arguments:
            query = query.where(CustomField.about == arguments["about"])
        return paged(query, arguments, {"position": CustomField.position}, CustomField.id)


RESOURCES = (custom_fields,)
