"""Who is told that a promised time is about to pass, and when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from crm.inbox.clocks.telling import tell_due
from crm.notifications.models import Notification
from tests.inbox.clocks.test_recounting import policy as policy  # the fixture


def told(db) -> list[tuple[int, str]]:
    return [(row.user_id, row.kind) for row in db.session.scalars(select(Notification).where(Notification.kind.like("sla%")).order_by(Notification.id))]


@pytest.fixture
def given(policy, arrive, agent, db):
    conversation = arrive()
    conversation.assignee_id = agent.id
    db.session.commit()
    return conversation


def test_whoever_has_it_is_told_once_before_and_once_after(given, agent, clock, db):
    tell_due()
    assert told(db) == []
    clock.set(2026, 11, 23, 12, 31)
    assert (tell_due(), tell_due()) == (1, 0)
    assert told(db) == [(agent.id, "sla_warning")]
    clock.set(2026, 11, 23, 13, 31)
    assert (tell_due(), tell_due()) == (1, 0)
    assert told(db) == [(agent.id, "sla_warning"), (agent.id, "sla_passed")]
    assert given.first_response_breached_at == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


def test_nobody_is_told_outside_working_hours(given, agent, clock, db):
    clock.set(2026, 11, 23, 20)
    tell_due()
    assert told(db) == []
    assert given.tell_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
    clock.set(2026, 11, 24, 8)
    tell_due()
    assert told(db) == [(agent.id, "sla_passed")]


def test_without_an_assignee_the_lead_of_the_department_is_told(policy, arrive, mailbox, service, agent, lead, clock, db):
    mailbox.department_id = service.id
    arrive()
    clock.set(2026, 11, 23, 12, 31)
    tell_due()
    assert told(db) == [(lead.id, "sla_warning")]


def test_a_conversation_of_nobody_is_not_looked_at_each_minute(policy, arrive, clock, db):
    conversation = arrive()
    clock.set(2026, 11, 26, 9)
    assert (tell_due(), tell_due()) == (1, 0)
    assert (told(db), conversation.tell_at, conversation.told) == ([], None, "abcd")


def test_answered_in_time_nobody_is_told(given, agent, clock, db):
    from crm.inbox import replying

    replying.reply(given, agent, "Guten Tag")
    db.session.commit()
    clock.set(2026, 11, 25, 13, 31)
    assert (tell_due(), told(db)) == (0, [])
