"""The settings pages of calendars, and which calendar holds for whom."""

from __future__ import annotations

from datetime import date

import pytest

from crm.accounts.models import User
from crm.calendars import Calendar, calendar_for
from crm.calendars.defaults import create_defaults
from crm.calendars.forms import read_spans, write_spans
from crm.calendars.models import USUAL, USUAL_WEEK, OfficeHours

FORM = {"name": "Hotline", "zone": "Europe/Vienna", "region": "at-9", "eves": "off", "day0": "8-12, 13:30–18", "day5": "10.00 bis 14.00"}


@pytest.fixture
def office(db):
    row = create_defaults()
    db.session.commit()
    return row


@pytest.fixture
def owner(browse, admin):
    return browse(admin)


def test_without_a_calendar_usual_hours_hold(app):
    calendar = calendar_for(None)
    assert (calendar.week, calendar.zone, calendar.region) == (USUAL_WEEK, "Europe/Berlin", "DE-BE")


def test_a_department_goes_by_its_own_calendar_and_the_others_by_the_default_one(db, make, office, owner):
    service, sales = make.department("service"), make.department("sales")
    owner.post("/settings/calendars", data=FORM | {"departments": [service.id]})
    assert calendar_for(service).name == "Hotline"
    assert calendar_for(sales).ident == calendar_for(None).ident == office.id
    assert calendar_for(User(department_id=service.id)).week[0] == ((480, 720), (810, 1080))


def test_hours_are_read_as_people_write_them_and_written_back(owner, db, office):
    owner.post("/settings/calendars", data=FORM)
    row = db.session.query(OfficeHours).filter_by(name="Hotline").one()
    assert (row.week[0], row.week[1], row.week[5], row.region) == ([[480, 720], [810, 1080]], [], [[600, 840]], "AT-9")
    assert "8:00–12:00, 13:30–18:00" in owner.get(f"/settings/calendars/{row.id}").text
    assert write_spans(read_spans("9–12:30; 13–17:30 ")) == write_spans(USUAL)


@pytest.mark.parametrize("wrong", ["nine to five", "9-8", "9-25", "9-12, 11-13", "9:70-12"])
def test_hours_nobody_can_work_are_refused_with_a_word(owner, db, office, wrong):
    answer = owner.post("/settings/calendars", data=FORM | {"day0": wrong})
    assert answer.status_code == 422
    assert "day0-error" in answer.text
    assert wrong in answer.text
    assert db.session.query(OfficeHours).count() == 1


def test_a_region_without_known_holidays_is_refused(owner, db, office):
    answer = owner.post("/settings/calendars", data=FORM | {"region": "DE-XX"})
    assert answer.status_code == 422
    assert "region-error" in answer.text


def test_a_change_holds_at_once(owner, db, office):
    assert calendar_for(None).week[5] == ()
    owner.post(f"/settings/calendars/{office.id}", data=FORM | {"is_default": "y"})
    assert calendar_for(None).week[5] == ((600, 840),)


def test_days_of_our_own_come_and_go(owner, db, office):
    path = f"/settings/calendars/{office.id}"
    owner.post(f"{path}/days", data={"day": "2026-11-27", "occasion": "Stocktaking", "hours": ""})
    owner.post(f"{path}/days", data={"day": "2026-11-28", "occasion": "Open day", "hours": "10-16"})
    calendar = calendar_for(None)
    assert (calendar.spans(date(2026, 11, 27)), calendar.spans(date(2026, 11, 28))) == ((), ((600, 960),))
    shown = owner.get(f"{path}?year=2026").text
    assert "Stocktaking" in shown
    assert "10:00–16:00" in shown
    assert "Christmas" in shown
    owner.delete(f"{path}/days/{office.days[0].id}")
    assert calendar_for(None).spans(date(2026, 11, 27)) == USUAL


def test_a_day_without_a_date_is_refused(owner, office):
    answer = owner.post(f"/settings/calendars/{office.id}/days", data={"day": "soon"})
    assert answer.status_code == 422
    assert "day-error" in answer.text
    assert office.days == []


def test_the_default_calendar_stays_and_another_can_be_removed(owner, db, office):
    owner.post("/settings/calendars", data=FORM)
    other = db.session.query(OfficeHours).filter_by(name="Hotline").one()
    owner.delete(f"/settings/calendars/{office.id}")
    owner.delete(f"/settings/calendars/{other.id}")
    assert db.session.query(OfficeHours).one() is office


def test_only_administrators_come_here(browse, lead, office):
    client = browse(lead)
    for path in ("/settings/calendars", "/settings/calendars/new", f"/settings/calendars/{office.id}"):
        assert client.get(path).status_code == 403
    assert client.post("/settings/calendars", data=FORM).status_code == 403
    assert client.get(f"/settings/calendars/{office.id}/days").status_code == 405


def test_a_calendar_is_read_once_per_edition(db, office, statements):
    calendar_for(None)
    with statements() as seen:
        assert isinstance(calendar_for(None), Calendar)
    assert len(seen) == 1
