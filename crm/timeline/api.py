"""/interactions, and the timelines of contacts and organisations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, validates_schema
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from crm.accounts.models import Department
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, refuse, sorting
from crm.contacts.models import Contact, Organisation
from crm.contacts.schemas import MatchSchema
from crm.timeline import queries, taking
from crm.timeline.models import DIRECTIONS, PROVENANCES, Interaction
from crm.timeline.recording import retract
from crm.touchpoints.models import CHANNELS, Touchpoint


class IdentifySchema(Schema):
    email = fields.Text(320)
    phone = fields.Text(60)
    customer_number = fields.Text(100)
    visitor = fields.Text(200)


class InteractionSchema(Schema):
    id = fields.Id(dump_only=True)
    contact_id = fields.Id(metadata={"description": "Or `identify`."})
    identify = fields.Nested(IdentifySchema, load_only=True, metadata={"description": "An address by which we know the person."})
    organisation_id = fields.Id(dump_only=True, allow_none=True)
    channel = fields.Choice(*CHANNELS, required=True)
    direction = fields.Choice(*DIRECTIONS, load_default="inbound")
    kind = fields.Text(40, metadata={"description": "Such as call.logged or purchase.made; follows from the channel if left out."})
    touchpoint = fields.Text(60, allow_none=True, attribute="touchpoint.key", metadata={"description": "Key of a touchpoint; guessed if left out."})
    department = fields.Text(40, dump_only=True, allow_none=True, attribute="department.key")
    staff_id = fields.Id(dump_only=True, allow_none=True)
    subject = fields.Text(500)
    body = fields.Text(100_000)
    outcome = fields.Text(20)
    self_rating = fields.Whole(1, 5, allow_none=True)
    amount = fields.Money(allow_none=True, metadata={"description": "Of a purchase, in the firm's currency."})
    happened_at = fields.Moment()
    logged_at = fields.Moment(dump_only=True)
    source = fields.Text(40, allow_none=True, metadata={"description": "Whose numbering external_id is; `api` if left out."})
    external_id = fields.Text(200, allow_none=True)
    provenance = fields.Choice(*PROVENANCES, dump_only=True)
    corrects_id = fields.Id(dump_only=True, allow_none=True)
    match = fields.Nested(MatchSchema, dump_only=True, allow_none=True, metadata={"description": "Of a new entry: by which address `identify` found the person."})

    @validates_schema
    def say_whom(self, values: dict[str, Any], **_: Any) -> None:
        if bool(values.get("contact_id")) == bool(values.get("identify")):
            raise ValidationError("Give either contact_id or identify.", "contact_id")


class TimelineList(ListArguments):
    sort = sorting("happened_at", default="-happened_at")
    channel = fields.Choice(*CHANNELS)
    direction = fields.Choice(*DIRECTIONS)
    kind = fields.Text(40)
    touchpoint = fields.Text(60, metadata={"description": "Key of a touchpoint."})
    department = fields.Text(40, metadata={"description": "Key of a department."})
    since = fields.Moment(data_key="from")
    until = fields.Moment(data_key="to")


class OrganisationTimelineList(TimelineList):
    subsidiaries = fields.Boolean(metadata={"description": "Whether what happened with its subsidiaries is told as well."})


class InteractionList(TimelineList):
    contact_id = fields.Number()
    external_id = fields.Text(200)


interactions = Resource("interactions", "What happened with customers: the timeline is made of these.")
timelines = Resource("timelines", "Everything that happened with a person, or with the people of an organisation.", prefix="")
SORTS = {"happened_at": Interaction.happened_at}


@interactions.route("")
class Interactions(Endpoint):
    @interactions.listed(InteractionSchema, InteractionList)
    def get(self, arguments):
        """Interactions, newest first."""
        query = narrowed(everything(), arguments)
        for name in ("contact_id", "external_id"):
            if name in arguments:
                query = query.where(getattr(Interaction, name) == arguments[name])
        return paged(query, arguments, SORTS, Interaction.id)

    @interactions.created(InteractionSchema)
    def post(self, values):
        """Record what happened. The same `external_id` and `source` a second time adds nothing and answers the first entry."""
        values["touchpoint"] = (values.pop("touchpoint", None) or {}).get("key")
        try:
            contact, match = taking.recognised(values.get("contact_id"), values.get("identify") or {})
            entry = taking.take(contact, values, source=values.get("source") or "api", provenance="api", staff=caller())
        except taking.Unfit as unfit:
            return refuse(unfit.field, unfit.reason)
        if match:
            entry.match = match  # type: ignore[attr-defined]  # no column: told once, by the answer to the one who asked
        return entry


@interactions.route("/<int:interaction_id>")
class OneInteraction(Endpoint):
    @interactions.shown(InteractionSchema)
    def get(self, interaction_id):
        """One interaction, as it now stands."""
        return found(everything().where(Interaction.id == interaction_id))

    @interactions.removed()
    def delete(self, interaction_id):
        """Withdraw an entry made by mistake. It leaves the timeline and every figure."""
        retract(found(everything().where(Interaction.id == interaction_id)), caller())


@timelines.route("/contacts/<int:contact_id>/timeline")
class ContactTimeline(Endpoint):
    @timelines.listed(InteractionSchema, TimelineList)
    def get(self, arguments, contact_id):
        """What happened with a contact, newest first."""
        contact = taking.survivor(found(select(Contact).where(Contact.id == contact_id)))
        return paged(narrowed(everything(), arguments, queries.within).where(Interaction.contact_id == contact.id), arguments, SORTS, Interaction.id)


@timelines.route("/organisations/<int:organisation_id>/timeline")
class OrganisationTimeline(Endpoint):
    @timelines.listed(InteractionSchema, OrganisationTimelineList)
    def get(self, arguments, organisation_id):
        """What happened with the people of an organisation, newest first."""
        organisation = found(select(Organisation).where(Organisation.id == organisation_id))
        there = queries.at_organisation(organisation.id, arguments.get("subsidiaries", False))
        return paged(narrowed(everything(), arguments, queries.within).where(there), arguments, SORTS, Interaction.id)


def everything() -> Select:
    return queries.interactions(caller()).options(joinedload(Interaction.touchpoint), joinedload(Interaction.department))


def narrowed(query: Select, arguments: dict[str, Any], by: Callable[[Select, queries.Filters], Select] = queries.narrowed) -> Select:
    """By the filters all timelines share; touchpoints and departments by their keys."""
    plain = {name: arguments[name] for name in ("channel", "direction", "kind", "since", "until") if name in arguments}
    query = by(query, queries.Filters(**plain))
    if "touchpoint" in arguments:
        query = query.where(Interaction.touchpoint_id.in_(select(Touchpoint.id).where(Touchpoint.key == arguments["touchpoint"])))
    if "department" in arguments:
        query = query.where(Interaction.department_id.in_(select(Department.id).where(Department.key == arguments["department"])))
    return query


RESOURCES = (interactions, timelines)
