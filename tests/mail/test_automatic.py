"""Which mails programs wrote, and which came back."""

import pytest

from crm.mail.automatic import is_automatic, kind
from crm.mail.bounces import bounce
from crm.mail.parsing import parse


def mail(headers: str, body: str = "Guten Tag"):
    return parse(f"From: anna@example.com\n{headers}\n\n{body}".encode() if "From:" not in headers else f"{headers}\n\n{body}".encode())


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied", "auto-submitted: auto-generated; x=y", "Precedence: bulk", "X-Precedence: junk", "Precedence: never\nPrecedence: list",
        "X-Auto-Response-Suppress: All", "X-Autoreply: yes", "X-Loop: me", "X-FC-Machinegenerated: true", "List-Id: <x.example.com>",
        "List-Unsubscribe: <mailto:u@example.com>", "Return-Path: <>", "From: mailer-daemon@example.com", "From: no-reply@example.com", "From: shop-noreply@example.com",
        "Subject: Automatische Antwort: Rechnung", "Subject: Abwesenheitsnotiz: Rechnung", "Subject: Out of Office: Invoice", "Subject: Réponse automatique : facture",
        "Subject: Respuesta automática: factura", "Subject: Risposta automatica: fattura", "Subject: Automatisch antwoord: factuur", "Subject: Odpowiedź automatyczna: faktura",
    ],
)
def test_automatic_mail_is_recognised(header):
    assert is_automatic(mail(header))
    assert kind(mail(header)) == "auto_reply"


@pytest.mark.parametrize(
    "header",
    [
        "Subject: Frage", "Auto-Submitted: no", "Precedence: first-class", "Return-Path: <anna@example.com>", "Subject: Re: Abwesenheitsnotiz", "X-Loop: ",
        "Subject: Automatische Türen gesucht", "Subject: Out of office chairs?", "Subject: Auto gekauft", "Subject: Holiday flat in May", "Subject: Urlaub im Mai",
        "From: noreen.reply@example.com", "From: no-reply@form.example.com\nReply-To: anna@example.com", "Subject: Fwd: Undelivered Mail Returned to Sender",
    ],
)
def test_people_are_not_taken_for_programs(header):
    assert not is_automatic(mail(header))
    assert kind(mail(header)) == "message"


def test_our_own_mail_coming_in_a_circle_is_automatic():
    assert is_automatic(mail("Message-ID: <m.1.x@crm.example.org>"), own_domains=["crm.example.org"])


def report(report_type: str, second: str, prose: str = "Your message could not be delivered.", subject: str = "Undelivered Mail") -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example.com\r\nTo: us@example.org\r\nSubject: {subject}\r\nReturn-Path: <>\r\n"
        f"Content-Type: multipart/report; report-type={report_type}; boundary=x\r\n\r\n--x\r\n\r\n{prose}\r\n--x\r\n{second}\r\n--x--\r\n"
    ).encode()


def status(action: str = "failed", code: str = "5.1.1", diagnostic: str = "smtp; 550 5.1.1 User unknown", address: str = "gone@example.com") -> str:
    return f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {code}\r\nDiagnostic-Code: {diagnostic}\r\n"


@pytest.mark.parametrize(
    ("code", "diagnostic", "hard"),
    [
        ("5.1.1", "smtp; 550 5.1.1 User unknown", True),
        ("5.4.4", "smtp; Host not found", True),
        ("5.0.0", "smtp; 550 No such user here", True),
        ("5.2.2", "smtp; 552 5.2.2 Mailbox full", False),
        ("4.2.2", "smtp; 452 4.2.2 over quota", False),
        ("5.7.1", "smtp; 554 5.7.1 Message looks like spam", False),
        ("5.3.4", "smtp; 552 message size exceeds limit", False),
        ("4.4.1", "smtp; connection timed out", False),
    ],
)
def test_a_delivery_status_says_who_and_whether_for_good(code, diagnostic, hard):
    found = bounce(parse(report("delivery-status", status(code=code, diagnostic=diagnostic))))
    assert found.failed == [("gone@example.com", code)] or (code == "5.0.0" and found.failed[0][0] == "gone@example.com")
    assert found.hard is hard


def test_a_delayed_mail_is_a_soft_bounce_and_a_delivered_one_a_receipt():
    assert bounce(parse(report("delivery-status", status("delayed", "4.4.7")))).hard is False
    delivered = parse(report("delivery-status", status("delivered", "2.0.0", "smtp; 250 ok"), "Delivered.", "Delivery receipt"))
    assert bounce(delivered) is None
    assert kind(delivered) == "receipt"


def test_the_address_we_wrote_to_is_named_rather_than_the_alias_behind_it():
    second = status().replace("Action:", "Original-Recipient: rfc822;info@example.com\r\nAction:")
    assert bounce(parse(report("delivery-status", second))).failed == [("info@example.com", "5.1.1")]


