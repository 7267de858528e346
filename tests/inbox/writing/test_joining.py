"""Conversations become one, or two; each of it can be put back exactly."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm import blobs
from crm.errors import Refused
from crm.extensions import db
from crm.inbox import drafting, queries, replying
from crm.inbox.joining import joining
from crm.inbox.joining.models import ConversationJoin
from crm.inbox.models import Conversation, Message
from crm.mail.parsing import parse
from crm.outbox.models import Delivery
from crm.timeline.models import Interaction
from crm.timeline.rebuilding import drift
from tests.inbox.conftest import events, messages

TABLES = ("messages", "received_mails", "deliveries", "interactions", "drafts", "attachments", "contacts", "conversations")


@pytest.fixture
def first(arrive, clock):
    return arrive("Mein Anschluss ist tot.", message_id="<first@kunde.example>")


@pytest.fixture
def second(arrive, clock):
    clock.advance(minutes=5)
    return arrive("Und die Rechnung stimmt nicht.", subject="Rechnung", message_id="<second@kunde.example>")


def everything() -> dict:
    """All rows but the lines that say what was done."""
    db.session.flush()
    db.session.expire_all()
    found = {}
    for name in TABLES:
        table = db.metadata.tables[name]
        wanted = select(*(column for column in table.columns if column.name != "updated_at")).order_by(table.c.id)
        if name == "messages":
            wanted = wanted.where(table.c.kind != "event")
        found[name] = [tuple(map(repr, row)) for row in db.session.execute(wanted)]
    return found


def test_a_merge_moves_everything_and_its_number_leads_on(client, first, second, agent):
    joining.merge(second, first, agent)
    db.session.commit()
    assert [each.reply_text for each in messages(first, "inbound")] == ["Mein Anschluss ist tot.", "Und die Rechnung stimmt nicht."]
    assert (first.messages_count, first.preview, second.status) == (2, "Und die Rechnung stimmt nicht.", "merged")
    assert {row.about_id for row in db.session.query(Interaction).filter_by(kind="mail.received")} == {first.id}
    assert first.contact.open_conversations == 1
    answer = client.get(f"/inbox/{second.id}?view=open")
    assert (answer.status_code, answer.location) == (303, f"/inbox/{first.id}?view=open")
    assert client.post(f"/inbox/{second.id}/resolution").location == f"/inbox/{first.id}/resolution"
    assert list(drift()) == []
    assert f'href="/inbox/{second.id}' not in client.get("/inbox?view=open").text


def test_undoing_a_merge_puts_back_every_row(first, second, agent):
    replying.reply(second, agent, "Wir prüfen das.")
    drafting.save_draft(second, agent, "noch etwas")
    before = everything()
    join = joining.merge(second, first, agent)
    assert everything() != before
    joining.undo(join, agent)
    assert everything() == before
    assert list(drift()) == []
    assert join.undone_at
    joining.undo(join, agent)
    assert everything() == before


def test_an_open_question_that_is_merged_into_a_resolved_conversation_stays_open(first, second, agent):
    first.resolve(agent)
    before = everything()
    join = joining.merge(second, first, agent)
    assert (first.status, first.resolved_at) == ("open", None)
    joining.undo(join, agent)
    assert everything() == before
    assert first.status == "resolved"


def test_answers_to_the_old_number_arrive_in_the_survivor(first, second, agent, arrive):
    sent = parse(blobs.get(replying.reply(second, agent, "Wir prüfen das.").delivery.blob))
    joining.merge(second, first, agent)
    db.session.commit()
    assert arrive("Danke.", answers=sent.message_id) is first
    assert arrive("Noch etwas.", subject=f"Re: Rechnung [#{second.id}]") is first
    joining.merge(first, arrive("Drittes", subject="Drittes"), agent)
    db.session.commit()
    assert arrive("Und noch etwas.", subject=f"Re: Rechnung [#{second.id}]").subject == "Drittes"


def test_what_came_later_goes_with_the_message_it_answers(first, second, agent, arrive):
    join = joining.merge(second, first, agent)
    db.session.commit()
    arrive("Zur Rechnung noch.", answers="<second@kunde.example>", message_id="<third@kunde.example>")
    arrive("Zum Anschluss noch.", answers="<first@kunde.example>")
    joining.undo(join, agent)
    assert [each.reply_text for each in messages(second, "inbound")] == ["Und die Rechnung stimmt nicht.", "Zur Rechnung noch."]
    assert [each.reply_text for each in messages(first, "inbound")] == ["Mein Anschluss ist tot.", "Zum Anschluss noch."]
    assert (first.messages_count, second.messages_count, second.preview) == (2, 2, "Zur Rechnung noch.")
    assert list(drift()) == []


def test_a_conversation_of_another_contact_is_merged_only_on_request(client, first, arrive):
    other = arrive("Hallo", sender="Otto <otto@kunde.example>", subject="Anderes")
    answer = client.post(f"/inbox/{other.id}/merge", data={"into": str(first.id)})
    assert answer.status_code == 422
    assert "another contact" in answer.text
    assert db.session.query(ConversationJoin).count() == 0
    assert client.post(f"/inbox/{other.id}/merge", data={"into": f"#{first.id}", "also_of_another": "y"}).status_code == 303
    assert (first.contact.open_conversations, other.contact.open_conversations) == (1, 0)
    assert list(drift()) == []


def test_merging_on_the_page_and_back_from_its_line(client, first, second):
    assert f"#{first.id}" in client.get(f"/inbox/{second.id}/merge").text
    assert client.post(f"/inbox/{second.id}/merge", data={"into": str(first.id)}).location == f"/inbox/{first.id}"
    join = db.session.query(ConversationJoin).one()
    page = client.get(f"/inbox/{first.id}").text
    assert f"/inbox/joins/{join.id}" in page
    assert f"merged conversation #{second.id} into this one" in page
    assert client.delete(f"/inbox/joins/{join.id}").status_code == 303
    assert f"/inbox/joins/{join.id}" not in client.get(f"/inbox/{first.id}").text.split("toast")[0]
    assert client.get(f"/inbox/{second.id}").status_code == 200


@pytest.mark.parametrize("into", ["", "abc", "999999", "self"])
def test_a_merge_into_nothing_is_refused(client, first, into):
    answer = client.post(f"/inbox/{first.id}/merge", data={"into": str(first.id) if into == "self" else into})
    assert answer.status_code == 422
    assert first.status == "open"


def test_a_merge_that_was_merged_further_is_undone_in_order(first, second, agent, arrive):
    third = arrive("Drittes", subject="Drittes")
    before = everything()
    inner = joining.merge(second, first, agent)
    outer = joining.merge(first, third, agent)
    with pytest.raises(Refused):
        joining.undo(inner, agent)
    joining.undo(outer, agent)
    joining.undo(inner, agent)
    assert everything() == before


def test_a_split_begins_a_new_conversation(client, first, agent, arrive, clock):
    replying.reply(first, agent, "Haben Sie neu gestartet?", delay=0)
    clock.advance(hours=1)
    arrive("Ja. Außerdem stimmt die Rechnung nicht.", answers="<first@kunde.example>", subject="Re: Rechnung")
    later = messages(first, "inbound")[-1]
    db.session.commit()
    answer = client.post(f"/inbox/messages/{later.id}/split")
    new = db.session.query(Conversation).order_by(Conversation.id.desc()).first()
    assert answer.location == f"/inbox/{new.id}"
    assert (new.subject, new.status, new.messages_count, new.waiting_since) == ("Re: Rechnung", "open", 1, later.at)
    assert (first.messages_count, first.preview, first.waiting_since) == (2, "Haben Sie neu gestartet?", None)
    assert "split_off" in events(first)
    assert later.received_mail.conversation_id == later.interaction.about_id == new.id
    assert list(drift()) == []


def test_undoing_a_split_puts_the_messages_back_and_the_new_number_leads_on(client, first, agent, arrive, clock):
    replying.reply(first, agent, "Haben Sie neu gestartet?", delay=0)
    arrive("Ja.", answers="<first@kunde.example>")
    before = everything()
    join = joining.split(messages(first, "inbound")[-1], agent)
    number = join.target_id
    joining.undo(join, agent)
    db.session.commit()
    after = everything()
    after["conversations"] = after["conversations"][:-1]
    assert after == before
    assert client.get(f"/inbox/{number}").location == f"/inbox/{first.id}"
    assert list(drift()) == []


def test_a_split_of_what_is_or_became_spam_can_be_undone(client, first, agent, arrive, clock):
    arrive("Und die Rechnung?", answers="<first@kunde.example>")
    first.mark_spam(agent)
    join = joining.split(messages(first, "inbound")[-1], agent)
    join.target.mark_spam(agent)
    db.session.commit()
    assert client.delete(f"/inbox/joins/{join.id}").status_code == 303
    assert (len(messages(first, "inbound")), first.status, join.target.status, first.contact.open_conversations) == (2, "spam", "merged", 0)


def test_the_first_message_cannot_be_split_off(client, first):
    assert client.post(f"/inbox/messages/{messages(first, 'inbound')[0].id}/split").status_code == 409
    assert db.session.query(Conversation).count() == 1


def test_writes_only_by_their_method_and_for_who_is_signed_in(client, nobody, first):
    message = messages(first, "inbound")[0]
    assert client.get(f"/inbox/messages/{message.id}/split").status_code == 405
    assert client.post("/inbox/joins/1").status_code == 405
    assert client.delete("/inbox/joins/1").status_code == 404
    assert nobody.post(f"/inbox/{first.id}/merge", data={"into": "1"}).status_code in (302, 303, 401)
    assert first.status == "open"


def test_programs_merge_split_and_undo(program, first, second):
    mine = program()
    answer = mine.post("/conversation-joins", conversation_id=second.id, into=first.id)
    assert answer.status_code == 201, answer.text
    assert (answer.json["kind"], answer.json["target_id"]) == ("merge", first.id)
    led = mine.get(f"/conversations/{second.id}")
    assert (led.status_code, led.location) == (308, f"/api/v1/conversations/{first.id}")
    assert mine.get("/conversation-joins").json["items"][0]["id"] == answer.json["id"]
    assert mine.delete(f"/conversation-joins/{answer.json['id']}").json["undone_at"]
    assert mine.get(f"/conversations/{second.id}").status_code == 200
    assert mine.post("/conversation-joins", conversation_id=second.id).status_code == 422
    assert program("read").post("/conversation-joins", conversation_id=second.id, into=first.id).status_code == 403


def test_the_list_does_not_show_what_was_merged(first, second, agent):
    joining.merge(second, first, agent)
    assert [row.id for row in db.session.scalars(queries.visible_to(agent))] == [first.id]
    assert db.session.query(Delivery).count() == 0
    assert db.session.query(Message).filter_by(conversation_id=second.id).count() == 0
