"""How people and organisations look to programs."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, validate, validates_schema

from crm.api import ListArguments, Schema, fields, sorting
from crm.contacts import choices
from crm.contacts.models import (
    ADDRESS_FORMS,
    ADDRESS_KINDS,
    ADDRESS_TYPES,
    LIFECYCLES,
    SALUTATIONS,
    Contact,
    Organisation,
)
from crm.contacts.normalising import normalise
from crm.contacts.postal import PLACE
from crm.contacts.salutation import default_language, salutation_line

LANGUAGE = validate.Regexp(r"^([a-z]{2}(-[A-Z]{2})?)?$", error="Give a language such as de or en, or nothing.")
MOST_CUSTOM = 100


class AddressSchema(Schema):
    kind = fields.Choice(*ADDRESS_KINDS, required=True)
    value = fields.Text(320, 1, required=True)
    type = fields.Choice(*ADDRESS_TYPES)
    primary = fields.Boolean()
    normalised = fields.Text(320, dump_only=True)
    opted_out = fields.Function(lambda address: address.opted_out_at is not None, dump_only=True, metadata={"type": "boolean"})
    invalid = fields.Function(lambda address: address.invalid_at is not None, dump_only=True, metadata={"type": "boolean"})
    ended = fields.Boolean(dump_only=True)

    @validates_schema
    def make_sense(self, values: dict[str, Any], **_: Any) -> None:
        try:
            normalise(values["kind"], values["value"])
        except ValueError as error:
            raise ValidationError(str(error), "value") from error


class PostalAddressSchema(Schema):
    id = fields.Id(metadata={"description": "Of an address that is to be changed; without it one that reads the same is meant, or a new one."})
    type = fields.Choice(*choices.PLACE_LABELS)
    street = fields.Text(200)
    extra = fields.Text(200)
    postcode = fields.Text(20)
    city = fields.Text(100)
    state = fields.Text(100)
    country = fields.Text(2, validate=validate.Regexp(r"^([A-Z]{2})?$", error="Give the two letters of the country, such as DE."))
    valid_from = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    ended = fields.Boolean(dump_only=True)

    @validates_schema
    def say_something(self, values: dict[str, Any], **_context: Any) -> None:
        if not any(values.get(name) for name in PLACE):
            raise ValidationError(_("Give at least one part of the address."), "street")
        if values.get("valid_from") and values.get("valid_until") and values["valid_until"] < values["valid_from"]:
            raise ValidationError(_("The end lies before the beginning."), "valid_until")


class AffiliationSchema(Schema):
    organisation_id = fields.Id()
    role = fields.Text(120)
    primary = fields.Boolean()
    valid_from = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    ended = fields.Boolean()


def postal_addresses() -> fields.List:
    return fields.List(fields.Nested(PostalAddressSchema), validate=validate.Length(max=50),
                       metadata={"description": "All that hold; one that is left out of a change is ended."})


def custom_values() -> fields.Dict:
    words = f"Values by the keys of /custom-fields; null takes one away, what is not named stays. While no field is defined, up to {MOST_CUSTOM} of your own."
    return fields.Dict(keys=fields.Text(60, 1), values=fields.Raw(allow_none=True), validate=validate.Length(max=MOST_CUSTOM), metadata={"description": words})


class ContactStatsSchema(Schema):
    interactions = fields.Whole(attribute="interactions_count")
    first_interaction_at = fields.Moment(allow_none=True)
    last_interaction_at = fields.Moment(allow_none=True)
    last_in_at = fields.Moment(allow_none=True)
    last_out_at = fields.Moment(allow_none=True)
    open_conversations = fields.Whole()
    next_task_at = fields.Moment(allow_none=True)
    nps = fields.Whole(attribute="nps_score", allow_none=True)
    csat = fields.Whole(attribute="csat_score", allow_none=True)
    value = fields.Money()


class TaggedSchema(Schema):
    """Tags are shown and taken by their names."""

    def get_attribute(self, obj: Contact | Organisation, attr: str, default: Any) -> Any:
        return [tag.name for tag in obj.tags] if attr == "tags" else super().get_attribute(obj, attr, default)


class ContactSchema(TaggedSchema):
    id = fields.Id(dump_only=True)
    display_name = fields.Text(260, dump_only=True)
    first_name = fields.Text(100)
    last_name = fields.Text(100)
    title = fields.Text(60)
    salutation = fields.Choice(*SALUTATIONS)
    address_form = fields.Choice(*ADDRESS_FORMS)
    language = fields.Text(5, validate=LANGUAGE)
    organisation_id = fields.Id(allow_none=True)
    lifecycle = fields.Choice(*LIFECYCLES)
    customer_since = fields.Date(allow_none=True)
    birth_date = fields.Date(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    tags = fields.List(fields.Text(60, 1), validate=validate.Length(max=100))
    custom = custom_values()
    addresses = fields.List(fields.Nested(AddressSchema), validate=validate.Length(max=100),
                            metadata={"description": "All that hold; one that is left out of a change is ended, and still matches old mail."})
    postal_addresses = postal_addresses()
    affiliations = fields.List(fields.Nested(AffiliationSchema), dump_only=True, metadata={"description": "Where they belong and belonged."})
    salutation_line = fields.Function(lambda contact: salutation_line(contact, default_language()), dump_only=True,
                                      metadata={"type": "string", "description": "How a letter to them begins."})
    notes = fields.Text(20_000)
    archived = fields.Function(lambda contact: contact.archived_at is not None, bool, metadata={"type": "boolean"})
    provenance = fields.Text(12, dump_only=True)
    created_at = fields.Moment(dump_only=True)
    updated_at = fields.Moment(dump_only=True)
    stats = fields.Function(lambda contact: ContactStatsSchema().dump(contact), dump_only=True, metadata={"type": "object"})


class ContactFilters(Schema):
    q = fields.Text(200, 1, metadata={"description": "Name, address or organisation; the best 200 are listed."})
    lifecycle = fields.Choice(*LIFECYCLES)
    owner_id = fields.Number()
    organisation_id = fields.Number()
    tag = fields.Text(60, 1)
    email = fields.Text(320, 1)
    phone = fields.Text(40, 1)
    customer_number = fields.Text(320, 1)
    archived = fields.Boolean(load_default=False)


class ContactList(ListArguments, ContactFilters):
    sort = sorting("created_at", "name", "last_in_at", "last_out_at", "next_task_at", "nps", "value", default="created_at")


class OrganisationSchema(TaggedSchema):
    id = fields.Id(dump_only=True)
    name = fields.Text(200, 1, required=True, validate=validate.Regexp(r".*\S", error="Give the organisation a name."))
    domain = fields.Text(253)
    industry = fields.Text(80)
    website = fields.Text(300, validate=validate.Regexp(r"^(https?://.*)?$", error="Begin with https://."))
    phone = fields.Text(40)
    owner_id = fields.Id(allow_none=True)
    tags = fields.List(fields.Text(60, 1), validate=validate.Length(max=100))
    notes = fields.Text(20_000)
    custom = custom_values()
    postal_addresses = postal_addresses()
    parent_id = fields.Id(allow_none=True, metadata={"description": "The organisation it is a part or subsidiary of."})
    archived = fields.Function(lambda organisation: organisation.archived_at is not None, bool, metadata={"type": "boolean"})
    last_interaction_at = fields.Moment(dump_only=True, allow_none=True)
    created_at = fields.Moment(dump_only=True)
    updated_at = fields.Moment(dump_only=True)


class OrganisationList(ListArguments):
    sort = sorting("created_at", "name", "last_interaction_at", default="created_at")
    q = fields.Text(200, 1)
    domain = fields.Text(253, 1)
    tag = fields.Text(60, 1)
    archived = fields.Boolean(load_default=False)


class RecogniseArguments(Schema):
    email = fields.Text(320, 1)
    phone = fields.Text(40, 1)
    customer_number = fields.Text(320, 1)
    handle = fields.Text(320, 1)
    visitor = fields.Text(320, 1)


class RecognisedContactSchema(Schema):
    id = fields.Id()
    display_name = fields.Text(260)
    lifecycle = fields.Choice(*LIFECYCLES)
    customer_since = fields.Date(allow_none=True)
    interactions = fields.Whole(attribute="interactions_count")
    last_in_at = fields.Moment(allow_none=True)
    open_conversations = fields.Whole()


class MatchSchema(Schema):
    kind = fields.Choice(*ADDRESS_KINDS)
    value = fields.Text(320)
    exact = fields.Boolean(metadata={"description": "false: only the last digits of a telephone number agree."})
    ended = fields.Boolean(metadata={"description": "The address is no longer in use."})
    others = fields.Whole(0, metadata={"description": "How many further contacts have it."})


class RecognisedSchema(Schema):
    known = fields.Boolean(required=True)
    contact = fields.Nested(RecognisedContactSchema, required=True, allow_none=True)
    match = fields.Nested(MatchSchema, required=True, allow_none=True)
