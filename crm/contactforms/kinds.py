"""What a form can ask: the kinds of fields, how each is named when the firm names it not, and what a new form begins with.

A field is a plain dict: key, kind, label {language: text}, help {language: text}, required, choices [[value, German name], …]; of kind "custom" also
`custom`, the key of the own field of contacts it fills.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.contacts.custom.definitions import OwnField, defined

Field = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    label: Any  # lazy text: what it is called on the page, and in the list of kinds
    longest: int = 200
    type: str = "text"  # of the input
    autocomplete: str = "off"
    single: bool = False  # a form has one at most


KINDS: dict[str, Kind] = {
    "name": Kind(_l("Your name"), 200, autocomplete="name", single=True),
    "email": Kind(_l("Your mail address"), 320, "email", "email", single=True),
    "phone": Kind(_l("Your telephone number"), 60, "tel", "tel", single=True),
    "subject": Kind(_l("Subject"), 200, single=True),
    "message": Kind(_l("Your message"), 20_000, single=True),
    "text": Kind(_l("A line of text"), 500),
    "choice": Kind(_l("One of several"), 200),
    "checkbox": Kind(_l("A box to tick"), 3),
    "file": Kind(_l("Files"), 0, "file", single=True),
    "custom": Kind(_l("Own field"), 1000),
}
FIRST: tuple[Field, ...] = (
    {"key": "name", "kind": "name", "required": True},
    {"key": "email", "kind": "email", "required": True},
    {"key": "subject", "kind": "subject", "required": False},
    {"key": "message", "kind": "message", "required": True},
)
REACHED_BY = ("email", "phone")


def own_field(field: Field) -> OwnField | None:
    """The own field of contacts that this one fills, while there is one."""
    return next((own for own in defined("contact") if own.key == field.get("custom")), None)


def usable(fields: list[Field]) -> list[Field]:
    """Without those whose own field is archived."""
    return [field for field in fields if field["kind"] != "custom" or own_field(field)]


def label(field: Field, language: str) -> str:
    written: Mapping[str, str] = field.get("label") or {}
    chosen = written.get(language) or next(filter(None, written.values()), "")
    own = own_field(field) if field["kind"] == "custom" and not chosen else None
    return chosen or (own.label if own else str(KINDS[field["kind"]].label))


def help_text(field: Field, language: str) -> str:
    written: Mapping[str, str] = field.get("help") or {}
    return written.get(language) or next(filter(None, written.values()), "")


def offered(field: Field, language: str) -> list[tuple[str, str]]:
    """Value and name of what can be chosen."""
    own = own_field(field) if field["kind"] == "custom" else None
    if own:
        return [(own.written(value), name) for value, name in own.options()]
    return [(value, german if german and language == "de" else value) for value, german in field.get("choices") or ()]


def input_type(field: Field) -> str:
    own = own_field(field) if field["kind"] == "custom" else None
    return ("date" if own.kind == "date" else "text") if own else KINDS[field["kind"]].type


def is_choice(field: Field) -> bool:
    own = own_field(field) if field["kind"] == "custom" else None
    return field["kind"] == "choice" or bool(own and own.kind in ("choice", "yes_no"))


def can_be_added(fields: list[Field]) -> list[tuple[str, str]]:
    """The kinds a form may still get, own fields one by one."""
    kinds, keys = {field["kind"] for field in fields}, {field["key"] for field in fields}
    plain = [(name, str(kind.label)) for name, kind in KINDS.items() if name != "custom" and not (kind.single and name in kinds)]
    own = [(f"custom_{own.key}", _("Own field: %(name)s", name=own.label)) for own in defined("contact") if f"custom_{own.key}" not in keys]
    return plain + own


def new_field(fields: list[Field], kind: str) -> Field:
    """`kind`: one of `can_be_added`."""
    if kind.startswith("custom_"):
        return {"key": kind, "kind": "custom", "custom": kind.removeprefix("custom_"), "required": False}
    if KINDS[kind].single:
        return {"key": kind, "kind": kind, "required": False}
    taken = {field["key"] for field in fields}
    number = next(n for n in range(1, len(taken) + 2) if f"{kind}_{n}" not in taken)
    return {"key": f"{kind}_{number}", "kind": kind, "required": False}
