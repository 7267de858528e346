"""The list of contacts: what it can be narrowed and sorted by, and its columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from crm import clock
from crm.contacts.birthdays import is_near
from crm.contacts.choices import LANGUAGE_LABELS
from crm.contacts.listing import COMMON_WORDS, Listing, Owners, found, gone, is_ident, is_owner, is_view, owned
from crm.contacts.models import LIFECYCLES, Contact, Organisation
from crm.contacts.queries import SORTS, belongs_to, tagged
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.extensions import db
from crm.fields import ident_or_none
from crm.folding import fold


def _silent(days: str) -> ColumnElement[bool]:
    cutoff = clock.now() - timedelta(days=int(days))
    return or_(Contact.last_interaction_at < cutoff, Contact.last_interaction_at.is_(None))


def _organisation_word(ident: str, _owners: Owners) -> str:
    name = db.session.scalar(select(Organisation.name).where(Organisation.id == int(ident)))
    return _("Organisation: %(name)s", name=name or "?")


@dataclass(frozen=True)
class ContactListing(Listing):
    path, about, record = "/contacts", "contact", Contact
    narrow = {"tags": "broad-only", **dict.fromkeys(("owner", "last_out", "next", "score", "value"), "wide-only")}
    numeric = ("score", "value")
    usual = ("lifecycle", "owner", "last_in", "last_out", "next", "score", "value", "tags")
    columns_there = {
        "lifecycle": _l("Lifecycle"), "owner": _l("Owner"), "last_in": _l("Last in"), "last_out": _l("Last out"), "next": _l("Next task"), "score": "NPS", "value": _l("Value"),
        "tags": _l("Tags"), "email": _l("Email"), "phone": _l("Phone"), "customer_number": _l("Customer number"), "city": _l("City"), "language": _l("Language"),
        "customer_since": _l("Customer since"), "birth_date": _l("Birthday"), "created": _l("Added"),
    }
    sorts = SORTS
    checks = {
        "owner": is_owner,
        "lifecycle": LIFECYCLES.__contains__,
        "organisation": is_ident,
        "silent": lambda value: 0 < (ident_or_none(value) or 0) <= 10_000,
        "birthday": lambda value: 0 < (ident_or_none(value) or 0) <= 366,
        "language": lambda value: value in LANGUAGE_LABELS,
        "view": is_view,
    }
    conditions = {
        "q": lambda value: Contact.id.in_(found("contact", value)),
        "owner": lambda value: owned(Contact.owner_id, value),
        "tag": lambda value: tagged(fold(value)),
        "archived": lambda value: gone(Contact.archived_at, value),
        "lifecycle": lambda value: Contact.lifecycle == value,
        "organisation": lambda value: belongs_to(int(value)),
        "silent": _silent,
        "language": lambda value: Contact.language == value,
        "birthday": lambda value: is_near(clock.today(), int(value)),
    }
    words = COMMON_WORDS | {
        "lifecycle": lambda value, _owners: str(LIFECYCLE_LABELS[value]),
        "organisation": _organisation_word,
        "silent": lambda value, _owners: _("Not spoken for %(days)s days", days=value),
        "language": lambda value, _owners: _("Language: %(name)s", name=str(LANGUAGE_LABELS[value])),
        "birthday": lambda value, _owners: _("Birthday in the next %(days)s days", days=value),
    }

    lifecycle: str = ""
    organisation: str = ""
    silent: str = ""  # nobody has spoken to them for so many days
    language: str = ""
    birthday: str = ""  # within so many days, today being the first
