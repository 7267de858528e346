"""The columns of an export, in groups to choose from. Headings are in English and the same everywhere, so that the import knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from flask_babel import lazy_gettext as _l

from crm.contacts import custom
from crm.contacts.exporting.gathering import Gathered

Read = Callable[[Gathered], Any]
SEVERAL = " ::: "  # between values of one cell, as the import reads it
PARTS = {"street": "street", "extra": "address_extra", "postcode": "postcode", "city": "city", "state": "state", "country": "country"}
HOME = {"street": "home street", "extra": "home street 2", "postcode": "home postal code", "city": "home city", "state": "home state", "country": "home country"}
EMAIL = {"work": "work email", "home": "home email", "other": "other email"}
PHONE = {"work": "work phone", "home": "home phone", "mobile": "mobile phone", "other": "other phone"}


@dataclass(frozen=True)
class Group:
    """Columns that are chosen together."""

    key: str
    label: Any
    columns: Mapping[str, Read]  # heading → how it is read


def _row(*names: str) -> dict[str, Read]:
    return {name: attrgetter(f"row.{name}") for name in names}


def _joined(kind: str) -> Read:
    return lambda one: SEVERAL.join(address.value for address in one.of(kind))


def _typed(kind: str, headings: Mapping[str, str]) -> dict[str, Read]:
    """The one to use with its type, further ones without a type, and those of each type."""
    def first(one: Gathered, name: str) -> str:
        return next((getattr(address, name) for address in one.of(kind)), "")

    def others(type: str) -> Read:
        return lambda one: SEVERAL.join(address.value for address in one.of(kind)[1:] if (address.type if address.type in headings else "") == type)

    return {kind: lambda one: first(one, "value"), f"{kind} type": lambda one: first(one, "type"), f"{kind} 2": others(""),
            **{heading: others(type) for type, heading in headings.items()}}


def _place(home: bool, headings: Mapping[str, str]) -> dict[str, Read]:
    def part(name: str) -> Read:
        return lambda one: getattr(one.place(home), name, "")

    return {heading: part(name) for name, heading in headings.items()}


TAGS: dict[str, Read] = {"tags": lambda one: ", ".join(one.tags)}
CONTACT = (
    Group("id", _l("Number in Backbone"), {"backbone_id": attrgetter("row.id")}),
    Group("customer_number", _l("Customer number"), {"customer_number": _joined("customer_number")}),
    Group("name", _l("Name"), _row("salutation", "title", "first_name", "last_name")),
    Group("organisation", _l("Organisation"), {**_row("organisation"), "role": attrgetter("role")}),
    Group("email", _l("Email"), _typed("email", EMAIL)),
    Group("phone", _l("Phone"), _typed("phone", PHONE)),
    Group("handle", _l("Handle"), {"handle": _joined("handle"), "visitor": _joined("visitor")}),
    Group("postal", _l("Postal address"), _place(False, PARTS)),
    Group("home", _l("Private address"), _place(True, HOME)),
    Group("language", _l("Language"), _row("language", "address_form")),
    Group("lifecycle", _l("Lifecycle"), _row("lifecycle", "customer_since")),
    Group("birth_date", _l("Birthday"), _row("birth_date")),
    Group("owner", _l("Owner"), _row("owner")),
    Group("tags", _l("Tags"), TAGS),
    Group("notes", _l("Notes"), _row("notes")),
    Group("statistics", _l("Figures"), _row("last_in_at", "last_out_at", "next_task_at", "nps_score", "value", "created_at")),
)
ORGANISATION = (
    Group("id", _l("Number in Backbone"), {"backbone_id": attrgetter("row.id")}),
    Group("name", _l("Name"), _row("name")),
    Group("domain", _l("Domain"), _row("domain", "website", "phone")),
    Group("industry", _l("Industry"), _row("industry")),
    Group("parent", _l("Part of"), _row("parent")),
    Group("postal", _l("Postal address"), _place(False, PARTS)),
    Group("owner", _l("Owner"), _row("owner")),
    Group("tags", _l("Tags"), TAGS),
    Group("notes", _l("Notes"), _row("notes")),
    Group("statistics", _l("Figures"), _row("last_interaction_at", "created_at")),
)
GROUPS = {"contact": CONTACT, "organisation": ORGANISATION}
# Column of the list → group of the export.
LISTED = {"last_in": "statistics", "last_out": "statistics", "next": "statistics", "score": "statistics", "value": "statistics", "created": "statistics", "city": "postal", "last": "statistics",
          "customer_since": "lifecycle"}


def groups(about: str) -> list[Group]:
    """All there are, the firm's own fields among them."""
    return [*GROUPS[about], *(Group(field.path, field.label, {field.path: _own(field)}) for field in custom.defined(about))]


def _own(field: custom.OwnField) -> Read:
    def read(one: Gathered) -> Any:
        value = (one.row.custom or {}).get(field.key)
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else field.written(value)

    return read


def columns(about: str, chosen: Iterable[str] = ()) -> dict[str, Read]:
    """Heading → how it is read: of the chosen groups, else of all."""
    wanted = set(chosen)
    return {heading: read for group in groups(about) if not wanted or group.key in wanted for heading, read in group.columns.items()}


def of_list(about: str, shown: Sequence[str]) -> list[str]:
    """The groups that hold what a list with these columns shows."""
    wanted = {"id", "name", "organisation" if about == "contact" else "domain", *(LISTED.get(name, name) for name in shown)}
    return [group.key for group in groups(about) if group.key in wanted]
