"""Hostile mail through the real receiver and the pipe: never lost, never a fault, never run in our pages."""

from __future__ import annotations

import asyncio
import email
import os
import re
import smtplib
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from email.policy import default as policy

import pytest
from flask.testing import FlaskClient

from crm import blobs
from crm.extensions import db
from crm.inbox import intake, receiving, replying, spool
from crm.inbox.models import Attachment, Conversation, Message, ReceivedMail
from tests.faults.killing import free_port
from tests.inbox.conftest import mail, mailbox, received  # noqa: F401 — fixtures
from tests.security import hostile
from tests.security.world import evil_mail

MOST_MEMORY = 450  # megabytes for a mail of 30; a bare program takes about 130


@contextmanager
def receiver(settings, kind=""):
    """The port of a receiver that runs beside the test."""
    loop, port = asyncio.new_event_loop(), free_port()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(receiving.listen(settings, f"{kind}127.0.0.1:{port}"), loop).result(10)
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def close(server: asyncio.Server) -> None:
    server.close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def house(settings, tmp_path, monkeypatch, app):
    """A spool of its own."""
    own = replace(settings, data_dir=tmp_path)
    for folder in (own.spool_dir, own.blob_dir):
        folder.mkdir()
    monkeypatch.setitem(app.config, "SETTINGS", own)
    return own


def take_all() -> None:
    while intake.take_waiting():
        db.session.expire_all()


@pytest.mark.slow
def test_whatever_was_acknowledged_is_there_and_can_be_looked_at(house, app, mailbox, browse, lead):  # noqa: F811
    mails = hostile.mails()
    with receiver(house) as port, smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        for name, raw in mails.items():
            assert client.sendmail("mallory@evil.example", ["service@firm.example"], raw) == {}, name
    take_all()
    assert list(house.spool_dir.iterdir()) == []
    assert len(received()) == len(mails)
    pages = browse(lead)
    pages.__class__ = FlaskClient  # noise from outside may look like unfinished text to tests/pages.py
    for row in received():
        where = f"/inbox/quarantine/{row.id}" if row.state == "quarantined" else f"/inbox/{row.conversation_id}"
        assert pages.get(where).status_code == 200, where
    for path in ("/inbox", "/contacts", "/inbox/quarantine"):
        assert pages.get(path).status_code == 200
    for message in db.session.scalars(db.select(Message)).all():
        for part in ("text", "html", "frame", "original"):
            assert pages.get(f"/inbox/messages/{message.id}/{part}").status_code == 200


@pytest.mark.slow
def test_files_of_any_name_and_type_are_saved_under_a_harmless_one(house, app, mailbox, browse, agent):  # noqa: F811
    for raw in dict(hostile._names()).values():
        intake.take(raw, spool.Envelope("mallory@evil.example", ("service@firm.example",)))
    client = browse(agent)
    for row in db.session.scalars(db.select(Attachment)).all():
        answer = client.get(f"/inbox/attachments/{row.id}")
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment")
        assert not re.search(r"[\r\n\0\u202e]|%0[ad0]|%E2%80%AE|\.\.[/\\]|%2[fF]|/(?!/)", disposition.replace("UTF-8''", "")), disposition
        assert len(disposition) < 1500
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "X-Evil" not in answer.headers


@pytest.mark.slow
def test_thirty_megabytes_by_the_pipe_take_bounded_memory(tmp_path):
    environ = {**os.environ, "CRM_DATA_DIR": str(tmp_path), "CRM_SECRET_KEY": "test"}
    subprocess.run([sys.executable, "-m", "crm", "migrate"], env=environ, check=True, capture_output=True)
    # Not getrusage: what it tells is never less than what the process had that started this one.
    program = "from crm.cli import commands; commands(['mail', 'take'], standalone_mode=False); print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    done = subprocess.run([sys.executable, "-c", program], input=hostile.large(30), env=environ, capture_output=True, check=False)
    outcome, peak = done.stdout.decode().splitlines()
    assert (done.returncode, outcome) == (0, "conversation 1"), done.stderr
    assert int(peak) / 1024 < MOST_MEMORY


