"""What forms are made of: fields that clean what was typed and say in words when it is too long, and lists to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from crm.extensions import LARGEST_ID

TOO_LONG = _l("Use at most %(max)d characters.")


def one_line(text: str | None) -> str:
    """Blanks at the ends gone, those within single."""
    return " ".join((text or "").split())


def trimmed(text: str | None) -> str:
    """The same for a text of several lines, which stay."""
    return (text or "").strip()


def ident(value: Any) -> int | None:
    """The id that was chosen or stands in an address; None for none. ValueError for what no row can have."""
    if value in (None, "", "None"):
        return None
    number = int(value)
    if not 0 <= number <= LARGEST_ID:
        raise ValueError(number)
    return number


def ident_or_none(value: Any) -> int | None:
    """The same, where nonsense is as if nothing had been given."""
    try:
        return ident(value)
    except ValueError:
        return None


def text(label: Any, longest: int, *checks: Any, description: Any = "", **attributes: Any) -> StringField:
    """One line; `attributes` are those of the input."""
    return StringField(label, [*checks, Length(max=longest, message=TOO_LONG)], [one_line], description, render_kw={"maxlength": longest, **attributes})


def long_text(label: Any, longest: int, *checks: Any, description: Any = "", **attributes: Any) -> TextAreaField:
    """Several lines. Without maxlength: a browser would cut off what is pasted, without a word."""
    return TextAreaField(label, [*checks, Length(max=longest, message=TOO_LONG)], [trimmed], description, render_kw=attributes)


def whole_number(label: Any, least: int, most: int, description: Any = "") -> IntegerField:
    bounds = NumberRange(least, most, _l("Give a whole number from %(min)s to %(max)s."))
    return IntegerField(label, [InputRequired(_l("Give a whole number.")), bounds], description=description)


def choice(label: Any, offered: Mapping[Any, Any], *checks: Any, **settings: Any) -> SelectField:
    """One of a few words that are known beforehand."""
    return SelectField(label, checks, choices=options(offered), **settings)


def options(offered: Mapping[Any, Any] | Iterable[tuple[Any, Any]], empty: Any = None) -> list[SelectChoice]:
    """What can be chosen, as value and label; `empty` says what it means to choose nothing."""
    pairs = offered.items() if isinstance(offered, Mapping) else offered
    return [*([SelectChoice("", empty)] if empty is not None else ()), *(SelectChoice(value, label) for value, label in pairs)]
