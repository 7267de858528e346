"""How fields and their values read in a preview."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from crm.accounts.models import User
from crm.contacts.models import Organisation
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.extensions import db
from crm.formatting import day
from crm.marks import CHANNELS, STATUSES, channel_word

LABELS: dict[str, Any] = {
    "title": _l("Title"), "first_name": _l("First name"), "last_name": _l("Last name"), "salutation": _l("Salutation"),
    "address_form": _l("Form of address"), "language": _l("Language"), "lifecycle": _l("Lifecycle"), "customer_since": _l("Customer since"),
    "birth_date": _l("Date of birth"), "organisation_id": _l("Organisation"), "owner_id": _l("Owner"), "notes": _l("Notes"), "name": _l("Name"),
    "domain": _l("Mail domain"), "industry": _l("Industry"), "website": _l("Website"), "phone": _l("Phone"), "parent_id": _l("Part of"),
}
SALUTATIONS = {"ms": _l("Ms"), "mr": _l("Mr"), "mx": _l("Neutral")}
ADDRESS_FORMS = {"sie": _l("Sie"), "du": _l("Du")}
PURPOSES = {"service": _l("Service"), "feedback": _l("Feedback"), "marketing": _l("Marketing")}
STATES = {"granted": _l("granted"), "refused": _l("refused"), "withdrawn": _l("withdrawn")} | {key: words for key, (words, _tone) in STATUSES.items()}
KINDS = {"contact": _l("Contact"), "organisation": _l("Organisation")}


def label(name: str) -> str:
    """A field of the firm's own is called by its key."""
    return str(LABELS.get(name) or name.partition(".")[2] or name.replace("_", " "))


def shown(name: str, value: Any) -> str:
    """The value in the reader's words; a dash for nothing."""
    if value in (None, "", []):
        return "–"
    if name in ("organisation_id", "parent_id"):
        return db.session.scalar(db.select(Organisation.name).where(Organisation.id == value)) or "–"
    if name == "owner_id":
        return db.session.scalar(db.select(User.name).where(User.id == value)) or "–"
    words = {"lifecycle": LIFECYCLE_LABELS, "salutation": SALUTATIONS, "address_form": ADDRESS_FORMS}.get(name, {})
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(words.get(value, value)) if isinstance(value, str) else day(value) if hasattr(value, "year") else str(value)


def line(row: Any) -> str:
    """One row that would move, as one tells it from others: "21 Nov 2026 · Phone · Delivery date"."""
    parts = (_part(name, value) for name, value in zip(row._fields, row, strict=True) if name != "id" and not name.endswith("_id"))
    return " · ".join(part for part in parts if part) or "…"


def _part(name: str, value: Any) -> str:
    if name == "channel" and value in CHANNELS:
        return channel_word(value)
    if name == "purpose":
        return str(PURPOSES.get(value, value))
    if name == "state" and value in STATES:
        return str(STATES[value])
    return day(value) if hasattr(value, "year") else str(value if value is not None else "")[:200]
