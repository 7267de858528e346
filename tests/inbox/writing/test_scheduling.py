"""Answers that leave at a later time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm.accounts.models import UndoStep
from crm.extensions import db
from crm.inbox.models import Draft
from crm.inbox.scheduling import jobs, planning, times
from crm.inbox.scheduling.models import ScheduledReply
from crm.outbox.models import Delivery
from crm.timeline.models import Interaction
from tests.conftest import HTMX
from tests.inbox.conftest import events, messages

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def conversation(arrive, clock):
    return arrive("Guten Tag, mein Anschluss ist tot.", message_id="<first@kunde.example>")


@pytest.fixture
def planned(conversation, agent):
    row = planning.plan(conversation, agent, "Wir melden uns.", MONDAY, uploads=[("plan.txt", "text/plain", b"Plan")])
    db.session.commit()
    return row


def test_it_waits_in_the_outbox_and_answers_nobody_yet(planned, conversation):
    assert (planned.delivery.next_attempt_at, planned.delivery.state in ("held", "queued")) == (MONDAY, True)
    assert (conversation.status, conversation.first_response_at, conversation.last_out_at, messages(conversation, "reply")) == ("open", None, None, [])
    assert db.session.query(Interaction).filter_by(kind="mail.sent").count() == 0
    assert jobs.settle_due() == 0


def test_when_its_time_has_come_it_is_a_message(planned, conversation, agent, clock):
    clock.time = MONDAY + timedelta(minutes=1)
    assert jobs.settle_due() == 1
    [reply] = messages(conversation, "reply")
    assert (reply.reply_text, reply.author_id, reply.delivery_id, reply.message_id) == ("Wir melden uns.", agent.id, planned.delivery_id, planned.delivery.message_id)
    assert [file.filename for file in reply.attachments] == ["plan.txt"]
    assert (conversation.status, conversation.first_response_at, conversation.assignee_id) == ("waiting", clock.time, agent.id)
    assert db.session.query(Interaction).filter_by(kind="mail.sent").count() == 1
    assert jobs.settle_due() == 0


def test_it_may_resolve_the_conversation_then(conversation, agent, clock):
    planning.plan(conversation, agent, "Erledigt.", MONDAY, resolves=True)
    clock.time = MONDAY
    jobs.settle_due()
    assert conversation.status == "resolved"


def test_the_answer_to_it_finds_the_conversation(planned, conversation, arrive, clock):
    clock.time = MONDAY
    jobs.settle_due()
    assert arrive("Danke, ja", answers=planned.delivery.message_id, subject="Re: Anschluss") is conversation


def test_when_the_customer_writes_first_it_is_a_draft_again_and_its_writer_is_told(planned, conversation, arrive, agent):
    arrive("Hat sich erledigt, es ging um etwas anderes.", answers="<first@kunde.example>")
    assert planned.delivery.state == "cancelled"
    assert db.session.query(Draft).one().body == "Wir melden uns."
    assert events(conversation).count("unplanned") == 1
    assert agent.unread_notifications == 1
    assert jobs.settle_due() == 0
    assert messages(conversation, "reply") == []


def test_the_composer_plans_it_by_a_date_as_people_write_it(client, conversation, clock):
    page = client.post(f"/inbox/{conversation.id}/messages", data={"body": "Wir melden uns.", "send_at": "monday 10:00", "later": "written"})
    assert page.status_code == 303
    row = db.session.query(ScheduledReply).one()
    assert row.send_at == MONDAY
    shown = client.get(f"/inbox/{conversation.id}").text
    assert "Planned reply" in shown
    assert "planned a reply for" in shown
    step = db.session.query(UndoStep).order_by(UndoStep.id.desc()).first()
    assert client.post(f"/undo/{step.id}").status_code == 303
    assert row.delivery.state == "cancelled"
    assert db.session.query(Draft).one().body == "Wir melden uns."


def test_a_time_that_was_written_holds_whichever_button_is_pressed(client, conversation):
    client.post(f"/inbox/{conversation.id}/messages", data={"body": "Später", "send_at": "monday 10:00"})
    assert db.session.query(ScheduledReply).count() == 1
    assert messages(conversation, "reply") == []


@pytest.mark.parametrize("written", ["", "vielleicht", "yesterday 10:00", "in 18 months"])
def test_a_time_nobody_can_send_at_is_refused_with_the_text_kept(client, conversation, written):
    answer = client.post(f"/inbox/{conversation.id}/messages", data={"body": "Wir melden uns.", "send_at": written, "later": "written"})
    assert answer.status_code == 422
    assert "Wir melden uns." in answer.text
    assert "composer-send-at-error" in answer.text
    assert db.session.query(ScheduledReply).count() == 0


def test_times_are_suggested_by_the_calendar(client, conversation, agent, clock):
    part = client.get(f"/inbox/{conversation.id}/send-later", headers=HTMX).text
    assert 'name="later"' in part
    at = [at for _words, at in times.suggestions(conversation, agent)]
    assert all(moment > clock.time for moment in at)
    assert at[0].astimezone(UTC).date().isoformat() == "2026-11-23"  # it is Saturday
    client.post(f"/inbox/{conversation.id}/messages", data={"body": "Wir melden uns.", "later": at[0].isoformat()})
    assert db.session.query(ScheduledReply).one().send_at == at[0]
    assert client.post(f"/inbox/{conversation.id}/messages", data={"body": "x", "later": "tomorrow"}).status_code == 422


def test_it_is_changed_and_cancelled(client, conversation, planned):
    before = planned.delivery
    assert "Wir melden uns." in client.get(f"/inbox/planned/{planned.id}").text
    assert client.post(f"/inbox/planned/{planned.id}", data={"body": "Anders", "send_at": "tuesday 12:00"}).status_code == 303
    assert (planned.text, planned.send_at, before.state) == ("Anders", MONDAY + timedelta(days=1, hours=2), "cancelled")
    assert planned.delivery.next_attempt_at == planned.send_at
    assert client.post(f"/inbox/planned/{planned.id}", data={"body": "", "send_at": "tuesday"}).status_code == 422
    assert client.delete(f"/inbox/planned/{planned.id}").status_code == 303
    assert db.session.query(Draft).one().body == "Anders"
    assert db.session.query(Delivery).filter(Delivery.state != "cancelled").count() == 0
    assert client.get(f"/inbox/planned/{planned.id}").status_code == 404


def test_what_was_discarded_in_the_outbox_is_a_draft_again(planned, conversation):
    planned.delivery.discard()
    assert jobs.settle_due() == 1
    assert db.session.query(Draft).one().body == "Wir melden uns."
    assert messages(conversation, "reply") == []


def test_a_stranger_changes_nothing(browse, planned):
    nobody = browse()
    assert nobody.post(f"/inbox/planned/{planned.id}", data={"body": "x", "send_at": "tuesday"}).status_code in (302, 303, 401)
    assert nobody.delete(f"/inbox/planned/{planned.id}").status_code in (302, 303, 401)
    assert planned.delivery.state != "cancelled"


def test_programs_plan_answers(program, conversation, clock):
    api = program()
    made = api.post(f"/conversations/{conversation.id}/scheduled-replies", body="Wir melden uns.", send_at=MONDAY.isoformat())
    assert made.status_code == 201, made.json
    assert api.post(f"/conversations/{conversation.id}/scheduled-replies", body="x", send_at=(clock.time - timedelta(hours=1)).isoformat()).status_code == 422
    path = f"/scheduled-replies/{made.json['id']}"
    assert api.patch(path, body="Anders").json["body"] == "Anders"
    assert len(api.get(f"/conversations/{conversation.id}/scheduled-replies").json["items"]) == 1
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_what_waits_goes_along_when_the_conversation_is_merged(planned, conversation, arrive, agent):
    from crm.inbox.joining import joining

    other = arrive("Noch etwas", subject="Anderes")
    join = joining.merge(conversation, other, agent)
    assert planned.conversation_id == other.id
    joining.undo(join, agent)
    db.session.refresh(planned)
    assert planned.conversation_id == conversation.id


def test_nobody_speaks_in_anothers_name(browse, conversation, planned, agent, colleague):
    theirs = browse(colleague)
    at = planned.send_at.strftime("%Y-%m-%d %H:%M")
    assert theirs.post(f"/inbox/planned/{planned.id}", data={"body": "Ganz andere Worte.", "send_at": at}).status_code == 303
    db.session.expire_all()
    assert (planned.text, planned.user_id) == ("Ganz andere Worte.", colleague.id)
    assert [message.author_id for message in messages(conversation, "event")][-2:] == [agent.id, colleague.id]


def test_another_time_alone_leaves_it_its_writers(browse, planned, agent, colleague):
    later = (planned.send_at + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M")
    assert browse(colleague).post(f"/inbox/planned/{planned.id}", data={"body": planned.text, "send_at": later}).status_code == 303
    db.session.expire_all()
    assert planned.user_id == agent.id
