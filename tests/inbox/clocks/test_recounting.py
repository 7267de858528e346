"""Due times kept on conversations, in the transaction that changes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crm.calendars.defaults import create_defaults
from crm.inbox import replying
from crm.inbox.clocks.models import SlaPolicy
from crm.inbox.clocks.recounting import recount_outdated


def utc(*parts: int) -> datetime:
    return datetime(2026, 11, *parts, tzinfo=UTC)


@pytest.fixture
def policy(db, clock):
    """Four hours for an answer, sixteen for the rest; Mon–Fri 9–12:30 and 13–17:30 in Berlin."""
    create_defaults()
    clock.set(2026, 11, 23, 9)  # Monday, ten in Berlin
    row = SlaPolicy(name="Standard", first_response_minutes=240, resolution_minutes=960, warn_minutes=60)
    db.session.add(row)
    db.session.commit()
    return row


def test_a_mail_that_comes_in_has_its_due_times_at_once(policy, arrive):
    conversation = arrive()
    assert (conversation.first_response_due, conversation.resolution_due) == (utc(23, 13, 30), utc(25, 9))
    assert (conversation.clock_due, conversation.clock_kind, conversation.tell_at) == (utc(23, 13, 30), "first_response", utc(23, 12, 30))
    assert conversation.sla_policy_id == policy.id


def test_an_answer_stops_one_clock_and_pauses_the_other(policy, arrive, agent, clock, db):
    conversation = arrive()
    clock.advance(hours=1)
    replying.reply(conversation, agent, "Guten Tag")
    db.session.commit()
    assert (conversation.first_response_seconds, conversation.first_response_breached_at) == (3600, None)
    assert (conversation.resolution_due, conversation.clock_due, conversation.tell_at) == (None, None, None)


def test_a_reply_taken_back_lets_the_clock_run_on(policy, arrive, agent, clock, db):
    conversation = arrive()
    message = replying.reply(conversation, agent, "Guten Tag")
    db.session.commit()
    replying.unsend(message, agent)
    db.session.commit()
    assert (conversation.clock_due, conversation.first_response_seconds) == (utc(23, 13, 30), None)


def test_resolving_late_is_kept_as_broken_and_reopening_continues(policy, arrive, agent, clock, db):
    conversation = arrive()
    clock.set(2026, 11, 26, 9)
    conversation.resolve(agent)
    db.session.commit()
    assert conversation.resolution_breached_at == utc(25, 9)
    assert conversation.resolution_seconds == (7 + 8 + 8 + 1) * 3600
    clock.set(2026, 11, 27, 9)
    conversation.reopen(agent)
    db.session.commit()
    assert (conversation.resolution_seconds, conversation.clock_due) == (None, utc(25, 9))


def test_the_first_policy_that_fits_holds(policy, arrive, agent, db):
    urgent = SlaPolicy(name="Urgent", priority="urgent", first_response_minutes=30, position=-1)
    db.session.add(urgent)
    db.session.commit()
    conversation = arrive()
    assert conversation.sla_policy_id == policy.id
    conversation.prioritise("urgent", agent)
    db.session.commit()
    assert (conversation.sla_policy_id, conversation.first_response_due, conversation.resolution_due) == (urgent.id, utc(23, 9, 30), None)


def test_policies_choose_by_what_the_customer_is(policy, arrive, db):
    conversation = arrive()
    conversation.contact.lifecycle = "customer"
    db.session.add(SlaPolicy(name="Customers", lifecycle="customer", first_response_minutes=60, position=-1))
    db.session.commit()
    assert recount_outdated() == 1
    assert conversation.first_response_due == utc(23, 10)


def test_a_changed_calendar_makes_clocks_outdated_and_they_are_counted_anew(policy, arrive, db):
    conversation = arrive()
    assert recount_outdated() == 0
    office = create_defaults()
    office.set_day(datetime(2026, 11, 23).date(), "Outing")  # noqa: DTZ001
    db.session.commit()
    assert recount_outdated() == 1
    assert conversation.first_response_due == utc(24, 12, 30)


def test_without_a_policy_nothing_is_promised_but_times_are_kept(arrive, agent, clock, db):
    clock.set(2026, 11, 23, 9)
    conversation = arrive()
    assert conversation.first_response_due is None
    clock.advance(minutes=20)
    replying.reply(conversation, agent, "Guten Tag")
    db.session.commit()
    assert conversation.first_response_seconds == 1200
