"""Behind every message: what was understood of its mail, and why."""

from __future__ import annotations

from crm.mail import ids
from tests.inbox.conftest import mail, messages, secret


def explanation(client, conversation, place: int = 0):
    found = client.get(f"/inbox/messages/{messages(conversation, 'inbound', 'auto_reply', 'bounce')[place].id}/explanation")
    assert found.status_code == 200
    return found.get_data(as_text=True)


def test_it_says_who_wrote_and_how_that_was_found(client, arrive):
    page = explanation(client, arrive(sender="Web form <form@shop.example>", Reply_To="klara@kunde.example"))
    assert "klara@kunde.example" in page
    assert "goes before the sender" in page
    assert "began a new one" in page


def test_it_says_which_rule_led_to_the_conversation_and_which_ids_were_forged(client, arrive, agent, db):
    conversation = arrive()
    ours = ids.make_message_id("m", 4711, secret(), "firm.example")
    forged = ids.make_message_id("m", 4711, "another secret", "firm.example")
    message = conversation.add("reply", author=agent, text="Neu gestartet?")
    message.message_id = ours
    db.session.commit()
    assert arrive("Ja", In_Reply_To=forged, References=ours) is conversation
    page = explanation(client, conversation, 1)
    assert "carries our signature" in page
    assert "signature genuine" in page
    assert "signature wrong" in page


def test_it_says_what_gave_a_program_away(client, arrive):
    assert "Auto-Submitted: auto-generated" in explanation(client, arrive(Auto_Submitted="auto-generated"))


def test_it_says_what_servers_found(client, arrive):
    page = explanation(client, arrive(Authentication_Results="mx.firm.example; spf=pass smtp.mailfrom=kunde.example; dkim=fail header.d=kunde.example"))
    assert "SPF pass · DKIM fail" in page
    assert "mx.firm.example" in page


def test_a_form_names_its_way_and_htmx_gets_the_lines_alone(client, arrive):
    conversation = arrive("Ja\n\nAm 12.03.2025 um 14:05 schrieb S <s@b.example>:\n> Alt\n")
    ident = messages(conversation)[0].id
    assert "<html" in explanation(client, conversation)
    assert "<html" not in client.get(f"/inbox/messages/{ident}/explanation", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert f"/inbox/messages/{ident}/explanation" in client.get(f"/inbox/{conversation.id}").get_data(as_text=True)


def test_strangers_and_messages_without_a_mail_are_refused(nobody, client, arrive, agent, db):
    conversation = arrive()
    assert nobody.get(f"/inbox/messages/{messages(conversation)[0].id}/explanation").status_code in (302, 303, 401)
    note = conversation.add("note", author=agent, text="intern")
    db.session.commit()
    assert client.get(f"/inbox/messages/{note.id}/explanation").status_code == 404
    assert client.post(f"/inbox/messages/{messages(conversation)[0].id}/explanation").status_code == 405


def test_it_is_there_for_mail_that_was_taken_before_rules_were_noted(client, arrive, db):
    conversation = arrive(mail())
    messages(conversation)[0].data = {}
    db.session.commit()
    assert "klara@kunde.example" in explanation(client, conversation)