def test_a_mail_larger_than_we_take_is_refused_and_the_next_one_taken(house, app):
    with receiver(replace(house, largest_mail=1)) as port, smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        with pytest.raises(smtplib.SMTPResponseException) as refused:
            client.sendmail("a@b.example", ["service@firm.example"], hostile.large(3))
        assert refused.value.smtp_code == 552
        assert client.sendmail("a@b.example", ["service@firm.example"], mail("afterwards")) == {}
    assert len(list(house.spool_dir.iterdir())) == 1


def test_five_thousand_recipients_and_commands_that_are_none(house, app, mailbox):  # noqa: F811
    with receiver(house) as port, smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        for nonsense in ("XYZZY", "MAIL FROM:<" + "a" * 3000 + ">", "RCPT", "DATA", "\0\0", "AUTH PLAIN AAAA", "EXPN root", "HELO"):
            assert client.docmd(nonsense)[0] >= 500 or nonsense in ("HELO", "EXPN root"), nonsense
        client.ehlo()
        everybody = [f"n{number}@firm.example" for number in range(5_000)]
        assert client.sendmail("mallory@evil.example", everybody, mail("an alle")) == {}
    take_all()
    (row,) = received()
    assert row.state == "taken"
    assert row.envelope_to.count("@") == 5_000


