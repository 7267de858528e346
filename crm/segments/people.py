"""The fields of a person that rules know, by the names the API uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, func, select

from crm.accounts.choices import staff
from crm.consent.models import ANY_CHANNEL, PURPOSES, Consent
from crm.contacts.models import (
    Address,
    Affiliation,
    Contact,
    Organisation,
    PostalAddress,
)
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.contacts.tags import Tag, contact_tags, organisation_tags
from crm.folding import fold
from crm.segments.own_fields import BIRTHDAY, own_field
from crm.segments.vocabulary import Field, listed

CONSENT_WORDS = {"granted": _l("granted"), "refused": _l("refused"), "withdrawn": _l("withdrawn")}
CONSENT_LABELS = {"service": _l("Consent: service"), "feedback": _l("Consent: feedback"), "marketing": _l("Consent: marketing")}
GROUPS = {"person": _l("Person"), "organisation": _l("Organisation"), "standing": _l("Standing"), "consent": _l("Consent"), "own": _l("Own fields")}
LANGUAGES = (("de", "Deutsch"), ("en", "English"))


def _words(words: dict[str, Any]) -> Any:
    return lambda: list(words.items())


def _of_organisation(column: Any) -> ColumnElement:
    return select(column).where(Organisation.id == Contact.organisation_id).correlate(Contact).scalar_subquery()


def _address(kind: str) -> ColumnElement:
    """The address of a kind that is in use; the primary one first."""
    return (
        select(Address.value).where(Address.contact_id == Contact.id, Address.kind == kind, Address.valid_until.is_(None))
        .order_by(Address.primary.desc(), Address.id).limit(1).correlate(Contact).scalar_subquery()
    )


def _postal(column: Any) -> ColumnElement:
    return (
        select(column).where(PostalAddress.contact_id == Contact.id, PostalAddress.valid_until.is_(None))
        .order_by(PostalAddress.id).limit(1).correlate(Contact).scalar_subquery()
    )


def _role() -> ColumnElement:
    return (
        select(Affiliation.role).where(Affiliation.contact_id == Contact.id, Affiliation.valid_until.is_(None))
        .order_by(Affiliation.primary.desc(), Affiliation.id).limit(1).correlate(Contact).scalar_subquery()
    )


def _consent(purpose: str, channel: str = "email") -> ColumnElement:
    """What holds by the ledger: the newest entry for the channel and the newest for every channel; of the two a no beats a yes."""
    own, every = _newest(purpose, channel), _newest(purpose, ANY_CHANNEL)
    return case((every.in_(("refused", "withdrawn")), every), (own.is_not(None), own), else_=every)


def _newest(purpose: str, channel: str) -> ColumnElement:
    return (
        select(Consent.state).where(Consent.contact_id == Contact.id, Consent.purpose == purpose, Consent.channel == channel)
        .order_by(Consent.at.desc(), (Consent.state == "granted").asc(), Consent.id.desc()).limit(1).correlate(Contact).scalar_subquery()
    )


def _tag_names(table: Any, owner: Any, column: Any) -> ColumnElement:
    """The names, for the explanation."""
    joined = select(func.aggregate_strings(Tag.name, ", ")).join_from(table, Tag, Tag.id == table.c.tag_id)
    return joined.where(column == owner).correlate(Contact).scalar_subquery()


def _tagged(table: Any, owner: Any, column: Any) -> Any:
    """How a comparison with tags is answered: the ids of the tags are found once, not per person."""

    def test(comparison: Any) -> ColumnElement[bool]:
        marked = select(column)
        if comparison.operator == "empty":
            condition = owner.not_in(marked)
            return condition if comparison.value else ~condition
        folded = Tag.folded.contains(comparison.value, autoescape=True) if comparison.operator == "contains" else Tag.folded.in_(_many(comparison.value))
        condition = owner.in_(marked.where(table.c.tag_id.in_(select(Tag.id).where(folded))))
        return ~func.coalesce(condition, False) if comparison.operator == "is_not" else condition

    return test


def _many(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else (value,)


PEOPLE = listed(
    Field("lifecycle", _l("Lifecycle"), "choice", Contact.lifecycle, values=_words(LIFECYCLE_LABELS)),
    Field("customer_since", _l("Customer since"), "date", Contact.customer_since),
    Field("tags", _l("Tags"), "tags", _tag_names(contact_tags, Contact.id, contact_tags.c.contact_id),
          test=_tagged(contact_tags, Contact.id, contact_tags.c.contact_id), convert=fold),
    Field("owner_id", _l("Owner"), "choice", Contact.owner_id, values=staff),
    Field("language", _l("Language"), "choice", Contact.language, values=lambda: LANGUAGES),
    Field("salutation", _l("Salutation"), "choice", Contact.salutation, values=_words({"ms": _l("Ms"), "mr": _l("Mr"), "mx": _l("Neutral")})),
    Field("first_name", _l("First name"), "text", Contact.first_name),
    Field("last_name", _l("Last name"), "text", Contact.last_name),
    Field("title", _l("Title"), "text", Contact.title),
    Field("email", _l("Email"), "text", _address("email")),
    Field("phone", _l("Phone"), "text", _address("phone")),
    Field("city", _l("City"), "text", _postal(PostalAddress.city)),
    Field("postcode", _l("Postcode"), "text", _postal(PostalAddress.postcode)),
    Field("country", _l("Country"), "text", _postal(PostalAddress.country)),
    Field("birth_date", _l("Date of birth"), "date", Contact.birth_date),
    BIRTHDAY,
    Field("created_at", _l("Added"), "time", Contact.created_at),
    Field("organisation_id", _l("Organisation number"), "number", Contact.organisation_id, "organisation"),
    Field("organisation.name", _l("Organisation"), "text", _of_organisation(Organisation.name), "organisation"),
    Field("organisation.industry", _l("Industry"), "text", _of_organisation(Organisation.industry), "organisation"),
    Field("organisation.domain", _l("Mail domain"), "text", _of_organisation(Organisation.domain), "organisation"),
    Field("organisation.role", _l("Role"), "text", _role(), "organisation"),
    Field("organisation.tags", _l("Tags of the organisation"), "tags",
          _tag_names(organisation_tags, Contact.organisation_id, organisation_tags.c.organisation_id), "organisation",
          test=_tagged(organisation_tags, Contact.organisation_id, organisation_tags.c.organisation_id), convert=fold),
    Field("interactions", _l("Interactions so far"), "number", Contact.interactions_count, "standing"),
    Field("first_interaction_at", _l("First interaction"), "time", Contact.first_interaction_at, "standing"),
    Field("last_interaction_at", _l("Last interaction"), "time", Contact.last_interaction_at, "standing"),
    Field("last_in_at", _l("Last heard from"), "time", Contact.last_in_at, "standing"),
    Field("last_out_at", _l("Last contacted"), "time", Contact.last_out_at, "standing"),
    Field("open_conversations", _l("Open conversations"), "number", Contact.open_conversations, "standing"),
    Field("next_task_at", _l("Next task"), "time", Contact.next_task_at, "standing", operators=("before", "after", "is", "at_least", "at_most", "empty")),
    Field("nps", _l("Latest NPS"), "number", Contact.nps_score, "standing"),
    Field("csat", _l("Latest CSAT"), "number", Contact.csat_score, "standing"),
    Field("value", _l("Value so far"), "number", Contact.value, "standing"),
    *(Field(f"consent.{purpose}", CONSENT_LABELS[purpose], "choice", _consent(purpose), "consent", values=_words(CONSENT_WORDS)) for purpose in PURPOSES),
)


def person_field(key: str) -> Field | None:
    """The field called `key`, the firm's own ones among them."""
    return PEOPLE.get(key) or own_field(key)
