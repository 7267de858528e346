"""What a firm keeps besides the usual, in rules: `custom.KEY` of a person, `organisation.custom.KEY` of where they belong; and the days to a birthday."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, cast, false, select

from crm import clock
from crm.contacts import custom
from crm.contacts.birthdays import coming
from crm.contacts.custom import OwnField
from crm.contacts.custom.definitions import keyed
from crm.contacts.models import Contact, Organisation
from crm.segments.vocabulary import Field

CUSTOM = re.compile(r"(organisation\.)?custom\.([\w -]{1,60})")
OF_ORGANISATION = "organisation."
YEAR = 366


def own_fields() -> Iterator[Field]:
    """Everything defined, for the builder."""
    for field in custom.defined("contact"):
        yield _field(field.path, field)
    for field in custom.defined("organisation"):
        yield _field(OF_ORGANISATION + field.path, field)


def own_field(key: str) -> Field | None:
    """The field a rule calls `key`. One that nobody defined, or no longer, is compared as text: programs may keep what they like."""
    found = CUSTOM.fullmatch(key)
    if found is None:
        return None
    about = "organisation" if found[1] else "contact"
    defined = keyed(about, found[2])
    return _field(key, defined) if defined else Field(key, found[2], "text", _of(about, lambda record: cast(record.custom[found[2]].as_string(), String)), "own")


def _field(key: str, field: OwnField) -> Field:
    label = _("%(name)s (organisation)", name=field.label) if field.about == "organisation" else field.label
    column = _of(field.about, lambda record: custom.column(record, field))
    return Field(key, label, field.kind, column, "own", values=field.options if field.kind in ("choice", "yes_no") else None)


def _of(about: str, column: Callable[[Any], ColumnElement]) -> ColumnElement:
    if about == "contact":
        return column(Contact)
    return select(column(Organisation)).where(Organisation.id == Contact.organisation_id).correlate(Contact).scalar_subquery()


# — birthdays —


def _near(days: float) -> dict[int, int]:
    """The birthdays less than so many days ahead, today being 0."""
    return coming(clock.today(), min(max(int(days), 0), YEAR))


def _birthday(comparison: Any) -> ColumnElement[bool]:
    operator, value = comparison.operator, comparison.value
    if operator == "empty":
        return Contact.birthday.is_(None) if value else Contact.birthday.is_not(None)
    if operator == "at_least":
        return and_(Contact.birthday.is_not(None), Contact.birthday.not_in(_near(value)))
    if value < 0:
        return false()
    if operator == "at_most":
        return Contact.birthday.in_(_near(value + 1))
    return Contact.birthday.in_(set(_near(value + 1)) - set(_near(value)))


BIRTHDAY = Field("days_to_birthday", _l("Days to the birthday"), "number", Contact.birth_date, test=_birthday, operators=("at_most", "is", "at_least", "empty"))
