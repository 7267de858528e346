from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask_babel import force_locale

from crm import clock as time
from crm import formatting as write


@pytest.fixture
def english(app, clock):
    with app.test_request_context(), force_locale("en"):
        yield clock


@pytest.fixture
def german(app, clock):
    with app.test_request_context(), force_locale("de"):
        yield clock


@pytest.mark.parametrize(("passed", "text"), [
    ({"seconds": 20}, "just now"), ({"minutes": 10}, "10 min ago"), ({"hours": 3}, "3 h ago"), ({"hours": 25}, "yesterday"),
    ({"days": 3}, "3 days ago"), ({"days": 30}, "22 Oct 2026"), ({"minutes": -10}, "in 10 min"), ({"days": -1}, "tomorrow"), ({"days": -3}, "in 3 days"),
])
def test_a_moment_is_told_by_its_distance_and_later_by_its_date(english, passed, text):
    assert write.ago(time.now() - timedelta(**passed)) == text


def test_days_are_counted_on_the_calendar_of_the_reader(english):
    english.set(2026, 11, 20, 23, 30)  # Saturday 00:30 in Berlin
    assert write.ago(time.now() - timedelta(hours=25)) == "2 days ago"


@pytest.mark.parametrize(("ahead", "text"), [(1, "in 14 h"), (2, "tomorrow"), (4, "in 3 days"), (31, "21 Dec 2026")])
def test_what_is_due_with_the_end_of_a_day_is_due_on_that_day(english, ahead, text):
    english.set(2026, 11, 21, 9, 0)  # 10:00 in Berlin
    assert write.ago(time.now().replace(hour=23) + timedelta(days=ahead - 1)) == text


def test_times_and_dates_are_german_for_germans(german):
    assert write.ago(time.now() - timedelta(minutes=10)) == "vor 10 Min."
    assert write.exact(time.now()) == "21.11.2026, 10:00"
    assert write.day(date(2026, 3, 1)) == "01.03.2026"
    assert write.day_heading(date(2026, 11, 19)) == "Donnerstag, 19. November 2026"
    assert write.day_heading(time.now()) == "Heute"


def test_a_moment_near_midnight_belongs_to_the_day_of_the_reader(english):
    assert write.day(english.set(2026, 6, 30, 22, 30)) == "1 Jul 2026"
    assert write.hour(english.time) == "00:30"


def test_numbers_and_money_follow_the_locale(app, clock):
    with app.test_request_context(), force_locale("de"):
        assert (write.number(1234567), write.number(1234.56, 1)) == ("1.234.567", "1.234,6")
        assert (write.money(Decimal("1234.50")), write.money(2000), write.money(-3)) == ("1.234,50\xa0€", "2.000\xa0€", "-3\xa0€")
        assert write.percent(0.345) == "34\xa0%"
    with app.test_request_context(), force_locale("en"):
        assert (write.number(1234567), write.money(1234.5), write.percent(0.345, 1)) == ("1,234,567", "€1,234.50", "34.5%")


def test_what_is_unknown_is_a_dash_and_not_a_zero(english):
    assert (write.number(None), write.money(None), write.percent(None), write.duration(None)) == ("–", "–", "–", "–")
    assert (write.ago(None), write.exact(None), write.day(None), write.when(None)) == ("", "", "", "")


@pytest.mark.parametrize(("seconds", "text"), [(45, "45 s"), (720, "12 min"), (7500, "2 h 5 min"), (7200, "2 h"), (273600, "3 d 4 h")])
def test_a_length_of_time_has_its_two_largest_units(english, seconds, text):
    assert write.duration(seconds) == write.duration(timedelta(seconds=seconds)) == text


def test_a_bounded_count_says_that_there_are_more(english):
    assert (write.bounded(1000), write.bounded(1001), write.bounded(12)) == ("1,000", "1,000+", "12")


def test_a_time_element_carries_the_exact_time(english):
    html = write.when(time.now() - timedelta(minutes=10))
    assert html == '<time datetime="2026-11-21T08:50:00+00:00" title="21 Nov 2026, 09:50" data-ago>10 min ago</time>'


def test_the_language_can_change_within_one_request(app, clock):
    with app.test_request_context():
        with force_locale("de"):
            german = write.exact(time.now())
        with force_locale("en"):
            assert write.exact(time.now()) != german


@pytest.mark.parametrize(("name", "letters"), [("Dr. Anna Müller", "AM"), ("Bo", "B"), ("", "?"), (None, "?"), ("Jean-Luc de la Vallée", "JV")])
def test_initials_are_of_the_first_and_last_name(name, letters):
    assert write.initials(name) == letters
