"""Changes in the reader's words: what the field is called, and its values as people know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select

from crm.accounts.models import User
from crm.contacts import choices
from crm.contacts.custom.definitions import OwnField, every
from crm.contacts.models import Organisation
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.extensions import fetch
from crm.formatting import day, exact

FIELDS: Mapping[tuple[str, str] | str, Any] = {
    "salutation": _l("Salutation"), "title": _l("Title"), "first_name": _l("First name"), "last_name": _l("Last name"), "address_form": _l("Form of address"),
    "language": _l("Language"), "lifecycle": _l("Lifecycle"), "customer_since": _l("Customer since"), "birth_date": _l("Date of birth"),
    "organisation_id": _l("Organisation"), "owner_id": _l("Owner"), "notes": _l("Notes"), "archived_at": _l("Archived"),
    "restricted_at": _l("Processing restricted"), "tags": _l("Tags"), "name": _l("Name"), "domain": _l("Mail domain"), "industry": _l("Industry"),
    "website": _l("Website"), "phone": _l("Phone"), "parent_id": _l("Belongs to"), "kind": _l("Kind"), "value": _l("Address"), "type": _l("Type"),
    "opted_out_at": _l("Opted out"), "invalid_at": _l("Does not work"), "valid_from": _l("Valid from"), "valid_until": _l("Valid until"),
    "place": _l("Postal address"), "street": _l("Street"), "extra": _l("Address line 2"), "postcode": _l("Postcode"), "city": _l("City"), "state": _l("Federal state"),
    "country": _l("Country"), "role": _l("Role there"), ("affiliation", "organisation_id"): _l("Further organisation"),
    ("postal_address", "type"): _l("Type of postal address"), ("address", "type"): _l("Type of address"),
}
PROVENANCES = {"person": "", "api": _l("by a program"), "form": _l("through a form"), "mail": _l("from a mail"), "import": _l("by an import"),
               "automation": _l("by itself"), "merge": _l("by a merge"), "bulk": _l("for many at once")}
WORDS: Mapping[str, Mapping[str, Any]] = {
    "salutation": choices.SALUTATION_LABELS, "address_form": choices.ADDRESS_FORM_LABELS, "language": choices.LANGUAGE_LABELS,
    "lifecycle": LIFECYCLE_LABELS, "kind": choices.KIND_LABELS, "type": {**choices.TYPE_LABELS, **choices.PLACE_LABELS},
}
PEOPLE, FIRMS = ("owner_id",), ("organisation_id", "parent_id")


@dataclass(frozen=True)
class Said:
    """One change, ready to be shown."""

    id: int
    field: str
    old: str
    new: str
    by: str
    how: str
    at: datetime


def said(rows: Iterable[Row]) -> list[Said]:
    """`rows` are of queries.changes; the names of people and firms are looked up for all of them at once."""
    rows = list(rows)
    names = {"owner_id": _names(User, rows, PEOPLE), **dict.fromkeys(FIRMS, _names(Organisation, rows, FIRMS))}
    own = {(field.about, field.path): field for about in ("contact", "organisation") for field in every(about)}
    return [_said(row, names, own.get((row.record, row.field))) for row in rows]


def _said(row: Row, names: Mapping[str, Mapping[str, str]], own: OwnField | None) -> Said:
    label = FIELDS.get((row.record, row.field)) or FIELDS.get(row.field) or row.field.removeprefix("custom.")
    show = _own(own) if own else lambda value: _value(row.field, value, names)
    return Said(row.id, own.label if own else str(label), show(row.old), show(row.new), row.by or "", str(PROVENANCES.get(row.provenance, row.provenance)), row.at)


def _own(field: OwnField) -> Callable[[str], str]:
    def show(value: str) -> str:
        try:
            return field.shown(field.read(value)) if value else ""
        except ValueError:
            return value

    return show


def _value(field: str, value: str, names: Mapping[str, Mapping[str, str]]) -> str:
    if field in names:
        return names[field].get(value, f"#{value}") if value else ""
    if field in WORDS:
        return str(WORDS[field].get(value, value)) if value or field == "salutation" else ""
    if field == "country":
        return choices.country(value)
    return _moment(value) if value and field.endswith(("_at", "_date", "_since", "_from", "_until")) else value


def _moment(value: str) -> str:
    try:
        return exact(datetime.fromisoformat(value)) if "T" in value else day(date.fromisoformat(value))
    except ValueError:
        return value


def _names(model: Any, rows: Iterable[Row], fields: tuple[str, ...]) -> dict[str, str]:
    idents = {int(value) for row in rows if row.field in fields for value in (row.old, row.new) if value.isdigit()}
    return {str(ident): name for ident, name in fetch(select(model.id, model.name).where(model.id.in_(idents)))} if idents else {}


def provenance_word(key: str) -> str:
    return str(PROVENANCES.get(key, key)) or _("by a person")
