"""A mail that comes in becomes a conversation, exactly once, whatever it looks like."""

from __future__ import annotations

import pytest

from crm import blobs
from crm.contacts.models import Contact
from crm.inbox import intake, spool
from crm.inbox.models import Conversation, Message
from crm.timeline.models import Interaction
from tests.inbox.conftest import mail, messages, received


def test_a_mail_from_somebody_unknown_makes_a_contact_and_a_conversation(arrive, db):
    conversation = arrive(subject="Anschluss tot", text="Hilfe bitte")
    contact = conversation.contact
    assert (contact.display_name, contact.provenance, contact.address("email").value) == ("Klara Kunde", "mail", "klara@kunde.example")
    assert (conversation.subject, conversation.status, conversation.preview) == ("Anschluss tot", "open", "Hilfe bitte")
    assert contact.open_conversations == 1
    assert conversation.waiting_since


def test_it_stands_on_the_timeline(arrive, db):
    conversation = arrive(text="Hilfe bitte")
    entry = db.session.query(Interaction).one()
    assert (entry.kind, entry.direction, entry.channel, entry.body) == ("mail.received", "inbound", "email", "Hilfe bitte")
    assert (entry.about_type, entry.about_id) == ("conversation", conversation.id)
    assert messages(conversation)[0].interaction_id == entry.id
    assert conversation.contact.last_in_at == entry.happened_at


def test_a_known_customers_second_address_leads_to_that_customer(arrive, make, db):
    klara = make.contact()
    klara.add_address("email", "klara@kunde.example")
    klara.add_address("email", "Klara.Privat@Web.example")
    db.session.commit()
    assert arrive(sender="K <klara.privat@web.example>").contact is klara


def test_an_ended_address_still_matches(arrive, make, db):
    klara = make.contact()
    klara.add_address("email", "klara@alt.example").end()
    db.session.commit()
    assert arrive(sender="klara@alt.example").contact is klara


def test_reply_to_goes_before_from(arrive, make, db):
    klara = make.contact()
    klara.add_address("email", "klara@kunde.example")
    db.session.commit()
    conversation = arrive(sender="Web form <form@shop.example>", Reply_To="klara@kunde.example")
    assert conversation.contact is klara
    assert conversation.customer_address == "klara@kunde.example"


def test_a_colleagues_forward_makes_the_original_sender_the_customer(arrive, agent):
    forwarded = "FYI\n\n---------- Forwarded message ---------\nFrom: Otto Kunde <otto@kunde.example>\nSubject: Kabel\n\nMein Kabel ist kaputt."
    conversation = arrive(sender=f"Anna <{agent.email}>", subject="Fwd: Kabel", text=forwarded)
    assert conversation.contact.address("email").value == "otto@kunde.example"
    assert conversation.contact.display_name == "Otto Kunde"


def test_the_same_mail_twice_is_taken_once(take, db):
    raw = mail()
    first, second = take(raw), take(raw)
    assert (first.kind, second.kind) == ("conversation", "duplicate")
    assert first.ident == second.ident
    assert db.session.query(Message).count() == 1


def test_the_same_mail_by_another_way_is_taken_once(take, db):
    raw = mail()
    take(raw)
    again = take(b"Received: from elsewhere.example by us; Sat, 21 Nov 2026 10:00:00 +0000\r\n" + raw)
    assert again.kind == "duplicate"
    assert [row.state for row in received()] == ["taken", "duplicate"]


def test_two_mails_with_one_message_id_stay_two(take, db):
    take(mail("first", message_id="<same@kunde.example>"))
    assert take(mail("second", message_id="<same@kunde.example>")).kind == "conversation"
    assert db.session.query(Message).count() == 2


def test_a_batch_takes_what_a_mail_of_the_same_batch_answers(app, mailbox, db):
    settings = app.config["SETTINGS"]
    for raw in (mail(message_id="<1@k.example>"), mail("more", answers="<1@k.example>"), mail(message_id="<2@k.example>"), mail(message_id="<1@k.example>")):
        spool.write(settings.spool_dir, raw, spool.Envelope("klara@kunde.example", ("service@firm.example",)))
    assert intake.take_waiting() == 4
    assert db.session.query(Conversation).count() == 2
    assert db.session.query(Contact).count() == 1
    assert db.session.query(Contact).one().open_conversations == 2
    assert not spool.waiting(settings.spool_dir, 10)


