"""The clocks of a conversation as a pure function of what happened and of a calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from crm.calendars import Calendar
from crm.inbox.clocks.counting import Clock, Moment, count, tell

WEEK = (((540, 750), (780, 1050)),) * 5 + ((), ())
OFFICE = Calendar(WEEK, "Europe/Berlin", "DE-BE")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In Berlin, of November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def clock(kind: str, *moments: tuple, status: str = "open", now: datetime = datetime(2026, 11, 27, 16, tzinfo=UTC), target: float | None = 4, warning: float = 1, calendar: Calendar = OFFICE, **options) -> Clock:
    story = tell([Moment(*moment) for moment in moments], status, now)
    return count(kind, story, calendar, now, hours(target) if target else None, hours(warning), **options)


HEARD = (at(23, 16), "heard")


def test_a_promise_of_four_hours_on_monday_at_four_is_due_on_tuesday_after_lunch_began():
    first = clock("first_response", HEARD, now=at(23, 17))
    assert (first.state, first.spent, first.left) == ("running", hours(1), hours(3))
    assert (first.due, first.warn_at) == (at(24, 11, 30), at(24, 10, 30))
    assert first.breached_at(at(23, 17)) is None


def test_the_first_answer_ends_the_first_clock_and_the_second_changes_nothing():
    first = clock("first_response", HEARD, (at(24, 10), "replied"), (at(25, 10), "replied"), status="waiting")
    assert (first.state, first.spent, first.ended) == ("met", hours(2.5), at(24, 10))
    assert first.breached_at(at(27, 17)) is None


def test_an_answer_after_the_time_promised_broke_it_when_it_was_up():
    first = clock("first_response", HEARD, (at(26, 10), "replied"), status="waiting")
    assert first.breached_at(at(27, 17)) == at(24, 11, 30)


def test_waiting_for_the_customer_does_not_count():
    moments = (HEARD, (at(23, 17), "replied"), (at(25, 9), "reopened", "answered"), (at(25, 11), "resolved"))
    whole = clock("resolution", *moments, status="resolved", target=8)
    assert (whole.state, whole.spent) == ("met", hours(3))
    assert [(line.phase.state, line.counted) for line in whole.lines] == [("open", True), ("waiting", False), ("open", True)]


def test_a_clock_that_stands_still_is_due_at_no_moment():
    paused = clock("resolution", HEARD, (at(23, 17), "replied"), status="waiting")
    assert (paused.state, paused.due, paused.warn_at) == ("paused", None, None)


def test_snoozing_pauses_only_if_the_policy_says_so():
    moments = (HEARD, (at(23, 17), "snoozed"))
    assert clock("resolution", *moments, status="snoozed", now=at(24, 11)).spent == hours(3.5)
    assert clock("resolution", *moments, status="snoozed", now=at(24, 11), pauses_snoozed=True).spent == hours(1)


def test_reopened_the_resolution_clock_goes_on_and_the_first_one_stays():
    moments = (HEARD, (at(23, 17), "replied"), (at(23, 17, 15), "resolved"), (at(25, 9), "reopened"))
    assert clock("resolution", *moments, now=at(25, 10)).spent == hours(2)
    assert clock("first_response", *moments, now=at(25, 10)).ended == at(23, 17)
    again = clock("resolution", *moments, (at(25, 12), "resolved"), status="resolved")
    assert (again.state, again.spent, again.ended) == ("met", hours(4), at(25, 12))


def test_resolved_without_an_answer_the_first_clock_was_dropped():
    first = clock("first_response", HEARD, (at(23, 17), "resolved"), status="resolved")
    assert (first.state, first.ended) == ("dropped", at(23, 17))


def test_what_we_began_has_no_clock_until_the_customer_asks_for_something():
    assert clock("resolution", (at(23, 10), "replied"), status="waiting").state == "none"
    later = clock("first_response", (at(23, 10), "replied"), (at(24, 9), "heard"), now=at(24, 10))
    assert (later.state, later.spent) == ("running", hours(1))


def test_a_state_nothing_in_the_history_explains_is_believed():
    story = tell([Moment(*HEARD)], "resolved", at(24, 10))
    assert count("resolution", story, OFFICE, at(27, 17)).spent == hours(2.5)


def test_without_working_time_nothing_is_due_and_it_says_why():
    never = clock("first_response", HEARD, calendar=Calendar(((),) * 7))
    assert (never.due, never.why_never, never.spent) == (None, "empty", hours(0))


WHATS = st.sampled_from(["heard", "replied", "waiting", "snoozed", "resolved", "reopened", "thanked"])
HISTORIES = st.lists(st.tuples(st.integers(0, 20_000), WHATS), max_size=12).map(
    lambda pairs: [Moment(at(1, 8) + timedelta(minutes=minute), what) for minute, what in sorted(pairs)])


@settings(deadline=None)
@given(HISTORIES, st.booleans())
def test_whatever_happens_the_ledger_adds_up(moments, pauses):
    story, now = tell(moments, "open", at(20, 10)), at(30, 10)
    for kind in ("first_response", "resolution"):
        counted = count(kind, story, OFFICE, now, hours(8), hours(1), pauses_snoozed=pauses)
        assert counted.spent == sum((line.length for line in counted.lines), timedelta())
        assert all(before.phase.end == after.phase.start for before, after in zip(counted.lines, counted.lines[1:], strict=False))
        if counted.state == "running":
            assert counted.due is not None
            assert (counted.due <= now) == (counted.spent >= hours(8))
