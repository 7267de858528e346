"""Business time as a pure function of a calendar: clocks that change, lunch, holidays, no working time at all."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.calendars.business_time import ALWAYS, MIDNIGHT, Calendar

BERLIN = ZoneInfo("Europe/Berlin")
LUNCH = ((540, 750), (780, 1050))
OFFICE = Calendar((LUNCH,) * 5 + ((), ()), "Europe/Berlin", "DE-BE", "half")
ROUND_THE_CLOCK = Calendar(ALWAYS, "Europe/Berlin")
NEVER = Calendar(((),) * 7, "Europe/Berlin")
NIGHT = Calendar((((60, 180),),) * 7, "Europe/Berlin")  # 1:00–3:00


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_lunch_does_not_count():
    assert OFFICE.between(berlin(2026, 11, 23, 12), berlin(2026, 11, 23, 14)) == hours(1.5)
    assert OFFICE.add(berlin(2026, 11, 23, 12), hours(1)) == berlin(2026, 11, 23, 13, 30)
    assert not OFFICE.is_open(berlin(2026, 11, 23, 12, 30))
    assert OFFICE.next_open(berlin(2026, 11, 23, 12, 45)) == berlin(2026, 11, 23, 13)


def test_an_amount_that_ends_with_the_day_is_due_then_and_not_next_morning():
    assert OFFICE.add(berlin(2026, 11, 23, 9), hours(8)) == berlin(2026, 11, 23, 17, 30)


def test_a_weekend_is_skipped():
    assert OFFICE.add(berlin(2026, 11, 21, 10), hours(2)) == berlin(2026, 11, 23, 11)


def test_holidays_of_the_region_are_skipped():
    assert OFFICE.holiday(date(2026, 3, 8))  # women's day, in Berlin only
    assert Calendar(OFFICE.week, "Europe/Berlin", "DE-BY").holiday(date(2026, 3, 8)) == ""
    assert OFFICE.add(berlin(2026, 4, 2, 17), hours(1)) == berlin(2026, 4, 7, 9, 30)  # from Maundy Thursday past Easter


def test_a_half_day_ends_at_noon():
    assert OFFICE.spans(date(2026, 12, 24)) == ((540, 720),)
    assert Calendar(OFFICE.week, eves="off").spans(date(2026, 12, 31)) == ()
    assert Calendar(OFFICE.week, eves="work").spans(date(2026, 12, 31)) == LUNCH


def test_days_of_our_own_come_before_everything_else():
    own = {date(2026, 11, 23): (), date(2026, 12, 25): ((600, 720),)}
    calendar = Calendar(OFFICE.week, "Europe/Berlin", "DE-BE", own=own)
    assert not calendar.is_open(berlin(2026, 11, 23, 10))
    assert calendar.is_open(berlin(2026, 12, 25, 11))


@pytest.mark.parametrize(("night", "length"), [((2026, 3, 29), 1), ((2026, 10, 25), 3), ((2026, 11, 22), 2)])
def test_in_the_nights_when_clocks_change_hours_last_as_long_as_they_do(night, length):
    midnight = berlin(*night)
    assert NIGHT.between(midnight, midnight + hours(20)) == hours(length)


def test_what_begins_in_the_hour_that_is_skipped_begins_when_the_clocks_have_jumped():
    calendar = Calendar((((150, 240),),) * 7, "Europe/Berlin")  # 2:30–4:00
    assert calendar.next_open(berlin(2026, 3, 29)) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert calendar.between(berlin(2026, 3, 29), berlin(2026, 3, 30)) == hours(1)


def test_two_spans_that_meet_in_the_hour_that_comes_twice_count_it_twice_only():
    calendar = Calendar((((60, 150), (150, 240)),) * 7, "Europe/Berlin")  # 1:00–2:30, 2:30–4:00
    assert calendar.between(berlin(2026, 10, 25), berlin(2026, 10, 26)) == hours(4)


def test_round_the_clock_business_time_is_time():
    assert ROUND_THE_CLOCK.add(berlin(2026, 3, 28, 12), hours(48)) == berlin(2026, 3, 28, 12) + hours(48)
    assert ROUND_THE_CLOCK.is_open(berlin(2026, 3, 28, 0))


def test_without_working_time_nothing_is_ever_due_and_it_says_why():
    monday = berlin(2026, 11, 23)
    assert (NEVER.add(monday, hours(1)), NEVER.next_open(monday), NEVER.why_never) == (None, None, "empty")
    assert NEVER.between(monday, monday + timedelta(days=5000)) == timedelta()
    once = Calendar(((),) * 7, "Europe/Berlin", own={date(2026, 11, 24): ((540, 600),)})
    assert once.add(monday, hours(1)) == berlin(2026, 11, 24, 10)
    assert (once.add(monday, hours(2)), once.why_never) == (None, "past")


def test_the_end_of_the_calendar_is_no_fault():
    assert OFFICE.add(berlin(2026, 1, 1), timedelta(days=100_000)) is None


def test_ten_years_ahead_are_counted_quickly():
    calendar = Calendar(OFFICE.week, "Europe/Berlin", "DE-BE")
    began = time.process_time()
    due = calendar.add(berlin(2026, 1, 1), hours(8 * 2500))
    assert due is not None
    assert due.year == 2035
    assert calendar.between(berlin(2026, 1, 1), due) == hours(20_000)
    assert time.process_time() - began < 3  # a fraction of it on an idle machine


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 — as hypothesis wants its bounds
SPANS = st.lists(st.integers(0, MIDNIGHT // 15), max_size=6, unique=True).map(
    lambda marks: tuple((a * 15, b * 15) for a, b in zip(*[iter(sorted(marks))] * 2, strict=False)))
CALENDARS = st.builds(Calendar, st.tuples(*[SPANS] * 7), st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kolkata"]),
                      st.sampled_from(["", "DE-BE", "AT"]), st.sampled_from(["work", "half", "off"]))


@settings(deadline=None)
@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(), timedelta(days=40)))
def test_adding_what_lies_between_two_moments_leads_to_the_last_open_one(calendar, start, distance):
    end = start + distance
    length = calendar.between(start, end)
    due = calendar.add(start, length)
    assert due is not None
    assert due <= end
    assert calendar.between(start, due) == length
    assert calendar.between(due, end) == timedelta()


@settings(deadline=None)
@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(hours=200)))
def test_as_much_time_lies_between_as_was_added(calendar, start, length):
    due = calendar.add(start, length)
    if due is None:
        assert calendar.why_never or calendar.next_open(start + timedelta(days=40 * 366)) is None
    else:
        assert calendar.between(start, due) == length


@settings(deadline=None)
@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(), timedelta(days=20)), st.timedeltas(timedelta(), timedelta(days=20)))
def test_time_adds_up_and_never_exceeds_the_clock(calendar, start, first, second):
    middle, end = start + first, start + first + second
    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(start, end) <= end - start


@settings(deadline=None)
@given(CALENDARS, MOMENTS)
def test_work_begins_when_it_says(calendar, at):
    opens = calendar.next_open(at)
    assert opens is None or (calendar.is_open(opens) and opens >= at and calendar.between(at, opens) == timedelta())
