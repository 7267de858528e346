"""What is odd about a mail is said in words; nothing of it runs; pictures are loaded when somebody chose so."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from crm import attachments
from crm.accounts.models import AuditEntry
from crm.accounts.preferences import set_preference
from crm.contacts.models import Organisation
from crm.errors import Refused
from crm.extensions import db
from crm.inbox import intake, replying
from crm.inbox.models import Attachment, Conversation
from crm.inbox.spool import Envelope
from crm.inbox.trusting.models import TrustedSender
from crm.mail import hosts
from crm.mail.sanitising import safe_html
from crm.mail.targets import told
from tests.conftest import HTMX
from tests.inbox.conftest import mail, messages

PICTURE = '<p>Hallo <img src="https://pictures.example/pixel.gif"></p>'


def designed(markup: str = PICTURE, **parts) -> bytes:
    made = message_from_bytes(mail(**parts), policy=policy.default)
    made.add_alternative(markup, subtype="html")
    return made.as_bytes()


def with_file(filename: str, data: bytes, maintype: str = "application", subtype: str = "octet-stream") -> bytes:
    made = message_from_bytes(mail(), policy=policy.default)
    made.add_attachment(data, maintype=maintype, subtype=subtype, filename=filename)
    return made.as_bytes()


def odd(conversation: Conversation) -> list[str]:
    return [kind for kind, _detail in messages(conversation, "inbound")[0].data.get("odd", [])]


# — who it is from ———————————————————————————————————————————————————————————————————————————————————————————————————————

@pytest.mark.parametrize(("sender", "headers", "kinds"), [
    ("Klara Kunde <klara@kunde.example>", {}, []),
    ("service@firm.example <mallory@evil.example>", {}, ["name_address"]),
    ('"Bank <konto@bank.example>" <mallory@evil.example>', {}, ["name_address"]),
    ("Anna Agent <anna@evil.example>", {}, ["name_colleague"]),
    ("Klara <klara@xn--mnchen-3ya.example>", {}, []),
    ("Klara <klara@kunde.example>", {"Reply_To": "mallory@evil.example"}, ["reply_to"]),
    ("Klara <klara@kunde.example>", {"Reply_To": "klara@mail.kunde.example"}, []),
    ("Muster <post@rnusterfirma.example>", {}, ["domain_known"]),
    ("Muster <post@musterfirma.example>", {}, []),
    ("Muster <post@mustеrfirma.example>", {}, ["domain_known"]),
    ("Somebody <a@раypal.example>", {}, ["domain_mixed"]),
])
def test_who_seems_to_be_somebody_else_is_marked(arrive, agent, sender, headers, kinds):
    db.session.add(Organisation(name="Muster", domain="musterfirma.example"))
    db.session.commit()
    raw = mail(sender="Klara <klara@kunde.example>", **headers).replace(b"From: Klara <klara@kunde.example>", f"From: {sender}".encode(), 1)
    assert odd(arrive(raw)) == kinds


@pytest.mark.parametrize("domain", ["nordl1cht.example", "nordlichtt.example", "norclicht.example"])
def test_a_domain_like_ours_is_marked(arrive, mailbox, client, domain):
    mailbox.address = "service@nordlicht.example"
    db.session.commit()
    conversation = arrive(mail(sender=f"Service <service@{domain}>"))
    assert odd(conversation) == ["domain_ours"]
    page = client.get(f"/inbox/{conversation.id}").text
    assert "looks like yours, nordlicht.example" in page
    assert "sender in doubt" in page


def test_our_own_domain_is_not_like_ours(arrive, mailbox):
    mailbox.address = "service@nordlicht.example"
    db.session.commit()
    assert odd(arrive(mail(sender="Otto <otto@mail.nordlicht.example>"))) == []


RECEIVED = "from mail.evil.example by mx.firm-mail.example with ESMTPS; Sat, 21 Nov 2026 09:00:00 +0000"


@pytest.mark.parametrize(("result", "source", "trusted", "kinds"), [
    ("mx.firm-mail.example; dmarc=fail header.from=kunde.example; spf=pass", "imap", "", ["dmarc"]),
    ("auth.firm-mail.example; dmarc=fail", "imap", "", ["dmarc"]),
    ("mx.firm-mail.example; spf=fail; dkim=none", "imap", "", ["spf"]),
    ("mx.firm-mail.example; spf=fail; dkim=pass", "imap", "", []),
    ("mx.firm-mail.example; dkim=fail; spf=none", "lmtp", "", ["dkim"]),
    ("mx.firm-mail.example; dmarc=pass; spf=fail", "imap", "", []),
    ("mx.evil.example; dmarc=fail", "imap", "", []),
    ("mx.firm-mail.example; dmarc=fail", "smtp", "", []),
    ("mx.firm-mail.example; dmarc=fail", "smtp", "mx.firm-mail.example, other.example", ["dmarc"]),
    ("mx.firm-mail.example; dmarc=fail", "imap", "other.example", []),
])
def test_only_servers_we_trust_are_believed(app, mailbox, result, source, trusted, kinds):
    set_preference("trusted_hosts", trusted)
    db.session.commit()
    raw = f"Received: {RECEIVED}\r\nAuthentication-Results: {result}\r\n".encode() + mail()
    outcome = intake.take(raw, Envelope("klara@kunde.example", ("service@firm.example",), source))
    assert odd(db.session.get_one(Conversation, outcome.ident)) == kinds


def test_the_reason_stands_at_the_message(arrive, client):
    conversation = arrive(mail(Reply_To="mallory@evil.example"))
    message = messages(conversation, "inbound")[0]
    for page in (f"/inbox/{conversation.id}", f"/inbox/messages/{message.id}"):
        assert "Answers to this mail go to another domain than the sender&#39;s: mallory@evil.example" in client.get(page).text


@pytest.mark.parametrize(("host", "known", "like"), [
    ("firma-nord.example", ["firma-nord.example"], ""), ("flrma-nord.example", ["firma-nord.example"], "firma-nord.example"), ("xn--frma-nord-i5a.example", ["firma-nord.example"], ""),
    ("firm.example", ["farm.example"], ""), ("evil.example", [], ""), ("a.b.co.uk", ["b.co.uk"], ""), ("rnail.example", ["mail.example"], "mail.example"),
])
def test_likeness_of_names(host, known, like):
    assert hosts.looks_like(host, known) == like


# — links ————————————————————————————————————————————————————————————————————————————————————————————————————————————————

@pytest.mark.parametrize(("markup", "there", "missing"), [
    ('<a href="https://evil.example/x">https://bank.example/login</a>', "[→ evil.example]", ""),
    ('<a href="https://evil.example/x"><b>www.bank.example</b></a>', "[→ evil.example]", ""),
    ('<a href="https://login.bank.example/x">bank.example</a>', 'title="https://login.bank.example/x"', "→"),
    ('<a href="https://evil.example/x">Hier klicken</a>', 'title="https://evil.example/x"', "→"),
    ('<a href="https://evil.example/x" title="https://bank.example">Hier</a>', 'title="https://evil.example/x"', "bank.example"),
    ('<a href="http://192.0.2.7/x">Hier</a>', "[→ 192.0.2.7]", ""),
    ('<a href="https://bаnk.example/">Hier</a>', "xn--bnk-6cd.example", ""),
    ('<a href="https://firm.example/a.pdf">rechnung.pdf</a>', 'title="https://firm.example/a.pdf"', "→"),
    ('<a href="https://x&quot;&gt;&lt;script&gt;.example/">x</a>', "", "<script"),
    ('<a href="https://[bad">x</a>', "", "→"),
])
def test_a_link_says_where_it_leads(markup, there, missing):
    found = told(safe_html(markup))
    assert there in found
    assert not missing or missing not in found
    assert not found.startswith("<a href") or 'rel="noopener noreferrer nofollow"' in found


def test_many_links_take_no_longer_than_they_are_many():
    assert told(safe_html('<a href="https://a.example">' + "b." * 20_000 + "</a>" + '<a href="x">' * 5_000)).count("<a") <= 5_001


def test_of_style_only_what_colours_and_measures_stays():
    kept = safe_html('<p style="color: red; position: fixed; top: 0; margin: -40px; background: url(//x.example); z-index: 9; font-size: 12px; content: \'x\'">x</p>')
    assert kept == '<p style="color: red; font-size: 12px">x</p>'
    assert safe_html('<p style="background-image:image-set(\'//x.example\'); color:\\75 rl(x)">x</p>') == "<p>x</p>"


# — pictures —————————————————————————————————————————————————————————————————————————————————————————————————————————————

def frame(client, message) -> str:
    return client.get(f"/inbox/messages/{message.id}/frame", headers=HTMX).text


def test_pictures_wait_for_a_choice_which_is_remembered_and_taken_back(client, arrive, take):
    message = messages(arrive(designed()), "inbound")[0]
    asked = frame(client, message)
    assert "Show pictures" in asked
    assert "Always for klara@kunde.example" in asked
    assert "Always for kunde.example" in asked
    assert "remote=1" not in asked.split("</iframe>")[0]
    answer = client.post(f"/inbox/messages/{message.id}/trust", data={"sender": "klara@kunde.example"}, headers=HTMX)
    assert "/html?remote=1" in answer.text
    later = messages(arrive(designed(subject="Noch eine", sender="Klara <klara@kunde.example>")), "inbound")[-1]
    assert "/html?remote=1" in frame(client, later)
    other = messages(arrive(designed(subject="Andere", sender="kurt@kunde.example")), "inbound")[-1]
    assert "/html?remote=1" not in frame(client, other)
    (row,) = db.session.query(TrustedSender).all()
    assert "klara@kunde.example" in client.get("/settings/trusted-senders").text
    client.delete(f"/settings/trusted-senders/{row.id}")
    assert "/html?remote=1" not in frame(client, later)
    assert "Nobody yet" in client.get("/settings/trusted-senders").text
    assert [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)][-2:] == ["trusted_sender.added", "trusted_sender.removed"]


def test_a_domain_is_trusted_as_a_whole_unless_it_is_everybodys(client, arrive):
    message = messages(arrive(designed()), "inbound")[0]
    assert client.post(f"/inbox/messages/{message.id}/trust", data={"sender": "kunde.example"}).status_code == 303
    assert "/html?remote=1" in frame(client, messages(arrive(designed(sender="kurt@kunde.example", subject="x")), "inbound")[-1])
    anybody = messages(arrive(designed(sender="klara@gmail.com", subject="y")), "inbound")[-1]
    assert "Always for gmail.com" not in frame(client, anybody)
    refused = client.post(f"/inbox/messages/{anybody.id}/trust", data={"sender": "gmail.com"}, headers=HTMX)
    assert refused.status_code == 409
    assert "sender of this mail only" in refused.text
    assert db.session.query(TrustedSender).count() == 1


def test_a_mail_in_doubt_is_never_trusted(app, mailbox, client):
    db.session.add(TrustedSender(value="kunde.example"))
    set_preference("trusted_hosts", "mx.firm.example")
    db.session.commit()
    raw = b"Authentication-Results: mx.firm.example; dmarc=fail\r\n" + designed()
    outcome = intake.take(raw, Envelope("klara@kunde.example", ("service@firm.example",), "imap"))
    message = messages(db.session.get_one(Conversation, outcome.ident), "inbound")[0]
    shown = frame(client, message)
    assert "/html?remote=1" not in shown
    assert "is in doubt" in shown
    assert client.post(f"/inbox/messages/{message.id}/trust", data={"sender": "klara@kunde.example"}, headers=HTMX).status_code == 409


@pytest.mark.parametrize(("result", "shown"), [
    ("spf=pass smtp.mailfrom=mallory@evil.example; dkim=pass header.d=evil.example; dmarc=none", False),
    ("spf=none; dkim=none", False),
    ("spf=fail smtp.mailfrom=kunde.example; dkim=pass header.i=@evil.example header.b=kunde.example", False),
    ("spf=pass smtp.mailfrom=bounces.kunde.example", True),
    ("dkim=pass header.d=kunde.example; dkim=fail header.d=evil.example", True),
    ("dmarc=pass header.from=kunde.example", True),
])
def test_a_name_in_from_that_nothing_proves_gets_no_pictures(app, mailbox, client, result, shown):
    db.session.add(TrustedSender(value="kunde.example"))
    set_preference("trusted_hosts", "mx.firm.example")
    db.session.commit()
    outcome = intake.take(f"Authentication-Results: mx.firm.example; {result}\r\n".encode() + designed(), Envelope("klara@kunde.example", ("service@firm.example",), "imap"))
    page = frame(client, messages(db.session.get_one(Conversation, outcome.ident), "inbound")[0])
    assert ("/html?remote=1" in page) is shown
    assert ("is in doubt" in page) is not shown


def test_trust_goes_by_who_wrote_and_not_by_where_answers_go(client, arrive):
    db.session.add(TrustedSender(value="kunde.example"))
    db.session.commit()
    message = messages(arrive(designed(sender="mallory@evil.example", Reply_To="klara@kunde.example")), "inbound")[0]
    assert "/html?remote=1" not in frame(client, message)


def test_pictures_open_the_policy_of_that_view_only(client, arrive):
    message = messages(arrive(designed()), "inbound")[0]
    closed, opened = client.get(f"/inbox/messages/{message.id}/html"), client.get(f"/inbox/messages/{message.id}/html?remote=1")
    assert "https:" not in closed.headers["Content-Security-Policy"]
    assert "pictures.example" not in closed.text
    assert "img-src data: https: http:;" in opened.headers["Content-Security-Policy"]
    assert "script-src" not in opened.headers["Content-Security-Policy"]
    assert "default-src 'none'" in opened.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/inbox/messages/{}/trust", "/inbox/messages/{}/frame"])
def test_strangers_and_unknown_mails(nobody, client, arrive, path):
    message = messages(arrive(designed()), "inbound")[0]
    ask = (lambda who, where: who.post(where, data={"sender": "klara@kunde.example"})) if path.endswith("trust") else (lambda who, where: who.get(where))
    assert ask(nobody, path.format(message.id)).status_code in (302, 303, 401)
    assert ask(client, path.format(4711)).status_code == 404
    assert db.session.query(TrustedSender).count() == 0


def test_trust_is_posted(client, arrive):
    assert client.get(f"/inbox/messages/{messages(arrive(designed()), 'inbound')[0].id}/trust").status_code == 405


# — files ————————————————————————————————————————————————————————————————————————————————————————————————————————————————

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89" + b"\0" * 40


@pytest.mark.parametrize(("filename", "data", "runs", "shown"), [
    ("bild.png", PNG, False, True), ("rechnung.pdf", b"%PDF-1.7\n%%EOF", False, True), ("rechnung.pdf.exe", b"MZ\x90", True, False), ("rechnung.pdf", b"MZ\x90\0", True, False),
    ("liste.xlsm", b"PK\x03\x04", True, False), ("liste.docx", b"PK\x03\x04....word/vbaProject.bin", True, False), ("liste.docx", b"PK\x03\x04word/document.xml", False, False),
    ("seite.html", b"<script>evil()</script>", True, False), ("bild.svg", b"<svg onload='evil()'/>", True, False), ("notiz.txt", b"Guten Tag", False, False),
])
def test_files_that_can_run_are_marked_and_only_pictures_and_pdfs_are_shown(client, take, filename, data, runs, shown):
    kind = ("image", "png") if filename.endswith("png") else ("application", "pdf") if filename.endswith("pdf") else ("application", "octet-stream")
    conversation = take(with_file(filename, data, *kind)).ident
    (row,) = db.session.query(Attachment).all()
    page = client.get(f"/inbox/{conversation}").text
    assert ("can run on your computer" in page) is runs
    assert (f"/inbox/attachments/{row.id}/view" in page) is shown
    looked_at = client.get(f"/inbox/attachments/{row.id}/view")
    assert looked_at.headers["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert "default-src 'none'" in looked_at.headers["Content-Security-Policy"]
    saved = client.get(f"/inbox/attachments/{row.id}")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.data == data


def test_what_is_called_a_picture_and_is_none_is_saved(client, take):
    take(with_file("bild.png", b"<html><script>evil()</script></html>", "image", "png"))
    (row,) = db.session.query(Attachment).all()
    assert client.get(f"/inbox/attachments/{row.id}/view").headers["Content-Disposition"].startswith("attachment")


def test_an_old_document_with_macros_is_known_by_its_bytes():
    assert attachments.carries_program(b"\xd0\xcf\x11\xe0" + b"\0" * 100 + "_VBA_PROJECT".encode("utf-16-le"))
    assert not attachments.carries_program(b"\xd0\xcf\x11\xe0" + b"\0" * 100)


def test_a_mail_carries_no_more_than_the_setting_allows(agent, arrive):
    conversation = arrive()
    set_preference("largest_mail", 1)
    half = ("halb.bin", "application/octet-stream", b"x" * 600_000)
    with pytest.raises(Refused, match="larger than 1 MB together"):
        replying.reply(conversation, agent, "Hier", uploads=[half, half])
    assert messages(conversation, "reply") == []
    replying.reply(conversation, agent, "Hier", uploads=[half])
    assert len(messages(conversation, "reply")) == 1
