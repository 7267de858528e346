"""Working hours as people write them: 9–12:30, 13–17:30."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.validators import InputRequired, ValidationError

from crm.accounts import queries as accounts
from crm.accounts.forms import zones
from crm.calendars.business_time import MIDNIGHT, Span
from crm.calendars.models import EVES, OfficeHours
from crm.calendars.public_holidays import is_known
from crm.extensions import db
from crm.fields import choice, options, text

SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:[-–—]|bis|to)\s*(\d{1,2})(?:[:.](\d{2}))?")
EVE_WORDS = dict(zip(EVES, (_l("Usual working hours"), _l("Until noon"), _l("Free")), strict=True))
DAYS = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"))


def read_spans(written: str) -> tuple[Span, ...]:
    """'9–12:30, 13–17:30' → minutes after midnight. ValueError says what is wrong."""
    spans = tuple(_span(part) for part in re.split(r"[,;]|\bund\b|\band\b", written) if part.strip())
    for (_start, end), (start, _end) in itertools.pairwise(spans):
        if start < end:
            raise ValueError(_("Write the hours in order, one after the other."))
    return spans


def _span(part: str) -> Span:
    found = SPAN.fullmatch(part.strip())
    if found is None:
        raise ValueError(_("Write hours such as 9:00–12:30, 13:00–17:30."))
    hours = [int(number or 0) for number in found.groups()]
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if max(hours[1], hours[3]) > 59 or end > MIDNIGHT or start >= end:
        raise ValueError(_("Each span must end after it begins, and no later than 24:00."))
    return start, end


def write_spans(spans: Iterable[Iterable[int]]) -> str:
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


class HoursField(StringField):
    """Working hours of one day; its data are spans, empty for a free day."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else write_spans(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = read_spans(valuelist[0]) if valuelist else ()


class CalendarForm(FlaskForm):
    """A calendar of the firm."""

    name = text(_l("Name"), 80, InputRequired(_l("Enter a name.")))
    zone = SelectField(_l("Time zone"))
    region = text(_l("Public holidays of"), 10, description=_l("A country or a part of it such as DE, DE-BE or AT-9. Empty: work goes on."))
    eves = choice(_l("24 and 31 December"), EVE_WORDS)
    day0, day1, day2, day3, day4, day5, day6 = (HoursField(label) for label in DAYS)
    departments = SelectMultipleField(_l("Holds for"), coerce=int, option_widget=widgets.CheckboxInput(), widget=widgets.ListWidget(prefix_label=False))
    is_default = BooleanField(_l("Holds for everybody who has no other one"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.zone.choices = options((zone, zone.replace("_", " ")) for zone in zones())
        self.departments.choices = options((row.id, row.label) for row in db.session.scalars(accounts.departments()))

    def validate_region(self, field: StringField) -> None:
        field.data = (field.data or "").upper()
        if field.data and not is_known(field.data):
            raise ValidationError(_("No public holidays are known for this region. Write the country in two letters, and its part after a hyphen."))

    @property
    def hours(self) -> list[HoursField]:
        return [self[f"day{number}"] for number in range(7)]

    def fill(self, row: OfficeHours) -> None:
        row.name, row.zone, row.region, row.eves = self.name.data, self.zone.data, self.region.data, self.eves.data
        row.week = [[list(span) for span in field.data or ()] for field in self.hours]
        row.changed()
        db.session.add(row)
        db.session.flush()
        row.used_by(self.departments.data or ())
        if self.is_default.data:
            row.make_default()


def told(row: OfficeHours) -> dict[str, Any]:
    """What the form shows of a calendar."""
    hours = {f"day{number}": spans for number, spans in enumerate(row.week)}
    return {"name": row.name, "zone": row.zone, "region": row.region, "eves": row.eves, "is_default": row.is_default, "departments": row.departments(), **hours}


class OwnDayForm(FlaskForm):
    """A day unlike others."""

    day = DateField(_l("Day"), validators=[InputRequired(_l("Give a day."))])
    occasion = text(_l("Occasion"), 80, description=_l("For example: company outing, stocktaking."))
    hours = HoursField(_l("Working hours"), description=_l("Empty: the day is free."))
