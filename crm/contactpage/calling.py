"""Who is calling? The people behind a telephone number as a telephone system writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crm.accounts.models import User
from crm.contacts.matching import callers, find_by_address
from crm.contacts.models import Address, Contact
from crm.contacts.normalising import normalise
from crm.extensions import db

NAMES = ("number", "from", "caller", "callerid", "phone")  # how telephone systems call the parameter
PREFIX = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
MOST = 20


def number_in(asked: Mapping[str, str]) -> str:
    """The number of the address, whatever its name: `sip:+4930…@host` and `tel:` too. A plus that became a blank on the way is one again."""
    raw = next((asked[name] for name in NAMES if asked.get(name, "").strip()), "")
    text = PREFIX.sub("", raw.rstrip()).partition("@")[0].partition(";")[0]
    if text[:1] == " " and text.strip()[:1].isdigit() and not text.strip().startswith("0"):
        return f"+{text.strip()}"[:60]
    return text.strip()[:60]


def written(number: str) -> str:
    """As it is kept; what cannot be understood (an internal number, nothing at all) stays as it came."""
    try:
        return normalise("phone", number)
    except ValueError:
        return number


def is_number(number: str) -> bool:
    try:
        return bool(normalise("phone", number))
    except ValueError:
        return False


def behind(number: str) -> Sequence[Contact]:
    """Who has this number, those it still holds for first; else whose number ends like it. Archived people only when there is nobody else."""
    found = find_by_address("phone", number) or [match.contact for match in callers(number)]
    return [contact for contact in found if contact.archived_at is None][:MOST] or found[:MOST]


def forget(_by: User, payload: dict[str, Any]) -> str:
    """Undo of a number that was put to somebody."""
    address = db.session.get_one(Address, payload["address_id"])
    contact = address.contact
    contact.addresses.remove(address)
    return f"/contacts/{contact.id}"


UNDOERS = {"address.added": forget}
