"""What the contact page shows of answers, consent and relations: small loaders, one statement each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import BindParameter, bindparam, select

from crm import clock
from crm.consent.models import Consent
from crm.contacts import birthdays, choices, custom
from crm.contacts.models import Affiliation, Contact, Organisation, PostalAddress
from crm.contacts.relations.queries import seen
from crm.contacts.salutation import default_language, salutation_line
from crm.extensions import fetch
from crm.feedback.models import Answer
from crm.timeline import feeds

SHOWN = 5
PURPOSES = {"service": _l("Service"), "feedback": _l("Feedback"), "marketing": _l("Marketing")}
IDENT: BindParameter[int] = bindparam("contact_id")
ANSWERS = (
    select(Answer.id, Answer.survey_type, Answer.score, Answer.comment, Answer.answered_at, Answer.call_me)
    .where(Answer.contact_id == IDENT, Answer.contested.is_(False)).order_by(Answer.answered_at.desc(), Answer.id.desc()).limit(SHOWN)
)
CONSENTS = select(Consent.purpose, Consent.channel, Consent.state, Consent.at).where(Consent.contact_id == IDENT).order_by(Consent.at.desc(), Consent.id.desc()).limit(50)
AFFILIATIONS = (
    select(Affiliation.role, Affiliation.valid_from, Affiliation.valid_until, Affiliation.organisation_id, Organisation.name)
    .join(Organisation, Organisation.id == Affiliation.organisation_id)
    .where(Affiliation.contact_id == IDENT)
    .order_by(Affiliation.valid_until.is_not(None), Affiliation.primary.desc(), Affiliation.id.desc()).limit(SHOWN)
)

PLACES = select(
    PostalAddress.id, PostalAddress.type, PostalAddress.street, PostalAddress.extra, PostalAddress.postcode, PostalAddress.city, PostalAddress.state,
    PostalAddress.country, PostalAddress.valid_until,
).where(PostalAddress.contact_id == IDENT).order_by(PostalAddress.id)


def answers(contact: Contact) -> Mapping[str, Any]:
    return {"answers": fetch(ANSWERS, {"contact_id": contact.id})}


def consents(contact: Contact) -> Mapping[str, Any]:
    """What holds now: the newest entry of each purpose and channel."""
    newest: dict[tuple[str, str], Any] = {}
    for entry in fetch(CONSENTS, {"contact_id": contact.id}):
        newest.setdefault((entry.purpose, entry.channel), entry)
    return {"consents": [(entry, PURPOSES.get(entry.purpose, entry.purpose)) for entry in newest.values()]}


def profile(contact: Contact) -> Mapping[str, Any]:
    """What is known of the person besides: birthday and age, where letters go, how they are addressed, the firm's own fields."""
    born = contact.birth_date
    places = [place for place in fetch(PLACES, {"contact_id": contact.id}) if not place.valid_until or place.valid_until > clock.today()]
    return {
        "born": born, "age": birthdays.age(born, clock.today()) if born else None, "places": [(place, choices.country(place.country)) for place in places],
        "salutation": salutation_line(contact, default_language()), "own": custom.filled("contact", contact.custom),
    }


def relations(contact: Contact) -> Mapping[str, Any]:
    return {"relations": seen(contact.id)}


def affiliations(contact: Contact) -> Mapping[str, Any]:
    return {"affiliations": fetch(AFFILIATIONS, {"contact_id": contact.id}), "today": clock.today()}


def timeline_of_people(organisation: Organisation) -> Mapping[str, Any]:
    """On an organisation's page: what happened with all its people."""
    return {"feed": feeds.of_organisation(organisation.id, current_user, request.args)}
