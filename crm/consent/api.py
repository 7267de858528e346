"""/consents: the ledger. Entries are added, never changed or removed."""

from __future__ import annotations

from sqlalchemy import select

from crm import clock
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, referenced, refuse, sorting
from crm.consent import ledger
from crm.consent.models import ANY_CHANNEL, LEGAL_BASES, PURPOSES, STATES, Consent
from crm.contacts.models import Contact
from crm.touchpoints.models import CHANNELS

ENTERED = {"granted": ledger.grant, "refused": ledger.refuse, "withdrawn": ledger.withdraw}


class ConsentSchema(Schema):
    id = fields.Id(dump_only=True)
    contact_id = fields.Id(required=True)
    purpose = fields.Choice(*PURPOSES, required=True)
    channel = fields.Choice(*CHANNELS, ANY_CHANNEL)
    state = fields.Choice(*STATES, required=True)
    legal_basis = fields.Choice(*LEGAL_BASES)
    wording = fields.Text(20_000, metadata={"description": "What the person agreed to, word by word."})
    source = fields.Text(60, metadata={"description": "Where it came from: a form, a call, an import."})
    proof = fields.Text(20_000)
    at = fields.Moment(metadata={"description": "When the person said so; now, if left out."})
    recorded_by_id = fields.Id(dump_only=True, allow_none=True)


class PermissionSchema(Schema):
    allowed = fields.Boolean()
    reason = fields.Text(500)


class ConsentList(ListArguments):
    sort = sorting("at", default="-at")
    contact_id = fields.Number()
    purpose = fields.Choice(*PURPOSES)
    channel = fields.Choice(*CHANNELS, ANY_CHANNEL)
    state = fields.Choice(*STATES)


class Question(Schema):
    contact_id = fields.Number(required=True)
    purpose = fields.Choice(*PURPOSES, required=True)
    channel = fields.Choice(*CHANNELS, load_default="email")


consents = Resource("consents", "What each person agreed to, refused or took back.")


@consents.route("")
class Consents(Endpoint):
    @consents.listed(ConsentSchema, ConsentList)
    def get(self, arguments):
        """Entries of the ledger, newest first."""
        query = select(Consent)
        for name in ("contact_id", "purpose", "channel", "state"):
            if name in arguments:
                query = query.where(getattr(Consent, name) == arguments[name])
        return paged(query, arguments, {"at": Consent.at}, Consent.id)

    @consents.created(ConsentSchema)
    def post(self, values):
        """Add an entry. Saying again what already stands newest adds none and answers that one."""
        contact = referenced(Contact, values.pop("contact_id"), "contact_id")
        if "at" in values and values["at"] > clock.now():
            refuse("at", "This moment has not come yet.")
        enter = ENTERED[values.pop("state")]
        return enter(contact, by=caller(), **({"source": "api"} | values))


@consents.route("/<int:consent_id>")
class OneConsent(Endpoint):
    @consents.shown(ConsentSchema)
    def get(self, consent_id):
        """One entry."""
        return found(select(Consent).where(Consent.id == consent_id))


@consents.route("/permission")
class Permission(Endpoint):
    @consents.shown(PermissionSchema, Question)
    def get(self, arguments):
        """Whether this person may be reached for this purpose through this channel, and why."""
        contact = referenced(Contact, arguments.pop("contact_id"), "contact_id")
        return ledger.allowed(contact, **arguments)._asdict()


RESOURCES = (consents,)
