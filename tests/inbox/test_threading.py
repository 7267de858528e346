"""Whose conversation is it?"""

from __future__ import annotations

import pytest

from crm.inbox.models import Message
from crm.mail import ids
from tests.inbox.conftest import events, mail, messages, secret


@pytest.fixture
def conversation(arrive):
    return arrive(message_id="<first@kunde.example>")


@pytest.fixture
def reply(conversation, agent, db):
    """An answer of ours, as it left."""
    message = conversation.add("reply", author=agent, text="Haben Sie neu gestartet?")
    db.session.flush()
    message.message_id = ids.make_message_id("m", message.id, secret(), "firm.example")
    db.session.commit()
    return message


def test_a_reply_to_our_signed_id_finds_its_conversation(arrive, conversation, reply):
    assert arrive("Ja", answers=reply.message_id) is conversation


def test_any_of_the_references_will_do(arrive, conversation, reply):
    assert arrive("Ja", In_Reply_To="<unknown@x.example>", References=f"{reply.message_id} <unknown@x.example>") is conversation


def test_a_forged_id_means_nothing(arrive, conversation, reply):
    forged = ids.make_message_id("m", reply.id, "another secret", "firm.example")
    assert arrive("Ja", answers=forged, sender="evil@evil.example") is not conversation


def test_a_signed_id_whose_message_id_was_rewritten_still_leads_by_the_mark_in_the_quote(arrive, conversation):
    assert arrive(f"Ja\n\n> Hallo\n> {ids.body_marker(conversation.id, secret())}", answers="<rewritten@provider.example>") is conversation


def test_a_forged_mark_means_nothing(arrive, conversation):
    assert arrive(f"Ja {ids.body_marker(conversation.id, 'another secret')}", sender="evil@evil.example") is not conversation


def test_a_reply_to_a_message_id_we_know_finds_its_conversation(arrive, conversation):
    assert arrive("Noch etwas", answers="<first@kunde.example>") is conversation


def test_the_signed_reply_address_finds_the_conversation(arrive, conversation):
    assert arrive("Ja", to=ids.reply_address("service@firm.example", conversation.id, secret()), sender="otto@kunde.example") is conversation
    assert arrive("Ja", to=ids.reply_address("service@firm.example", conversation.id, "another secret"), sender="otto@kunde.example") is not conversation


def test_the_number_in_the_subject_counts_for_those_who_take_part(arrive, conversation):
    assert arrive("Ja", subject=f"Re: Anschluss [#{conversation.id}]") is conversation
    assert arrive("Ja", subject=f"Re: Anschluss [#{conversation.id}]", sender="stranger@x.example") is not conversation


def test_somebody_in_copy_takes_part(arrive, take):
    conversation = arrive(Cc="Otto <otto@kunde.example>")
    assert arrive("Ja", subject=f"Re: [#{conversation.id}]", sender="otto@kunde.example") is conversation


def test_a_reply_of_the_customer_brings_a_waiting_conversation_back(arrive, conversation, reply, agent):
    conversation.wait(agent)
    arrive("Ja", answers=reply.message_id)
    assert conversation.status == "open"


def test_a_resolved_conversation_reopens_when_the_customer_answers(arrive, conversation, reply, agent):
    conversation.resolve(agent)
    assert conversation.contact.open_conversations == 0
    arrive("Es geht immer noch nicht.", answers=reply.message_id)
    assert conversation.status == "open"
    assert conversation.contact.open_conversations == 1
    assert events(conversation)[-1] == "reopened"


def test_mere_thanks_leave_it_resolved_and_the_times_alone(arrive, conversation, reply, agent, clock):
    conversation.resolve(agent)
    resolved_at = conversation.resolved_at
    clock.advance(hours=1)
    arrive("Vielen Dank, hat geklappt!", answers=reply.message_id)
    assert (conversation.status, conversation.resolved_at) == ("resolved", resolved_at)
    assert events(conversation)[-1] == "thanked"


def test_an_absence_note_neither_reopens_nor_counts_as_contact(arrive, conversation, reply, agent):
    conversation.resolve(agent)
    heard = conversation.contact.last_in_at
    arrive("Ich bin im Urlaub", answers=reply.message_id, Auto_Submitted="auto-replied")
    assert conversation.status == "resolved"
    assert messages(conversation)[-1].kind == "auto_reply"
    assert conversation.contact.last_in_at == heard


def test_a_reply_of_a_colleague_is_not_taken_for_the_customers(arrive, conversation, reply, agent):
    conversation.wait(agent)
    arrive("I called her", answers=reply.message_id, sender=f"Anna <{agent.email}>")
    assert conversation.status == "waiting"
    assert messages(conversation)[-1].author_id == agent.id


def test_our_own_mail_coming_back_in_a_circle_is_a_duplicate(take, conversation, reply, db):
    before = db.session.query(Message).count()
    assert take(mail("Haben Sie neu gestartet?", sender="service@firm.example", message_id=reply.message_id)).kind == "duplicate"
    assert db.session.query(Message).count() == before