def test_the_same_mail_twice_in_a_batch_is_taken_once(app, mailbox, db):
    raw = mail()
    for _ in range(3):
        spool.write(app.config["SETTINGS"].spool_dir, raw, spool.Envelope("klara@kunde.example", ("service@firm.example",)))
    intake.take_waiting()
    assert (db.session.query(Message).count(), len(received())) == (1, 1)
    assert not spool.waiting(app.config["SETTINGS"].spool_dir, 10)


def test_the_original_is_kept_byte_for_byte(take):
    raw = mail()
    take(raw)
    assert blobs.get(received()[0].sha256) == raw


def test_a_mail_goes_to_the_mailbox_it_was_sent_to_else_to_the_default_one(arrive, mailbox, db):
    from crm.inbox.models import Mailbox

    sales = Mailbox(name="Sales", address="sales@firm.example")
    db.session.add(sales)
    db.session.commit()
    assert arrive(to="sales+x@firm.example").mailbox is mailbox  # the envelope says service@
    conversation = intake.take(mail(to="Sales <sales@firm.example>"), spool.Envelope("k@k.example", ("SALES+x@firm.example",)))
    assert db.session.get(Conversation, conversation.ident).mailbox is sales
    conversation = intake.take(mail(), spool.Envelope("k@k.example", ("whoever@firm.example",)))
    assert db.session.get(Conversation, conversation.ident).mailbox is mailbox


@pytest.mark.parametrize("raw", [
    b"From: a@b.example\nSubject: null\x00byte\n\nbody\x00",
    b"From: a@b.example\n\n" + b"\xff\xfe\x00" * 1000,
    b"From: =?utf-8?B?broken\nContent-Type: multipart/mixed; boundary=x\n\n--x\n--x",
    b"just some text that is no mail at all",
    b"From: a@b.example\nSubject: " + b"x" * 5000 + b"\nMessage-ID: <" + b"y" * 3000 + b"@z>\n\nhello",
    b"From: \"" + b"n" * 900 + b"\" <" + b"l" * 600 + b"@example.com>\n\nlong address",
])
def test_hostile_mail_is_taken(take, raw):
    assert take(raw).kind == "conversation"


def test_thirty_megabytes_are_taken(take, db):
    raw = mail() .replace(b"\n\n", b"\nMIME-Version: 1.0\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=big.bin\n\n", 1) + b"x" * 30_000_000
    assert take(raw).kind == "conversation"


@pytest.mark.parametrize(("raw", "reason"), [(b"", "empty"), (b"\r\n\r\n", "empty"), (b"Subject: hello\n\nfrom nobody", "no_sender")])
def test_what_cannot_be_placed_is_quarantined_with_its_reason(take, raw, reason, db):
    outcome = take(raw, envelope_from="")
    assert outcome.kind == "quarantined"
    assert [(row.state, row.error) for row in received()] == [("quarantined", reason)]
    assert db.session.query(Conversation).count() == 0


def test_one_bad_mail_does_not_hold_up_the_others(app, mailbox, db):
    for raw in (mail(), b"", mail()):
        spool.write(app.config["SETTINGS"].spool_dir, raw, spool.Envelope("", ("service@firm.example",)))
    intake.take_waiting()
    assert [row.state for row in received()] == ["taken", "quarantined", "taken"]
    assert not spool.waiting(app.config["SETTINGS"].spool_dir, 10)


def test_the_language_somebody_writes_is_kept_and_once_kept_left_alone(arrive, db):
    contact = arrive("OK", message_id="<1@kunde.example>").contact
    assert contact.language == ""
    arrive("Could you please tell me when the delivery will arrive? Thank you very much for your help.")
    assert contact.language == "en"
    arrive("Können Sie mir bitte sagen, wann die Lieferung kommt? Vielen Dank für Ihre Hilfe.")
    assert contact.language == "en"
