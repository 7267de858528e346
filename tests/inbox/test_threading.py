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


# — receipts ————————————————————————————————————————————————————————————————————————————————————————————

READ = """From: Klara Kunde <klara@kunde.example>
To: service@firm.example
Subject: Gelesen: Anschluss
Message-ID: <mdn@kunde.example>
Content-Type: multipart/report; report-type=disposition-notification; boundary=x

--x

Ihre Nachricht wurde gelesen.
--x
Content-Type: message/disposition-notification

Reporting-UA: kunde.example; Outlook
Final-Recipient: rfc822;klara@kunde.example
Original-Message-ID: {ident}
Disposition: manual-action/MDN-sent-manually; displayed

--x--
"""
DELIVERED = """From: Mail Delivery System <MAILER-DAEMON@mx.kunde.example>
To: service@firm.example
Subject: Successful Mail Delivery Report
Message-ID: <dsn@mx.kunde.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x

Your message was successfully delivered to the destination(s) listed below.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kunde.example

Final-Recipient: rfc822; klara@kunde.example
Action: delivered
Status: 2.0.0

--x
Content-Type: text/rfc822-headers

From: service@firm.example
Message-ID: {ident}

--x--
"""


@pytest.fixture
def sent(conversation, agent, db):
    from crm.inbox import replying

    message = replying.reply(conversation, agent, "Haben Sie neu gestartet?")
    message.delivery.state = "sent"
    db.session.commit()
    return message


@pytest.mark.parametrize(("report", "event"), [(READ, "read"), (DELIVERED, "delivered")])
def test_a_receipt_is_a_line_at_the_mail_it_confirms_and_wakes_nobody(arrive, conversation, sent, agent, report, event, db):
    conversation.resolve(agent)
    db.session.commit()
    assert arrive(report.format(ident=sent.delivery.message_id).encode()) is conversation
    assert conversation.status == "resolved"
    line = [message for message in messages(conversation, "event") if message.data["event"] == event]
    assert [message.data["address"] for message in line] == ["klara@kunde.example"]


# — mails as programs really write them ———————————————————————————————————————————————————————————————————

OUTLOOK = """Received: from AM0PR01MB1.eurprd01.prod.exchangelabs.com (2603:10a6:208::1) by DB3PR01.eurprd01.prod.exchangelabs.com with HTTPS; Sun, 22 Nov 2026 09:01:00 +0000
From: Klara Kunde <klara@kunde.example>
To: {to}
Subject: {subject}
Thread-Topic: Anschluss
Thread-Index: AQHZ0f0Tq1uT3kS7V0yq
Date: Sun, 22 Nov 2026 09:00:58 +0000
Message-ID: <AM0PR01MB1F2A@AM0PR01MB1.eurprd01.prod.exchangelabs.com>
References: {references}
In-Reply-To: {answers}
Accept-Language: de-DE, en-US
Content-Language: de-DE
X-MS-Has-Attach:
Content-Type: multipart/alternative; boundary="_000_AM0"
MIME-Version: 1.0

--_000_AM0
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Ja, heute fr=FCh. Es blinkt immer noch rot.

Mit freundlichen Gr=FC=DFen
Klara Kunde

Von: Service <service@firm.example>
Gesendet: Samstag, 21. November 2026 16:12
An: Klara Kunde <klara@kunde.example>
Betreff: AW: Anschluss

Haben Sie neu gestartet?{quoted}

--_000_AM0--
"""
REWRITTEN = "<0102019a-rewritten@eu-west-1.provider.example>"


def outlook(answers=REWRITTEN, references=REWRITTEN, to="service@firm.example", subject="AW: Anschluss", quoted=""):
    return OUTLOOK.format(answers=answers, references=references, to=to, subject=subject, quoted=quoted).replace("\n", "\r\n").encode()


def test_outlook_answers_by_in_reply_to(arrive, conversation, reply):
    assert arrive(outlook(answers=reply.message_id)) is conversation
    assert messages(conversation)[-1].reply_text == "Ja, heute früh. Es blinkt immer noch rot.\n\nMit freundlichen Grüßen\nKlara Kunde"


def test_a_provider_that_rewrote_the_nearest_id_left_the_older_ones(arrive, conversation, reply):
    assert arrive(outlook(references=f"<first@kunde.example> {reply.message_id} {REWRITTEN}")) is conversation


def test_a_provider_that_rewrote_all_ids_left_the_mark(arrive, conversation):
    marker = ids.body_marker(conversation.id, secret())
    assert arrive(outlook(quoted=f"\n\n{marker}")) is conversation
    assert arrive(outlook(quoted=f"\n\n{ids.body_marker(conversation.id, 'else')}").replace(b"AM0PR01MB1F2A@", b"other@")) is not conversation


