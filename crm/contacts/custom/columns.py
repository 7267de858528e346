"""Own fields in SQL: one expression per kind, the same on SQLite and PostgreSQL.

What does not fit the kind (it was kept before the field was defined) compares as if it were not there, and never breaks a statement.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Float, String, case, cast, false, null, true, type_coerce
from sqlalchemy.types import TypeDecorator

from crm.contacts.custom.definitions import OwnField

DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$"


class WrittenDate(TypeDecorator):
    """A day that is kept as the text 2026-11-21: it compares as a day and is answered as one."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value

    def process_result_value(self, value: Any, _dialect: Any) -> date | None:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            return None


def written(record: Any, key: str) -> ColumnElement[str]:
    """The value as text; NULL when there is none."""
    return cast(record.custom[key].as_string(), String)


def column(record: Any, field: OwnField) -> ColumnElement[Any]:
    """The value of `field` of `record` (Contact or Organisation), of the type its kind compares as."""
    text = written(record, field.key)
    if field.kind == "number":
        return case((text.regexp_match(NUMBER), cast(text, Float)), else_=null())
    if field.kind == "date":
        return type_coerce(case((text.regexp_match(DATE), text), else_=null()), WrittenDate)
    if field.kind == "yes_no":
        return case((text.in_(("true", "1")), true()), (text.in_(("false", "0")), false()), else_=null())
    return text
