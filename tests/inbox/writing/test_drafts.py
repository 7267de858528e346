"""Nothing that was typed or chosen is lost: text, files and copies stay with the draft until they are sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from crm.extensions import db
from crm.inbox import drafting, replying
from crm.inbox.models import Draft
from crm.inbox.scheduling import planning
from crm.inbox.scheduling.models import ScheduledReply
from tests.inbox.conftest import events, messages

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def conversation(arrive, clock):
    return arrive("Guten Tag, mein Anschluss ist tot.", message_id="<first@kunde.example>")


def plan(conversation, by):
    row = planning.plan(conversation, by, "Wir melden uns.", MONDAY, cc=["chef@kunde.example"], uploads=[("plan.txt", "text/plain", b"Plan")])
    db.session.commit()
    return row


def draft() -> Draft:
    return db.session.query(Draft).one()


def send(client, conversation, **data):
    return client.post(f"/inbox/{conversation.id}/messages", data={"body": "Wir melden uns.", **data})


def a_file() -> tuple[BytesIO, str]:
    return (BytesIO(b"Rechnung"), "rechnung.txt")


def test_spam_stops_the_planned_reply_and_undoing_it_finds_the_text_again(client, conversation, agent):
    row = plan(conversation, agent)
    client.post(f"/inbox/{conversation.id}/spam")
    assert (row.delivery.state, row.settled_at is not None, draft().body) == ("cancelled", True, "Wir melden uns.")
    assert "marked this as spam: the reply planned for" in client.get(f"/inbox/{conversation.id}").text
    assert agent.unread_notifications == 0  # who did it knows
    client.delete(f"/inbox/{conversation.id}/spam")
    assert "Wir melden uns." in client.get(f"/inbox/{conversation.id}").text


def test_who_planned_the_reply_is_told_when_a_colleague_says_it_is_spam(conversation, agent, colleague):
    plan(conversation, agent)
    conversation.mark_spam(colleague)
    conversation.mark_spam(colleague)
    assert (agent.unread_notifications, colleague.unread_notifications, events(conversation).count("unplanned")) == (1, 0, 1)


def test_a_planned_reply_that_is_cancelled_leaves_its_files_and_copies_with_the_draft(client, conversation, agent):
    row = plan(conversation, agent)
    client.delete(f"/inbox/planned/{row.id}")
    assert ([file[0] for file in draft().files], draft().cc) == (["plan.txt"], ["chef@kunde.example"])
    page = client.get(f"/inbox/{conversation.id}").text
    assert all(words in page for words in ("plan.txt", f'name="draft_file" value="{row.files[0][3]}" checked', 'value="chef@kunde.example"'))


def test_typing_on_keeps_the_files_and_sending_sends_them(client, conversation, agent):
    row = plan(conversation, agent)
    planning.cancel(row, agent)
    client.post(f"/inbox/{conversation.id}/draft", data={"body": "", "kind": "reply"})
    client.post(f"/inbox/{conversation.id}/draft", data={"body": "Wir kommen.", "kind": "reply"})
    assert len(draft().files) == 1
    assert send(client, conversation, draft_file=row.files[0][3]).status_code == 303
    [reply] = messages(conversation, "reply")
    assert ([file.filename for file in reply.attachments], db.session.query(Draft).count()) == (["plan.txt"], 0)


def test_a_file_that_is_not_ticked_stays_here(client, conversation, agent):
    planning.cancel(plan(conversation, agent), agent)
    send(client, conversation)
    assert list(messages(conversation, "reply")[0].attachments) == []


def test_nobody_sends_a_file_that_is_not_of_their_draft(client, conversation, agent, colleague):
    row = plan(conversation, colleague)
    planning.cancel(row, colleague)
    db.session.commit()
    answer = send(client, conversation, draft_file=row.files[0][3])
    assert (answer.status_code, "Attach it again" in answer.text, messages(conversation, "reply")) == (422, True, [])


@pytest.mark.parametrize("wrong", [{"body": ""}, {"body": "Hallo {unknown}"}, {"cc": "kein"}, {"later": "written", "send_at": "vielleicht"}, {"seen": "0"}])
def test_whatever_is_refused_the_files_that_were_chosen_are_kept(client, conversation, wrong):
    answer = send(client, conversation, files=a_file(), **wrong)
    if answer.status_code == 303:
        pytest.skip("that may be sent")
    assert (answer.status_code, "rechnung.txt" in answer.text) == (422, True)
    [file] = draft().files
    again = send(client, conversation, draft_file=file[3])
    assert again.status_code == 303
    assert [each.filename for each in messages(conversation, "reply")[0].attachments] == ["rechnung.txt"]


def test_a_reply_that_is_taken_back_is_a_draft_with_its_files(client, conversation, agent):
    reply = replying.reply(conversation, agent, "Wir melden uns.", uploads=[("plan.txt", "text/plain", b"Plan")], cc=["chef@kunde.example"], delay=60)
    drafting.save_draft(conversation, agent, "Noch etwas")
    db.session.commit()
    client.delete(f"/inbox/messages/{reply.id}/delivery")
    assert (draft().body, [file[0] for file in draft().files], draft().cc) == ("Noch etwas\n\nWir melden uns.", ["plan.txt"], ["chef@kunde.example"])


def test_send_and_resolve_holds_for_a_planned_reply_too(client, conversation, clock):
    send(client, conversation, send_at="monday 10:00", resolve="1")
    row = db.session.query(ScheduledReply).one()
    clock.time = MONDAY + timedelta(minutes=1)
    planning.settle(row)
    assert conversation.status == "resolved"
