"""The fields in use. A short list that changes rarely and that every form and list needs: each process remembers it for a while."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import event, select

from crm.contacts.custom import kinds
from crm.contacts.custom.models import CustomField
from crm.extensions import fetch
from crm.folding import fold
from crm.formatting import formats

REMEMBERED = 5.0  # seconds: another process may have changed them
PREFIX = "custom."
MEMORY = "contacts.custom"
QUERY = select(
    CustomField.id, CustomField.about, CustomField.key, CustomField.label.label("name"), CustomField.label_de.label("name_de"), CustomField.kind, CustomField.choices, CustomField.required,
    CustomField.listed, CustomField.archived_at.is_not(None).label("archived"),
).order_by(CustomField.position, CustomField.id)


@dataclass(frozen=True)
class OwnField:
    """One definition as everybody reads it."""

    id: int
    about: str
    key: str
    name: str
    name_de: str
    kind: str
    choices: tuple[tuple[str, str], ...]
    required: bool
    listed: bool
    archived: bool

    @property
    def label(self) -> str:
        """In the reader's language."""
        return self.name_de if self.name_de and formats().language == "de" else self.name

    @property
    def path(self) -> str:
        """What filters, imports, exports and rules call it."""
        return PREFIX + self.key

    def options(self) -> list[tuple[Any, str]]:
        """What can be chosen, in the reader's language."""
        if self.kind == "yes_no":
            return [(True, self.shown(True)), (False, self.shown(False))]
        return [(value, self.shown(value)) for value, _german in self.choices]

    def read(self, value: Any) -> Any:
        """The value as it is kept; Unfit says in words why this is none."""
        return kinds.READERS[self.kind](value, self.choices)

    def shown(self, value: Any) -> str:
        return kinds.shown(self.kind, value, self.choices)

    def written(self, value: Any) -> str:
        """For a cell that `read` understands again, whatever the language."""
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def every(about: str) -> list[OwnField]:
    """Archived ones too."""
    return [field for field in _all() if field.about == about]


def defined(about: str) -> list[OwnField]:
    """The fields in use, in their order."""
    return [field for field in _all() if field.about == about and not field.archived]


def listed(about: str) -> list[OwnField]:
    """Those that are columns of the list."""
    return [field for field in defined(about) if field.listed]


def named(about: str, name: str) -> OwnField | None:
    """The field that a heading means: `custom.KEY`, its key, or its label in either language."""
    wanted = fold(name.strip().removeprefix(PREFIX))
    return next((field for field in defined(about) if wanted and wanted in (fold(field.key), fold(field.name), fold(field.name_de))), None)


def keyed(about: str, key: str) -> OwnField | None:
    return next((field for field in _all() if (field.about, field.key) == (about, key)), None)


def forget(*_: Any) -> None:
    """What was remembered is no longer so: said after a change, and again when it is committed."""
    if current_app:
        current_app.extensions.pop(MEMORY, None)


for change in ("after_insert", "after_update", "after_delete"):
    event.listen(CustomField, change, forget)


def _all() -> list[OwnField]:
    until, fields = current_app.extensions.get(MEMORY, (0.0, []))
    if time.monotonic() > until:
        fields = [OwnField(**{**row._asdict(), "choices": tuple(map(tuple, row.choices))}) for row in fetch(QUERY)]
        current_app.extensions[MEMORY] = (time.monotonic() + REMEMBERED, fields)
    return fields