def test_the_mark_is_found_in_html_too(arrive, conversation):
    marker = ids.body_marker(conversation.id, secret())
    raw = outlook().replace(b"text/plain", b"text/plain; x=y").replace(
        b"\r\n--_000_AM0--", f'\r\n--_000_AM0\r\nContent-Type: text/html\r\n\r\n<p>Ja</p><span style="display:none">{marker}</span>\r\n--_000_AM0--'.encode())
    assert arrive(raw) is conversation


def test_the_first_known_id_goes_before_the_reply_address_and_that_before_the_subject(arrive, conversation, reply):
    other = arrive(message_id="<other@kunde.example>")
    assert arrive(outlook(answers=reply.message_id, to=ids.reply_address("service@firm.example", other.id, secret()), subject=f"AW: [#{other.id}]")) is conversation
    to = ids.reply_address("service@firm.example", conversation.id, secret())
    assert arrive(outlook(to=to, subject=f"AW: [#{other.id}]").replace(b"AM0PR01MB1F2A@", b"second@")) is conversation


def test_a_forged_id_of_a_report_marks_no_address(arrive, conversation, sent):
    forged = ids.make_message_id("d", sent.delivery.id, "another secret", "firm.example")
    failed = DELIVERED.replace("delivered\nStatus: 2.0.0", "failed\nStatus: 5.1.1").format(ident=forged).encode()
    arrive(failed)
    assert conversation.contact.address("email").invalid_at is None


# — loops ———————————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("header", [
    {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Auto_Response_Suppress": "All"}, {"List_Id": "<list.example.com>"}, {"Return_Path": "<>"},
    {"sender": "MAILER-DAEMON@kunde.example"}, {"sender": "noreply@shop.example"}, {"subject": "Automatische Antwort: Anschluss"},
    {"List_Unsubscribe": "<mailto:u@example.com>"}, {"Feedback_ID": "1:example"}, {"X_Loop": "klara@kunde.example"}, {"X_Autoreply": "yes"}, {"X_Vacation": "on"},
    {"subject": "Abwesend", "In_Reply_To": "<unknown@x.example>"},
])
def test_what_a_program_wrote_is_answered_by_none(arrive, mailbox, header, db):
    from crm.outbox.models import Delivery

    mailbox.acknowledgements = {"en": "Thank you", "de": "Danke"}
    db.session.commit()
    arrive("Guten Tag, ich bin ein Programm.", **header)
    assert db.session.query(Delivery).count() == 0


def test_a_report_about_a_mail_that_is_not_ours_is_answered_by_none(arrive, mailbox, db):
    from crm.outbox.models import Delivery

    mailbox.acknowledgements = {"en": "Thank you", "de": "Danke"}
    db.session.commit()
    for report in (READ, DELIVERED):
        arrive(report.format(ident="<unknown@x.example>").encode())
    assert db.session.query(Delivery).count() == 0


def test_a_conversation_that_one_of_us_begins_is_not_acknowledged_and_two_machines_stop_after_five(arrive, mailbox, agent, db):
    from crm.outbox.models import Delivery

    mailbox.acknowledgements = {"en": "Thank you", "de": "Danke"}
    db.session.commit()
    arrive("Guten Tag", sender=f"Anna <{agent.email}>")
    assert db.session.query(Delivery).count() == 0
    for number in range(7):
        arrive(f"Guten Tag {number}", subject=f"Neu {number}")
    assert db.session.query(Delivery).filter(Delivery.state != "cancelled").count() == 5


def test_a_mail_of_one_of_our_own_mailboxes_is_answered_by_none_and_wakes_nobody(arrive, mailbox, conversation, reply, agent, db):
    from crm.outbox.models import Delivery

    mailbox.acknowledgements = {"en": "Thank you", "de": "Danke"}
    conversation.resolve(agent)
    db.session.commit()
    arrive("Guten Tag", sender="Service <service@firm.example>")
    assert arrive("Wie besprochen", sender="Service <service@firm.example>", answers=reply.message_id) is conversation
    assert (conversation.status, conversation.customer_address) == ("resolved", "klara@kunde.example")
    assert messages(conversation)[-1].kind == "auto_reply"
    assert db.session.query(Delivery).count() == 0


def test_the_form_of_a_web_site_speaks_for_whoever_filled_it_in(arrive):
    conversation = arrive("Guten Tag", sender="Formular <service@firm.example>", Reply_To="Otto Kunde <otto@kunde.example>")
    assert messages(conversation)[-1].kind == "inbound"
    assert conversation.contact.display_name == "Otto Kunde"


def test_a_mail_of_our_own_making_that_comes_back_from_elsewhere_is_a_programs(arrive, monkeypatch):
    monkeypatch.setattr("crm.inbox.arrivals.own_hosts", lambda: ("crm.firm.example",))
    assert messages(arrive("Guten Tag", message_id="<1@crm.firm.example>"))[-1].kind == "auto_reply"
