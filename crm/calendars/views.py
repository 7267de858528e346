"""Settings: when we work."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, request
from flask_babel import gettext as _

from crm import clock, fields, web
from crm.accounts.once import leads_to, once
from crm.accounts.trail import audit
from crm.calendars import queries
from crm.calendars.business_time import Calendar
from crm.calendars.forms import DAYS, CalendarForm, OwnDayForm, told, write_spans
from crm.calendars.models import USUAL_WEEK, OfficeHours, OwnDay
from crm.calendars.public_holidays import in_words
from crm.extensions import db
from crm.frame import needs

blueprint = Blueprint("calendars", __name__)


@blueprint.get("/settings/calendars")
@needs("settings")
def index():
    rows = db.session.scalars(queries.calendars()).all()
    return web.page("calendars/index.html", calendars=rows, bars={row.id: bars(row.calendar) for row in rows}, days=DAYS)


@blueprint.get("/settings/calendars/new")
@needs("settings")
def new():
    settings = current_app.config["SETTINGS"]
    hours = {f"day{number}": spans for number, spans in enumerate(USUAL_WEEK)}
    form = CalendarForm(formdata=None, data={"zone": settings.timezone, "region": settings.region, "eves": "half", **hours})
    return web.page("calendars/edit.html", form=form, row=None)


@blueprint.post("/settings/calendars")
@needs("settings")
@once
def create():
    form = CalendarForm()
    if not form.validate():
        return web.invalid("calendars/edit.html", form=form, row=None)
    row = OfficeHours(is_default=False)
    return saved(form, row, "calendar.created")


@blueprint.get("/settings/calendars/<int:ident>")
@needs("settings")
def show(ident: int):
    row = found(ident)
    return web.page("calendars/edit.html", form=CalendarForm(formdata=None, data=told(row)), **context(row))


@blueprint.post("/settings/calendars/<int:ident>")
@needs("settings")
def edit(ident: int):
    row, form = found(ident), CalendarForm()
    if not form.validate():
        return web.invalid("calendars/edit.html", form=form, **context(row))
    return saved(form, row, "calendar.changed")


@blueprint.delete("/settings/calendars/<int:ident>")
@needs("settings")
def remove(ident: int):
    row = found(ident)
    row.remove()
    audit("calendar.removed", row, name=row.name)
    db.session.commit()
    web.toast(_("The calendar “%(name)s” is gone.", name=row.name))
    return web.done("/settings/calendars")


@blueprint.post("/settings/calendars/<int:ident>/days")
@needs("settings")
@once
def add_day(ident: int):
    row, form = found(ident), OwnDayForm()
    if not form.validate():
        return web.invalid("calendars/edit.html", form=CalendarForm(formdata=None, data=told(row)), **(context(row) | {"day_form": form}))
    row.set_day(form.day.data, form.occasion.data or "", form.hours.data or ())
    audit("calendar.changed", row, day=form.day.data.isoformat())
    location = leads_to(f"/settings/calendars/{ident}?year={form.day.data.year}")
    db.session.commit()
    return web.done(location)


@blueprint.delete("/settings/calendars/<int:ident>/days/<int:day>")
@needs("settings")
def drop_day(ident: int, day: int):
    row = found(ident)
    own = next((own for own in row.days if own.id == day), None) or abort(404)
    row.drop_day(own)
    audit("calendar.changed", row, day=own.day.isoformat())
    db.session.commit()
    return web.done(f"/settings/calendars/{ident}?year={own.day.year}")


def saved(form: CalendarForm, row: OfficeHours, action: str):
    form.fill(row)
    audit(action, row, name=row.name)
    location = leads_to(f"/settings/calendars/{row.id}")
    db.session.commit()
    web.toast(_("Saved."))
    return web.done(location)


def found(ident: int) -> OfficeHours:
    return db.session.get(OfficeHours, ident) or abort(404)


def context(row: OfficeHours) -> dict[str, Any]:
    """What stands below the form: the week as bars, the days of a year that are unlike others."""
    year = min(max(fields.ident_or_none(request.args.get("year")) or clock.today(row.zone).year, 1990), 2100)
    calendar = row.calendar
    return {"row": row, "bars": bars(calendar), "days": DAYS, "year": year, "listed": listed(calendar, row.days, year), "day_form": OwnDayForm(formdata=None)}


def bars(calendar: Calendar) -> list[list[tuple[int, int]]]:
    """The week in quarters of an hour: where each span begins and how long it is."""
    return [[(start // 15, max(1, (end - start) // 15)) for start, end in spans] for spans in calendar.week]


def listed(calendar: Calendar, own: list[OwnDay], year: int) -> list[tuple[date, str, str, OwnDay | None]]:
    """The days of a year unlike others: day, occasion, hours ("" for none), the row if it is one of ours."""
    ours = {row.day: row for row in own if row.day.year == year}
    names = dict(in_words(calendar.region, year)) if calendar.region else {}
    eves = {date(year, 12, day): _("24 and 31 December") for day in (24, 31)} if calendar.eves != "work" else {}
    found = eves | names | {day: row.name or _("Day of our own") for day, row in ours.items()}
    return [(day, found[day], write_spans(calendar.spans(day)), ours.get(day)) for day in sorted(found)]
