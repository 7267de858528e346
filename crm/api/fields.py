"""The fields and the base schema of every resource: strict, and with nothing in them that a database could choke on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import marshmallow
from marshmallow import RAISE, ValidationError, fields, pre_load, validate
from marshmallow.fields import Boolean as Boolean
from marshmallow.fields import Date as Date
from marshmallow.fields import Dict as Dict
from marshmallow.fields import Float as Float
from marshmallow.fields import Function as Function
from marshmallow.fields import List as List
from marshmallow.fields import Method as Method
from marshmallow.fields import Nested as Nested
from marshmallow.fields import Raw as Raw

from crm.extensions import LARGEST_ID


class Schema(marshmallow.Schema):
    """Fields that are not declared are refused. Mark what is only shown with `dump_only=True`."""

    class Meta:
        unknown = RAISE

    @pre_load
    def refuse_what_cannot_be_stored(self, data: Any, **_: Any) -> Any:
        faults = {path or "_schema": [reason] for path, reason in _faults(data)}
        if faults:
            raise ValidationError(faults)
        return data


def _faults(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where a text holds NUL or half a surrogate pair, or a number is not one."""
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= c <= "\udfff" for c in value)):
        yield path, "Contains a character that cannot be stored."
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, "Not a number."
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _faults(str(key), path or "_schema")
            yield from _faults(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield from _faults(part, f"{path}.{number}" if path else str(number))


class Text(fields.String):
    """A text of at most `longest` characters; `least=1` when it may not be empty."""

    def __init__(self, longest: int = 200, least: int = 0, **options: Any):
        checks = options.pop("validate", [])
        bounds = validate.Length(min=least or None, max=longest)
        super().__init__(validate=[bounds, *(checks if isinstance(checks, (list, tuple)) else [checks])], **options)


class Choice(fields.String):
    """One of a few words."""

    def __init__(self, *words: str, **options: Any):
        super().__init__(validate=validate.OneOf(words), **options)


class Whole(fields.Integer):
    """A whole number between `least` and `most`."""

    def __init__(self, least: int = -LARGEST_ID, most: int = LARGEST_ID, **options: Any):
        super().__init__(strict=True, validate=validate.Range(least, most), **options)


class Id(Whole):
    """The id of a record."""

    def __init__(self, **options: Any):
        super().__init__(1, LARGEST_ID, **options)


class Number(Whole):
    """A number or id in the address, where everything arrives as text."""

    def __init__(self, least: int = 1, most: int = LARGEST_ID, **options: Any):
        super().__init__(least, most, **options)
        self.strict = False


class Moment(fields.AwareDateTime):
    """A time with its zone, as RFC 3339 writes it. One without zone is refused: whose clock was it?"""

    default_error_messages = {"invalid_awareness": "Give the time with its zone, such as 2026-11-21T10:00:00+01:00."}

    def __init__(self, **options: Any):
        super().__init__(format="iso", **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **options)
        if not 1000 <= moment.year <= 9000:  # near the ends of the calendar a change of zone overflows
            raise self.make_error("invalid", input=value, obj_type="datetime")
        return moment


class Money(fields.Decimal):
    """An amount with cents, shown and taken as a JSON number."""

    def __init__(self, **options: Any):
        super().__init__(places=2, allow_nan=False, validate=validate.Range(-9_999_999_999, 9_999_999_999), **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> Any:
        return None if value is None else float(value)