@pytest.mark.parametrize(
    ("headers", "body", "address"),
    [
        ("From: MAILER-DAEMON@mx.example.com\nSubject: failure notice", "Hi. This is the mail program.\n\n<gone@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nTo: other@example.com", "gone@example.com"),
        ("From: Mail Delivery System <postmaster@example.com>\nSubject: Unzustellbar: Angebot\nX-Failed-Recipients: gone@example.com", "Siehe unten.", "gone@example.com"),
        ("From: system@example.com\nReturn-Path: <>\nSubject: Delivery failed", "Could not be delivered to the following recipient:\n   gone@example.com\nmailbox full", "gone@example.com"),
    ],
)
def test_bounces_without_a_status_part_are_read_from_their_words(headers, body, address):
    found = bounce(mail(headers, body))
    assert [each for each, _ in found.failed] == [address]


def test_a_customer_who_complains_about_delivery_is_no_bounce():
    assert bounce(mail("Subject: Paket nicht zugestellt", "Mein Paket konnte nicht zugestellt werden. Bitte helfen Sie.")) is None
    assert bounce(mail("Subject: Re: Undelivered Mail Returned to Sender", "My mail to gone@example.com was not delivered, why?")) is None


def test_receipts_and_complaint_reports():
    assert kind(parse(report("disposition-notification", "Content-Type: message/disposition-notification\r\n\r\nDisposition: x; displayed\r\n", "Read.", "Read: x"))) == "receipt"
    assert kind(parse(report("feedback-report", "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n", "Abuse.", "Abuse report"))) == "complaint_report"
    assert kind(parse(report("delivery-status", status()))) == "bounce"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-generated", "Auto-Submitted: auto-replied (vacation)", "Precedence: Auto_Reply", "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "X-Autoresponse: x", "X-AutoReply-From: a@example.com", "X-Autogenerated: Reply", "X-FC-MachineGenerated: true", "X-POST-MessageClass: 9; Autoresponder",
        "X-Amazon-Mail-Relay-Type: notification", "X-Apple-Action: VACATION/x", "X-Holidayreply: 1", "X-Our-Shop-Auto-Generated: 1", "X-Info: autoreply", "X-Mailer: vacation 1.2",
        "X-RT-Loop-Prevention: example.com", "List-Id: <a.example.com>", "Return-Path: <>",
        "Subject: Auto: Re: Frage", "Subject: Auto: Frage\nIn-Reply-To: <1@x.example>", "Subject: Abwesend\nReferences: <1@x.example>", "Subject: Out of Office", "X-GitHub-Reason: mention",
        "Subject: [Auto-Reply] Frage", "Subject: Automatische Antwort: Frage", "Subject: Abwesend: Frage", "Subject: Risposta Non al computer: x",
        "Subject: Bin im Urlaub: Re: x", "Subject: I am out of the office", "Subject: Frånvaro: x", "Subject: Odpowiedź automatyczna: x", "Subject: Automatická odpověď: x",
    ],
)
def test_what_programs_write_is_known_by_each_of_their_signs(header):
    assert is_automatic(mail(f"From: Anna <anna@example.com>\n{header}", "Hallo"))


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no", "Precedence: first-class", "X-Auto-Response-Suppress:", "X-Autoreply: no", "X-Loop: no", "X-Spam-Status: No, tests=autoreply vacation",
        "Thread-Topic: Automatic reply: x", "X-MS-Exchange-Organization-AutoForwarded: false", "Subject: Automatic door broken", "Subject: Auto", "Subject: Auto kaputt",
        "Subject: Re: Automatic reply: x", "Subject: Abwesenheit von Herrn Müller", "Subject: vacation rental request", "Subject: Auto response time too slow",
        "Subject: On vacation next week, new date?", "Subject: Auto: Bremse quietscht", "Subject: Abwesenheit", "Subject: Absence", "Subject: Fuori sede", "Subject: OOO",
        "Subject: AW: Abwesenheitsnotiz\nIn-Reply-To: <1@x.example>", "X-MS-Exchange-Inbox-Rules-Loop: anna@example.com",
    ],
)
def test_what_people_write_is_theirs(header):
    found = mail(f"From: Anna <anna@example.com>\n{header}", "Hallo")
    assert (is_automatic(found), kind(found)) == (False, "message")


def test_an_absence_note_is_no_bounce_whatever_it_answers():
    headers = "From: Anna <anna@example.com>\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Automatic reply: delivery failed"
    assert kind(mail(headers, "I am away and could not be reached until Monday.")) == "auto_reply"


def test_a_server_that_names_the_address_needs_no_code():
    found = bounce(mail("From: internet@example.com\nSubject: RE: Your message: non remis (delivery failed)", "***\nYour message could not be delivered to\ngone@example.com\n***"))
    assert [address for address, _ in found.failed] == ["gone@example.com"]
