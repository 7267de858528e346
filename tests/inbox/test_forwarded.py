"""What colleagues forward is the customer's: each program's way of writing it."""

from __future__ import annotations

import pytest

from crm.inbox.forwarded import original
from crm.mail.parsing import parse
from tests.inbox.conftest import mail, messages

TEXT = "Guten Tag,\n\nmein Kabel ist kaputt.\n\nOtto"
FORMS = {
    "Gmail": "---------- Forwarded message ---------\nFrom: Otto Kunde <otto@kunde.example>\nDate: Wed, Mar 12, 2025 at 2:05 PM\nSubject: Kabel\nTo: <anna@firm.example>\n\n\n{text}",
    "Gmail, German": "---------- Forwarded message ---------\nVon: Otto Kunde <otto@kunde.example>\nDate: Mi., 12. März 2025 um 14:05 Uhr\nSubject: Kabel\nTo: <anna@firm.example>\n\n\n{text}",
    "Gmail, bold": "---------- Forwarded message ---------\nVon: *Otto Kunde* <otto@kunde.example>\nDate: Mi., 12. März 2025\nSubject: Kabel\nTo: Anna <anna@firm.example>\n\n{text}",
    "Apple": "Anfang der weitergeleiteten Nachricht:\n\n> Von: Otto Kunde <otto@kunde.example>\n> Betreff: Kabel\n> Datum: 12. März 2025 um 14:05:33 MEZ\n> An: anna@firm.example\n> \n{quoted}",
    "Apple, English": "Begin forwarded message:\n\nFrom: Otto Kunde <otto@kunde.example>\nSubject: Kabel\nDate: 12 March 2025 at 14:05:33 CET\nTo: anna@firm.example\n\n{text}",
    "Thunderbird": "-------- Weitergeleitete Nachricht --------\nBetreff: \tKabel\nDatum: \tWed, 12 Mar 2025 14:05:33 +0100\nVon: \tOtto Kunde <otto@kunde.example>\nAn: \tanna@firm.example\n\n\n\n{text}",
    "Thunderbird, English": "-------- Forwarded Message --------\nSubject: \tKabel\nDate: \tWed, 12 Mar 2025 14:05:33 +0100\nFrom: \tOtto Kunde <otto@kunde.example>\nTo: \tanna@firm.example\n\n{text}",
    "Outlook": "Von: Otto Kunde <otto@kunde.example> \nGesendet: Mittwoch, 12. März 2025 14:05\nAn: Anna <anna@firm.example>\nBetreff: Kabel\n\n{text}",
    "Outlook, mailto": "-----Ursprüngliche Nachricht-----\nVon: Otto Kunde [mailto:otto@kunde.example] \nGesendet: Mittwoch, 12. März 2025 14:05\nAn: Anna\nBetreff: Kabel\n\n{text}",
    "Outlook, French": "De : Otto Kunde <otto@kunde.example>\nEnvoyé : mercredi 12 mars 2025 14:05\nÀ : Anna <anna@firm.example>\nObjet : Kabel\n\n{text}",
    "Outlook, broken line": "From: Otto Kunde\n<otto@kunde.example>\nSent: Wednesday, March 12, 2025 2:05 PM\nTo: Anna\nSubject: Kabel\n\n{text}",
    "Outlook, links": "From: Otto Kunde <otto@kunde.example<mailto:otto@kunde.example>>\nSent: Wednesday, March 12, 2025 2:05 PM\nTo: Anna\nSubject: Kabel\n\n{text}",
    "Yahoo": "  ----- Weitergeleitete Nachricht -----   \nVon: \"Otto Kunde\" <otto@kunde.example>\nAn: \"anna@firm.example\" <anna@firm.example>\nGesendet: Mittwoch, 12. März 2025 um 14:05:33 MEZ\nBetreff: Kabel\n \n{text}",
    "Proton": "------- Forwarded Message -------\nFrom: Otto Kunde <otto@kunde.example>\nDate: On Wednesday, March 12th, 2025 at 2:05 PM\nSubject: Kabel\nTo: anna@firm.example\n\n{text}",
    "Italian": "---------- Messaggio inoltrato ---------\nDa: Otto Kunde <otto@kunde.example>\nInviato: mercoledì 12 marzo 2025\nOggetto: Kabel\nA: anna@firm.example\n\n{text}",
    "Spanish": "---------- Mensaje reenviado ---------\nDe: Otto Kunde <otto@kunde.example>\nFecha: 12/03/2025\nAsunto: Kabel\nPara: anna@firm.example\n\n{text}",
    "Dutch": "---------- Doorgestuurd bericht ---------\nVan: Otto Kunde <otto@kunde.example>\nDatum: 12-03-2025\nOnderwerp: Kabel\nAan: anna@firm.example\n\n{text}",
    "Polish": "---------- Wiadomość przekazana dalej ---------\nOd: Otto Kunde <otto@kunde.example>\nData: 12.03.2025\nTemat: Kabel\nDo: anna@firm.example\n\n{text}",
}


def forward(form: str, subject: str = "WG: Kabel", comment: str = "Kannst du das übernehmen?\n\n", to: str = "service@firm.example") -> bytes:
    body = FORMS[form].format(text=TEXT, quoted="\n".join(f"> {line}" for line in TEXT.split("\n")))
    return mail(comment + body, sender="Anna <anna@firm.example>", subject=subject, to=to)


@pytest.mark.parametrize("form", FORMS)
def test_the_sender_and_the_words_of_the_original_are_found(form):
    found = original(parse(forward(form)))
    assert found.sender == ("Otto Kunde", "otto@kunde.example")
    assert found.text.split() == TEXT.split()
    assert found.comment == "Kannst du das übernehmen?"


@pytest.mark.parametrize("form", ["Gmail", "Apple", "Thunderbird", "Proton", "Polish"])
def test_a_marked_forward_needs_no_subject(form):
    assert original(parse(forward(form, subject="Bitte übernehmen", comment=""))).sender.address == "otto@kunde.example"


def test_an_answer_is_no_forward():
    assert original(parse(forward("Outlook, mailto", subject="AW: Kabel"))) is None
    assert original(parse(forward("Outlook", subject="AW: Kabel"))) is None
    assert original(parse(forward("Outlook, mailto", subject="Kabel", to="otto@kunde.example, service@firm.example"))) is None


def test_the_original_may_be_attached():
    raw = (b"From: anna@firm.example\nSubject: Bitte lesen\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nSiehe Anhang\n--x\nContent-Type: message/rfc822\n\n"
           b"From: Otto Kunde <otto@kunde.example>\nSubject: Kabel\n\nMein Kabel ist kaputt.\n--x--\n")
    found = original(parse(raw))
    assert (found.sender.address, found.text, found.comment) == ("otto@kunde.example", "Mein Kabel ist kaputt.", "Siehe Anhang")


def test_a_forward_is_the_customers_message_and_the_colleagues_words_are_a_note(arrive, agent):
    raw = forward("Gmail").replace(b"anna@firm.example", agent.email.encode(), 1)
    conversation = arrive(raw)
    assert conversation.contact.address("email").value == "otto@kunde.example"
    inbound, = messages(conversation, "inbound")
    assert (inbound.from_address, inbound.reply_text.split()) == ("otto@kunde.example", TEXT.split())
    note, = messages(conversation, "note")
    assert (note.reply_text or note.text, note.author_id) == ("Kannst du das übernehmen?", agent.id)
