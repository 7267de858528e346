"""/deliveries: what left the house, or was to leave, and what became of it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from crm.accounts.trail import audit
from crm.api import Endpoint, ListArguments, Resource, Schema, fields, found, paged, sorting
from crm.outbox import queries
from crm.outbox.models import Delivery, DeliveryAttempt


class AttemptSchema(Schema):
    at = fields.Moment(dump_only=True)
    outcome = fields.Choice("sent", "later", "failed", "uncertain", dump_only=True)
    code = fields.Number(dump_only=True, allow_none=True)
    text = fields.Text(10_000, dump_only=True, metadata={"description": "What the mail server or the network said."})


class DeliverySchema(Schema):
    id = fields.Id(dump_only=True)
    state = fields.Text(10, dump_only=True, metadata={"description": "held, queued, sending, sent, failed, uncertain, cancelled"})
    sender = fields.Text(320, dump_only=True)
    recipients = fields.Method("addresses", dump_only=True, metadata={"type": "array", "items": {"type": "string"}})
    refused = fields.Method("refusals", dump_only=True, metadata={"type": "object", "description": "By recipient who will not get it: what the server said."})
    subject = fields.Text(500, dump_only=True)
    message_id = fields.Text(250, dump_only=True)
    purpose = fields.Text(20, dump_only=True)
    automatic = fields.Boolean(dump_only=True)
    contact_id = fields.Id(dump_only=True, allow_none=True)
    created_at = fields.Moment(dump_only=True)
    next_attempt_at = fields.Moment(dump_only=True, allow_none=True)
    sent_at = fields.Moment(dump_only=True, allow_none=True)
    bounced_at = fields.Moment(dump_only=True, allow_none=True)
    reason = fields.Text(20, dump_only=True, metadata={"description": "Why it is not simply sent: unknown, full, size, rejected, unreachable, uncertain, bounced …"})
    attempts = fields.Method("tries", dump_only=True, metadata={"type": "array"})

    def addresses(self, delivery: Delivery) -> list[str]:
        return delivery.recipients.split(",")

    def refusals(self, delivery: Delivery) -> dict[str, str]:
        return delivery.refusals

    def tries(self, delivery: Delivery) -> list[dict]:
        return AttemptSchema(many=True).dump(delivery.log)


class DeliveryList(ListArguments):
    sort = sorting("created_at", default="-created_at")
    state = fields.Choice(*queries.LISTS)
    recipient = fields.Text(100, metadata={"description": "An address or a part of it."})
    contact_id = fields.Number()


deliveries = Resource("deliveries", "What left by mail, or was to leave, and what became of it.")
SORTS = {"created_at": Delivery.created_at}


@deliveries.route("")
class Deliveries(Endpoint):
    @deliveries.listed(DeliverySchema, DeliveryList, right="outbox")
    def get(self, arguments):
        """Deliveries, the newest first."""
        query = queries.narrowed(logged(), arguments.get("state", ""), arguments.get("recipient", ""))
        if "contact_id" in arguments:
            query = query.where(Delivery.contact_id == arguments["contact_id"])
        return paged(query, arguments, SORTS, Delivery.id)


@deliveries.route("/<int:delivery_id>")
class OneDelivery(Endpoint):
    @deliveries.shown(DeliverySchema, right="outbox")
    def get(self, delivery_id):
        """One delivery with its attempts."""
        return one(delivery_id)

    @deliveries.removed(DeliverySchema, right="outbox")
    def delete(self, delivery_id):
        """Discard it: it will not be sent. The entry and its log stay."""
        delivery = one(delivery_id)
        delivery.discard()
        audit("delivery.discarded", delivery, recipients=delivery.recipients)
        return delivery


@deliveries.route("/<int:delivery_id>/attempt")
class Attempt(Endpoint):
    @deliveries.created(DeliverySchema, body=False, status=200, right="outbox")
    def post(self, delivery_id):
        """Try it again now; of one that some have received, for the others only."""
        delivery = one(delivery_id)
        delivery.retry()
        audit("delivery.retried", delivery, recipients=delivery.recipients)
        return delivery


def logged():
    return select(Delivery).options(selectinload(Delivery.log).load_only(DeliveryAttempt.at, DeliveryAttempt.outcome, DeliveryAttempt.code, DeliveryAttempt.text))


def one(ident: int) -> Delivery:
    return found(logged().where(Delivery.id == ident))


RESOURCES = (deliveries,)