def test_bytes_after_the_dot_are_no_second_mail(house, app, mailbox):  # noqa: F811
    """SMTP smuggling: only CR LF . CR LF ends a mail."""
    smuggled = b"\r\nMAIL FROM:<admin@firm.example>\r\nRCPT TO:<service@firm.example>\r\nDATA\r\nFrom: admin@firm.example\r\n\r\nsmuggled\r\n"
    for ending in (b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n"):
        with receiver(house) as port, smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.ehlo()
            client.mail("mallory@evil.example")
            client.rcpt("service@firm.example")
            client.docmd("DATA")
            client.send(b"From: mallory@evil.example\r\nSubject: x\r\n\r\nhello" + ending + smuggled + b"\r\n.\r\n")
            assert client.getreply()[0] == 250
    assert len(list(house.spool_dir.iterdir())) == 5


# — answering and showing —————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("field", ["Subject", "From"])
def test_what_a_customer_wrote_into_a_header_begins_none_of_ours(app, mailbox, agent, field):  # noqa: F811
    injected = "=?utf-8?q?Hallo=0D=0ABcc:_victim@evil.example=0D=0AX-Evil:_1=0D=0A=0D=0Abody?="
    raw = mail("Hallo", **({"subject": "x"} if field == "Subject" else {"sender": "x@kunde.example"}))
    line = f"Subject: {injected}" if field == "Subject" else f"From: {injected} <mallory@evil.example>"
    raw = re.sub(rf"^{field}: .*$".encode(), line.encode(), raw, count=1, flags=re.MULTILINE)
    conversation = db.session.get_one(Conversation, intake.take(raw, spool.Envelope("mallory@evil.example", ("service@firm.example",))).ident)
    reply = replying.reply(conversation, agent, "Guten Tag", cc=["c@kunde.example"])
    db.session.commit()
    sent = email.message_from_bytes(blobs.get(reply.delivery.blob), policy=policy)
    assert sent["Bcc"] is None
    assert sent["X-Evil"] is None
    assert set(reply.delivery.recipients.split(",")) <= {"mallory@evil.example", "x@kunde.example", "klara@kunde.example", "c@kunde.example"}


@pytest.mark.parametrize("written", ["a@b.example\r\nBcc: victim@evil.example", "a@b.example,victim@evil.example", "a b@c.example", "@", "<a@b.example>\0"])
def test_an_address_is_one_address(app, mailbox, agent, make, written):  # noqa: F811
    from crm.errors import Refused

    conversation = db.session.get_one(Conversation, intake.take(mail(), spool.Envelope("klara@kunde.example", ())).ident)
    with pytest.raises((Refused, ValueError)):
        replying.reply(conversation, agent, "Guten Tag", cc=[written])


FORBIDDEN = re.compile(r"<(?:script|iframe|svg|style|meta|base|form|input|link|object|embed|math)\b|\son\w+\s*=|javascript:|data:text|//evil\.example|\bstyle\s*=", re.I)


def test_html_of_a_mail_is_shown_without_anything_that_acts(app, mailbox, browse, agent):  # noqa: F811
    conversation = db.session.get_one(Conversation, intake.take(evil_mail(), spool.Envelope("mallory@evil.example", ())).ident)
    message = db.session.scalars(db.select(Message).where(Message.conversation_id == conversation.id)).first()
    client = browse(agent)
    answer = client.get(f"/inbox/messages/{message.id}/html")
    body = answer.text.split("<body", 1)[1].split(">", 1)[1]
    assert "Hallo" in body
    assert FORBIDDEN.findall(re.sub(r"&lt;.*?&gt;", "", body)) == []
    policy_said = answer.headers["Content-Security-Policy"]
    assert policy_said.startswith("sandbox")
    assert "allow-scripts" not in policy_said
    assert "allow-same-origin" not in policy_said
    with_pictures = client.get(f"/inbox/messages/{message.id}/html?remote=1")
    assert FORBIDDEN.findall(with_pictures.text.split("<body", 1)[1].split(">", 1)[1].replace('src="https://evil.example/pixel.gif"', "")) == []


TRICKS = (
    "<scr<script>ipt>evil()</scr</script>ipt>", "<img src=x onerror=evil()//", "<svg/onload=evil()>", "<math><mtext></form><form><mglyph><style></math><img src onerror=evil()>",
    "<noscript><p title=\"</noscript><img src=x onerror=evil()>\">", "<a href=' \x01javascript:evil()'>x</a>", "<a href='java\tscript:evil()'>x</a>", "<a href=\"JaVaScRiPt&colon;evil()\">x</a>",
    "<a href='vbscript:evil()'>x</a>", "<img src='data:image/svg+xml,<svg onload=evil()>'>", "<img src=\"data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ZXZpbCgpPg==\">", "<xmp><script>evil()</script></xmp>",
    "<template><script>evil()</script></template>", "<table background='//evil.example/x.png'>", "<body background=//evil.example onload=evil()>", "<img srcset='//evil.example/x.png 1x'>",
    "<video src=//evil.example poster=//evil.example><audio src=//evil.example>", "<input type=image src=//evil.example>", "<details open ontoggle=evil()>", "<select autofocus onfocus=evil()>",
    "<a href=x id=csrf_token name=config>", "<p style='background:url(//evil.example)'>", "<style>@import '//evil.example'</style>", "<font color='red;background:url(//evil.example)'>",
    "<!--[if IE]><script>evil()</script><![endif]-->", "<img src='cid:x\" onerror=evil()'>", "<plaintext>", "<title><img src=x onerror=evil()></title>", "<?xml-stylesheet href='//evil.example'?>",
)  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("remote", [False, True])
def test_tricks_of_the_trade(trick, remote):
    from lxml import html

    from crm.mail.sanitising import safe_html

    cleaned = safe_html(f"<p>before</p>{trick}<p>after</p>", {}, allow_remote=remote)
    tree = html.fragment_fromstring(cleaned, create_parent="div")
    for element in tree.iter(html.etree.Element):
        assert element.tag not in ("script", "style", "iframe", "svg", "math", "form", "input", "link", "meta", "base", "object", "embed", "video", "audio", "template")
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in ("style", "srcset", "background", "poster", "id", "class")
            if name in ("href", "src"):
                assert re.match(r"(https?://|mailto:|tel:|data:image/(gif|png|jpe?g|webp);base64,)", value), value
                assert remote or "//evil.example" not in value


def test_quarantined_mail_is_shown_to_staff_and_can_be_run_again(app, mailbox, browse, lead):  # noqa: F811
    intake.take(b"", spool.Envelope("mallory@evil.example", ()))
    (row,) = db.session.scalars(db.select(ReceivedMail)).all()
    client = browse(lead)
    assert client.get(f"/inbox/quarantine/{row.id}/original").headers["Content-Disposition"].startswith("attachment")
    assert client.post(f"/inbox/quarantine/{row.id}/attempt").status_code in (200, 303)
    assert row.state == "quarantined"
