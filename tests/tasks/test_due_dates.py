"""Dates as people write them. Now is Saturday, 21 November 2026, 10:00 in Berlin."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.dates import due_dates
from crm.dates.due_dates import Unreadable, at_time, day_of, end_of_day, quick, read, split

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"

DAYS = {
    "in 3 Tagen": date(2026, 11, 24), "in 2 weeks": date(2026, 12, 5), "3 Tage": date(2026, 11, 24), "3d": date(2026, 11, 24),
    "2w": date(2026, 12, 5), "in einer Woche": date(2026, 11, 28), "in a month": date(2026, 12, 21), "heute": date(2026, 11, 21),
    "morgen": date(2026, 11, 22), "übermorgen": date(2026, 11, 23), "Uebermorgen": date(2026, 11, 23), "tomorrow": date(2026, 11, 22),
    "nächsten Freitag": date(2026, 11, 27), "next friday": date(2026, 11, 27), "am Montag": date(2026, 11, 23), "Sa": date(2026, 11, 28),
    "freitag nächste woche": date(2026, 11, 27), "nächste Woche": date(2026, 11, 23), "next month": date(2026, 12, 1),
    "24.12.": date(2026, 12, 24), "24.12": date(2026, 12, 24), "24. 12. 2027": date(2027, 12, 24), "1.3.": date(2027, 3, 1), "12/24": date(2026, 12, 24),
    "24. Dezember": date(2026, 12, 24), "Dec 24": date(2026, 12, 24), "2026-12-01": date(2026, 12, 1), "Mo., 30.11.": date(2026, 11, 30),
    "eow": date(2026, 11, 27), "Ende der Woche": date(2026, 11, 27), "end of month": date(2026, 11, 30), "Monatsende": date(2026, 11, 30),
}
MOMENTS = {
    "fr 14:30": datetime(2026, 11, 27, 13, 30, tzinfo=UTC), "morgen 14 Uhr": datetime(2026, 11, 22, 13, 0, tzinfo=UTC),
    "morgen um 14:30": datetime(2026, 11, 22, 13, 30, tzinfo=UTC), "tomorrow 3pm": datetime(2026, 11, 22, 14, 0, tzinfo=UTC),
    "14:30": datetime(2026, 11, 21, 13, 30, tzinfo=UTC), "8:00": datetime(2026, 11, 22, 7, 0, tzinfo=UTC),
    "in 2 Stunden": datetime(2026, 11, 21, 11, 0, tzinfo=UTC), "in 30 min": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    "24.12. um 14 Uhr": datetime(2026, 12, 24, 13, 0, tzinfo=UTC), "fr., 14.30 Uhr": datetime(2026, 11, 27, 13, 30, tzinfo=UTC),
    "morgen früh": datetime(2026, 11, 22, 8, 0, tzinfo=UTC), "bis Mittwoch 10:00": datetime(2026, 11, 25, 9, 0, tzinfo=UTC),
}


@pytest.mark.parametrize(("text", "day"), DAYS.items(), ids=list(DAYS))
def test_a_day_is_read_and_ends_at_midnight_where_the_owner_works(text, day):
    due = quick(text, NOW, BERLIN)
    assert due is not None
    assert (due.day, due.all_day, due.at) == (day, True, end_of_day(day, BERLIN))


@pytest.mark.parametrize(("text", "moment"), MOMENTS.items(), ids=list(MOMENTS))
def test_a_time_of_day_is_read(text, moment):
    due = quick(text, NOW, BERLIN)
    assert due is not None
    assert (due.at, due.all_day) == (moment, False)


@pytest.mark.parametrize("text", ["gestern", "1.1.2020", "heute 8:00"])
def test_the_past_is_refused_with_words(app, text):
    with pytest.raises(Unreadable, match="has passed"):
        read(text, NOW, BERLIN)


@pytest.mark.parametrize("text", ["", "soonish", "32.13.", "24.12.99999", "x" * 5000, "in 9999999999 days", "😀"])
def test_what_is_no_date_is_refused_with_words(app, text):
    with pytest.raises(Unreadable):
        read(text, NOW, BERLIN)


def test_what_the_rules_do_not_know_is_left_to_dateparser(app):
    assert quick("25 décembre 2026", NOW, BERLIN) is None
    assert read("25th of Dec., 2026", NOW, BERLIN).day == date(2026, 12, 25)


@given(st.text(max_size=80))
def test_no_text_breaks_the_rules(text):
    quick(text, NOW, BERLIN)
    split(text, NOW, BERLIN)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 30)), st.sampled_from([BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]))
def test_an_all_day_task_keeps_its_calendar_day(day, zone):
    assert day_of(end_of_day(day, zone), zone) == day


def test_the_day_of_the_spring_night_ends_after_23_hours():
    assert end_of_day(date(2026, 3, 29), BERLIN) - end_of_day(date(2026, 3, 28), BERLIN) == due_dates.timedelta(hours=23)


def test_the_day_of_the_autumn_night_ends_after_25_hours():
    assert end_of_day(date(2026, 10, 25), BERLIN) - end_of_day(date(2026, 10, 24), BERLIN) == due_dates.timedelta(hours=25)


def test_tomorrow_at_nine_is_nine_on_the_wall_after_both_nights():
    for night in (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)):
        due = quick("morgen 9:00", night, BERLIN)
        assert due is not None
        assert due.at.astimezone(due_dates.ZoneInfo(BERLIN)).time() == time(9)


def test_a_time_the_spring_night_skips_is_the_moment_after_the_gap():
    assert at_time(date(2026, 3, 29), time(2, 30), BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_two_hours_over_the_spring_night_are_two_hours():
    late = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    due = quick("in 2 hours", late, BERLIN)
    assert due is not None
    assert due.at == datetime(2026, 3, 29, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(("text", "title", "day"), [
    ("Angebot nachfassen morgen 14:00", "Angebot nachfassen", date(2026, 11, 22)),
    ("Rückruf in 3 Tagen", "Rückruf", date(2026, 11, 24)),
    ("tomorrow call Bob", "call Bob", date(2026, 11, 22)),
    ("Vertrag prüfen bis Freitag", "Vertrag prüfen", date(2026, 11, 27)),
])
def test_a_date_at_either_end_of_a_title_is_taken_out_of_it(text, title, day):
    rest, due = split(text, NOW, BERLIN)
    assert due is not None
    assert (rest, due.day) == (title, day)


@pytest.mark.parametrize("text", ["Call Mo", "Send 3 samples", "Meeting with May", "Buy", ""])
def test_a_title_without_a_date_stays_whole(text):
    assert split(text, NOW, BERLIN) == (text, None)
