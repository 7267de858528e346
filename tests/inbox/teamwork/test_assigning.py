"""Who gets a conversation, and who is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm.accounts.preferences import set_preference
from crm.extensions import db
from crm.inbox import replying
from crm.inbox.teamwork.assigning import take_turns
from crm.inbox.teamwork.models import Turns
from crm.inbox.teamwork.watching import unwatch
from crm.notifications.models import Notification
from tests.inbox.conftest import events


@pytest.fixture
def conversation(arrive):
    return arrive("Mein Anschluss ist tot.", subject="Anschluss", message_id="<first@kunde.example>")


@pytest.fixture
def by_turns(mailbox, service):
    mailbox.department_id = service.id
    take_turns(mailbox, True)
    db.session.commit()
    return mailbox


def told(user, kind: str) -> list[str]:
    return list(db.session.scalars(select(Notification.text).where(Notification.user_id == user.id, Notification.kind == kind)))


def test_new_conversations_go_round_the_present_people_of_the_department(by_turns, arrive, agent, colleague, outsider, lead, clock):
    colleague.away_since = clock()
    assert [arrive(f"Frage {number}").assignee_id for number in range(3)] == [agent.id, lead.id, agent.id]
    colleague.away_since = None
    assert arrive("Noch eine").assignee_id == colleague.id
    assert len(told(agent, "assigned")) == 2


def test_nobody_present_leaves_it_unassigned(by_turns, arrive, agent):
    agent.deactivate()
    assert arrive("Frage").assignee_id is None


def test_an_answer_of_the_customer_takes_no_turn(by_turns, arrive, agent, colleague):
    first = arrive("Frage", message_id="<a@kunde.example>")
    arrive("Nachtrag", answers="<a@kunde.example>")
    assert first.assignee_id == agent.id
    assert arrive("Andere Frage").assignee_id == colleague.id


def test_without_the_setting_nobody_is_given_anything(arrive, agent, service, mailbox):
    mailbox.department_id = service.id
    assert arrive("Frage").assignee_id is None


def test_administrators_set_the_turns_of_a_mailbox(browse, admin, client, mailbox):
    boss, path = browse(admin), f"/settings/mailboxes/{mailbox.id}/turns"
    assert client.post(path).status_code == 403
    assert boss.get(path).status_code == 405
    assert boss.post(path).status_code == 303
    assert boss.post(path).status_code == 303
    assert db.session.get(Turns, mailbox.id) is not None
    assert "No longer by turns" in boss.get(f"/settings/mailboxes/{mailbox.id}").text
    assert boss.delete(path).status_code == 303
    assert db.session.get(Turns, mailbox.id) is None


def test_whoever_is_assigned_is_told_but_not_of_what_they_take_themselves(client, conversation, agent, colleague):
    client.post(f"/inbox/{conversation.id}/assignment", data={"assignee": colleague.id})
    assert told(colleague, "assigned") == [f"Assigned to you: Anschluss [#{conversation.id}]"]
    client.post(f"/inbox/{conversation.id}/assignment", data={"assignee": agent.id})
    assert told(agent, "assigned") == []


def test_given_to_a_department_its_people_are_told_and_a_stranger_loses_it(client, conversation, agent, colleague, outsider, service):
    conversation.assign(outsider, agent)
    answer = client.post(f"/inbox/{conversation.id}/department", data={"department": service.id})
    assert answer.status_code == 303
    assert (conversation.department_id, conversation.assignee_id) == (service.id, None)
    assert (len(told(colleague, "assigned")), told(agent, "assigned")) == (1, [])
    assert "handed" in events(conversation)


def test_undo_puts_department_and_assignee_back(client, conversation, agent, outsider, service):
    conversation.assign(outsider, agent)
    db.session.commit()
    client.post(f"/inbox/{conversation.id}/department", data={"department": service.id})
    from crm.accounts.models import UndoStep

    step = db.session.scalars(select(UndoStep).order_by(UndoStep.id.desc())).first()
    client.post(f"/undo/{step.id}")
    assert (conversation.department_id, conversation.assignee_id) == (None, outsider.id)


def test_an_unknown_department_changes_nothing(client, conversation):
    assert client.post(f"/inbox/{conversation.id}/department", data={"department": 99999}).status_code == 404
    assert conversation.department_id is None


def test_whoever_answers_first_has_it_unless_the_firm_says_otherwise(conversation, arrive, agent):
    replying.reply(conversation, agent, "Guten Tag")
    assert conversation.assignee_id == agent.id
    set_preference("assign_on_answer", False)
    db.session.commit()
    other = arrive("Andere Frage")
    replying.reply(other, agent, "Guten Tag")
    assert other.assignee_id is None


def test_one_says_that_one_is_away_and_back(client, agent):
    assert client.get("/account/absence").status_code == 405
    assert client.post("/account/absence").status_code == 303
    assert agent.away_since is not None
    assert "I am back" in client.get("/account").text
    client.delete("/account/absence")
    db.session.refresh(agent)
    assert agent.away_since is None


# — watching and mentions ——————————————————————————————————————————————————————————————————————————————


def answer(arrive):
    arrive("Immer noch tot.", answers="<first@kunde.example>")


def test_who_has_it_and_who_watches_it_is_told_of_the_customers_answer(browse, conversation, arrive, agent, colleague, outsider):
    conversation.assign(agent, None)
    assert browse(colleague).post(f"/inbox/{conversation.id}/watch").status_code == 303
    db.session.commit()
    answer(arrive)
    assert (len(told(agent, "answered")), len(told(colleague, "answered")), told(outsider, "answered")) == (1, 1, [])


def test_whoever_unwatches_hears_no_more_even_when_mentioned_again(client, conversation, arrive, agent, colleague):
    conversation.assign(agent, None)
    assert client.delete(f"/inbox/{conversation.id}/watch").status_code == 303
    conversation.note(colleague, "@Anna sieh mal")
    db.session.commit()
    answer(arrive)
    assert told(agent, "answered") == []


def test_a_note_mentions_by_name_first_name_or_address(conversation, agent, colleague, outsider, lead):
    conversation.note(agent, "@Carl Colleague, bitte ansehen. @lena @Olga, @Anna @nobody x@olga.example")
    assert (len(told(colleague, "mention")), len(told(lead, "mention")), len(told(outsider, "mention")), told(agent, "mention")) == (1, 1, 1, [])


def test_a_name_two_people_have_mentions_neither(conversation, make, agent, colleague):
    make.user(name="Carl Second")
    conversation.note(agent, "@Carl bitte")
    assert told(colleague, "mention") == []


def test_a_reply_mentions_nobody(conversation, agent, colleague):
    replying.reply(conversation, agent, "@Carl bitte")
    assert told(colleague, "mention") == []


def test_a_longer_word_is_not_a_name(conversation, agent, colleague):
    conversation.note(agent, "@Carlson und info@carl")
    assert told(colleague, "mention") == []


def test_who_is_mentioned_watches_from_then_on(conversation, arrive, agent, colleague):
    unwatch(conversation.id, agent)
    conversation.note(agent, "@Carl bitte")
    db.session.commit()
    answer(arrive)
    assert len(told(colleague, "answered")) == 1
