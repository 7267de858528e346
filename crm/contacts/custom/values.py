"""Values of own fields: checked as they come in, put into the record that keeps them, taken over when a field is defined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, select

from crm.contacts.custom.definitions import OwnField, defined, every, keyed
from crm.contacts.custom.kinds import Unfit
from crm.contacts.models import Contact, Organisation
from crm.extensions import db

RECORDS: Mapping[str, type[Contact] | type[Organisation]] = {"contact": Contact, "organisation": Organisation}
MOST = 100  # values of one record where no field is defined


class Misfits(ValueError):
    """Some values fit no field. `reasons` gives them by key."""

    def __init__(self, reasons: dict[str, list[str]]):
        self.reasons = reasons
        super().__init__("; ".join(f"{key}: {' '.join(why)}" for key, why in reasons.items()))


def checked(about: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept, None for those to take away. Misfits names every one that fits no field.

    As long as a firm has defined nothing, programs may keep what they like.
    """
    known = {field.key: field for field in every(about)}
    values: dict[str, Any] = {}
    reasons: dict[str, list[str]] = {}
    for key, value in given.items():
        try:
            values[key] = _checked(known, key, value)
        except Unfit as unfit:
            reasons[key] = [str(unfit)]
    if reasons:
        raise Misfits(reasons)
    return values


def _checked(known: Mapping[str, OwnField], key: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if key in known:
        return known[key].read(value)
    if known:
        usable = ", ".join(field.key for field in known.values() if not field.archived)
        raise Unfit(_("There is no such field. Defined are: %(keys)s.", keys=usable or "–"))
    return value


def put(record: Contact | Organisation, values: Mapping[str, Any]) -> None:
    """Set what is given, as it is to be kept; None takes away. What is not named stays."""
    before = record.custom or {}
    after = {key: value for key, value in {**before, **values}.items() if value is not None}
    if after != before:
        record.custom = after


def filled(about: str, kept: Mapping[str, Any] | None) -> list[tuple[OwnField, str]]:
    """The fields in use that have a value in `kept`, with the value in the reader's words."""
    kept = kept or {}
    return [(field, field.shown(kept[field.key])) for field in defined(about) if kept.get(field.key) is not None]


def take_over(about: str, key: str) -> tuple[int, int]:
    """Values that programs kept under a key before its field was defined become values of it; how many could, how many not."""
    field = keyed(about, key)
    record: Any = RECORDS[about]
    taken = left = 0
    assert field
    there = select(record).where(cast(record.custom[key].as_string(), String).is_not(None))
    for row in db.session.scalars(there.execution_options(yield_per=500)):
        try:
            put(row, {key: field.read(row.custom[key])})
            taken += 1
        except Unfit:
            left += 1
    return taken, left
