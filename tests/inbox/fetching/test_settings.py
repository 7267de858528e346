"""The servers of a mailbox in the settings, and the button that says what is wrong."""

from __future__ import annotations

import datetime
import socket
import threading
from contextlib import suppress

import pytest
from aiosmtpd.controller import Controller

from crm.extensions import db
from crm.inbox.fetching.accounts import accounts
from crm.inbox.fetching.models import ImapFolder, ImapGap, MailAccount
from crm.inbox.fetching.servers import smtp_servers
from crm.inbox.models import Heartbeat
from crm.outbox import delivering
from crm.outbox.models import Delivery
from crm.outbox.sending import enqueue
from tests.inbox.conftest import mail
from tests.inbox.fetching.dovecot import PASSWORD, free_port


@pytest.fixture
def boss(browse, admin):
    return browse(admin)


@pytest.fixture
def url(mailbox):
    return f"/settings/mailboxes/{mailbox.id}/servers"


def entered(**parts) -> dict:
    return {
        "sign_in": "password", "imap_host": "", "imap_port": "993", "imap_security": "tls", "imap_user": "", "imap_password": "", "folders": "INBOX", "begin_with": "all",
        "afterwards": "leave", "afterwards_folder": "", "smtp_host": "", "smtp_port": "587", "smtp_security": "starttls", "smtp_user": "", "smtp_password": "", **parts,
    }


def test_servers_are_saved_and_their_passwords_are_sealed_and_never_shown(boss, url, mailbox):
    assert boss.get(url).status_code == 200
    assert boss.post(url, data=entered(imap_host="imap.firm.example", imap_password="geheim-1", smtp_host="smtp.firm.example")).status_code == 303
    row = db.session.scalars(db.select(MailAccount)).one()
    assert "geheim-1" not in row.imap_secret
    assert "geheim-1" not in boss.get(url).text
    assert [(each.host, each.user, each.password, each.recipient) for each in accounts()] == [("imap.firm.example", mailbox.address, "geheim-1", mailbox.address)]
    assert smtp_servers()[mailbox.address].password == "geheim-1"
    boss.post(url, data=entered(imap_host="imap2.firm.example"))
    assert accounts()[0].password == "geheim-1"  # an empty field keeps it


def test_a_secret_that_was_sealed_with_another_key_opens_nothing_and_breaks_nothing(boss, url, mailbox, app):
    import dataclasses

    boss.post(url, data=entered(imap_host="imap.firm.example", imap_password="geheim-1"))
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(before, secret_key="another")
    try:
        assert accounts()[0].password == ""
    finally:
        app.config["SETTINGS"] = before


def test_wrong_entries_are_refused_with_the_reason(boss, url):
    assert boss.post(url, data=entered(imap_host="http://imap.example/")).status_code == 422
    assert boss.post(url, data=entered(imap_port="70000")).status_code == 422
    assert boss.post(url, data=entered(imap_host="imap.example", afterwards="move")).status_code == 422
    assert boss.post(url, data=entered(imap_host="imap.example", afterwards="move", afterwards_folder="INBOX")).status_code == 422
    assert db.session.query(MailAccount).count() == 0


def test_only_who_may_change_settings_sees_and_changes_them(client, nobody, url):
    assert client.get(url).status_code == 403
    assert client.post(url, data=entered()).status_code == 403
    assert client.post(f"{url}/trial", data=entered()).status_code == 403
    assert nobody.post(f"{url}/trial", data=entered()).status_code in (302, 303, 401)
    assert client.get(f"{url}/trial").status_code == 405


def trial(boss, url, **parts) -> str:
    answer = boss.post(f"{url}/trial", data=entered(**parts))
    assert answer.status_code == 200
    assert db.session.query(MailAccount).count() == 0  # nothing is saved
    return answer.text


def test_the_test_says_that_it_works(dovecot, user, boss, url):
    dovecot.put(user, mail())
    text = trial(boss, url, imap_host="127.0.0.1", imap_port=dovecot.port, imap_security="none", imap_user=user, imap_password=PASSWORD)
    assert "Fetching works" in text
    assert "INBOX: 1" in text
    assert PASSWORD not in text


def test_what_was_typed_before_the_test_can_be_saved_after_it(dovecot, user, boss, url):
    import re

    text = trial(boss, url, imap_host="127.0.0.1", imap_port=dovecot.port, imap_security="none", imap_user=user, imap_password=PASSWORD)
    kept = re.search(r'name="imap_kept"[^>]*value="([^"]+)"', text)[1]
    boss.post(url, data=entered(imap_host="127.0.0.1", imap_kept=kept))
    assert accounts()[0].password == PASSWORD


def test_the_test_names_a_wrong_password(dovecot, user, boss, url):
    text = trial(boss, url, imap_host="127.0.0.1", imap_port=dovecot.port, imap_security="none", imap_user=user, imap_password="wrong")
    assert "does not accept the user name or the password" in text


def test_the_test_names_a_missing_folder_and_lists_those_that_are_there(dovecot, user, boss, url):
    dovecot.put(user, mail(), folder="Bestellungen")
    text = trial(boss, url, imap_host="127.0.0.1", imap_port=dovecot.port, imap_security="none", imap_user=user, imap_password=PASSWORD, folders="INBOX\nBestellung")
    assert "has no such folder: Bestellung" in text
    assert "Bestellungen" in text


def test_the_test_names_a_host_that_is_not_there_and_a_port_that_refuses(boss, url, monkeypatch):
    assert "refuses the connection" in trial(boss, url, imap_host="127.0.0.1", imap_port=free_port(), imap_security="none")

    def unknown(*_args, **_more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "There is no server with the name imap.nowhere.example" in trial(boss, url, imap_host="imap.nowhere.example")


def test_the_test_names_the_wrong_kind_of_encryption(dovecot, boss, url):
    assert "does not speak encrypted" in trial(boss, url, imap_host="127.0.0.1", imap_port=dovecot.port, imap_security="tls")


def test_the_test_gives_up_on_a_server_that_says_nothing(boss, url, monkeypatch):
    from crm.inbox.fetching import trials

    monkeypatch.setattr(trials, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        text = trial(boss, url, imap_host="127.0.0.1", imap_port=silent.getsockname()[1], imap_security="none", smtp_host="127.0.0.1", smtp_port=silent.getsockname()[1], smtp_security="none")
    assert text.count("does not answer") == 2


@pytest.fixture
def certificate(tmp_path):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(begin).not_valid_after(begin + datetime.timedelta(days=3650)).sign(key, hashes.SHA256())
    path, key_path = tmp_path / "cert.pem", tmp_path / "key.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return path, key_path


def greet(listener) -> None:
    with suppress(OSError):  # whoever calls does not like the certificate
        listener.accept()


def test_the_test_names_a_certificate_that_nobody_vouches_for(certificate, boss, url):
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True) as listener:
        threading.Thread(target=greet, args=(listener,), daemon=True).start()
        text = trial(boss, url, smtp_host="localhost", smtp_port=listener.getsockname()[1], smtp_security="tls")
    assert "The certificate of localhost cannot be trusted: self" in text


class Taker:
    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append((envelope.mail_from, envelope.content))
        return "250 taken"


@pytest.fixture
def smtp():
    taker = Taker()
    controller = Controller(taker, "127.0.0.1", free_port(), ready_timeout=10)
    controller.start()
    taker.port = controller.port
    yield taker
    controller.stop()


def test_a_mailbox_sends_by_its_own_server_and_the_others_stay_held(boss, url, mailbox, smtp):
    assert "Sending works" in trial(boss, url, smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_security="none")
    waited = enqueue(to=["klara@kunde.example"], subject="Hallo", text="Text", sender=(mailbox.name, mailbox.address))
    other = enqueue(to=["klara@kunde.example"], subject="Hallo", text="Text", sender="else@firm.example")
    db.session.commit()
    assert (waited.state, other.state) == ("held", "held")
    boss.post(url, data=entered(smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_security="none"))
    at_once = enqueue(to=["klara@kunde.example"], subject="Noch eins", text="Text", sender=(mailbox.name, mailbox.address))
    db.session.commit()
    assert at_once.state == "queued"
    assert delivering.send_due() == 2
    assert [db.session.get(Delivery, each.id).state for each in (waited, other, at_once)] == ["sent", "held", "sent"]
    assert {sender for sender, _mail in smtp.mails} == {mailbox.address}


def test_a_server_that_does_not_answer_does_not_hold_up_the_others(boss, url, mailbox, smtp, make):
    from crm.inbox.models import Mailbox

    second = Mailbox(name="Verkauf", address="verkauf@firm.example")
    db.session.add(second)
    db.session.flush()
    db.session.add(MailAccount(mailbox_id=second.id, smtp_host="127.0.0.1", smtp_port=free_port(), smtp_security="none"))
    db.session.commit()
    boss.post(url, data=entered(smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_security="none"))
    stuck = [enqueue(to=["klara@kunde.example"], subject=f"{number}", text="Text", sender=second.address) for number in range(3)]
    fine = enqueue(to=["klara@kunde.example"], subject="Hallo", text="Text", sender=mailbox.address)
    db.session.commit()
    assert delivering.send_due() == 1
    assert db.session.get(Delivery, fine.id).state == "sent"
    assert sorted(db.session.get(Delivery, each.id).attempts for each in stuck) == [0, 0, 1]  # the others were spared the attempt


def test_urls_of_the_environment_are_accounts_too(app):
    import dataclasses

    before = app.config["SETTINGS"]
    urls = ("imaps://service%40firm.example:ge%3Aheim@imap.firm.example/INBOX", "imap+starttls://info:x@mail.firm.example:1143/R%C3%BCckfragen",
            "imaps://service%40firm.example:ge%3Aheim@imap.firm.example/Verkauf/Neu")
    app.config["SETTINGS"] = dataclasses.replace(before, imap_urls=urls)
    try:
        first, second = accounts()
    finally:
        app.config["SETTINGS"] = before
    assert (first.user, first.password, first.port, first.security, first.folders) == ("service@firm.example", "ge:heim", 993, "tls", ("INBOX", "Verkauf/Neu"))
    assert (second.port, second.security, second.folders) == (1143, "starttls", ("Rückfragen",))


def test_the_report_shows_every_folder_and_what_is_missing(browse, lead, client, boss, url, mailbox, clock):
    boss.post(url, data=entered(imap_host="imap.firm.example", imap_password="x"))
    folder = ImapFolder(account=f"mailbox:{mailbox.id}", name="INBOX", uidvalidity=1, compared_at=clock(), compared_count=12)
    db.session.add_all([folder, Heartbeat(name=f"imap:{mailbox.address}/INBOX", at=clock(), error="service: imap.firm.example does not answer")])
    db.session.flush()
    gap = ImapGap(folder_id=folder.id, uidvalidity=1, uid=7, subject="Verschollen", sender="klara@kunde.example")
    db.session.add(gap)
    db.session.commit()
    chief = browse(lead)
    page = chief.get("/inbox/reconciliation")
    assert page.status_code == 200
    assert all(words in page.text for words in ("Verschollen", "imap.firm.example does not answer"))
    assert client.get("/inbox/reconciliation").status_code == 403
    assert client.post(f"/inbox/reconciliation/{gap.id}/fetching").status_code == 403
    assert chief.get("/inbox/reconciliation/fetching").status_code in (404, 405)
    assert chief.post(f"/inbox/reconciliation/{gap.id}/fetching").status_code == 303
    assert db.session.get(ImapGap, gap.id, populate_existing=True).wanted_at is not None
    assert chief.post("/inbox/reconciliation/comparison").status_code == 303
    assert db.session.get(ImapFolder, folder.id, populate_existing=True).compare_wanted_at is not None
    assert chief.post("/inbox/reconciliation/999999/fetching").status_code == 404


def test_the_head_of_the_inbox_turns_red_when_a_mailbox_is_silent(client, mailbox, clock):
    from crm.inbox import heartbeats

    db.session.add_all([Heartbeat(name="intake", at=clock()), Heartbeat(name="imap:service@firm.example/INBOX", at=clock())])
    db.session.commit()
    assert heartbeats.pulse().trouble == ""
    clock.advance(minutes=3)
    heartbeats.beat("intake")
    assert "has not been fetched" in heartbeats.pulse().trouble


# — a kept password goes to nobody else ——————————————————————————————————————————————————————————————————————————————————

def kept() -> MailAccount:
    db.session.expire_all()
    return db.session.scalars(db.select(MailAccount)).one()


@pytest.mark.parametrize("parts", [
    {"imap_host": "imap.evil.example"}, {"imap_host": "imap.firm.example", "smtp_host": "smtp.evil.example"}, {"smtp_host": "10.9.2.7"}, {"imap_host": "192.1.2.7"},
])
@pytest.mark.parametrize("way", ["", "/trial"])
def test_another_server_gets_a_password_only_when_it_is_typed_again(boss, url, monkeypatch, parts, way):
    from crm.inbox.fetching import trials

    reached = []
    monkeypatch.setattr(trials, "try_fetching", lambda account: reached.append(account))
    monkeypatch.setattr(trials, "try_sending", lambda server: reached.append(server))
    boss.post(url, data=entered(imap_host="imap.firm.example", imap_password="geheim-1"))
    answer = boss.post(url + way, data=entered(**parts))
    assert answer.status_code == 422
    assert "is not the one that the password was entered for" in answer.text
    assert reached == []
    assert (kept().imap_host, kept().smtp_host) == ("imap.firm.example", "")


def test_it_does_not_get_there_in_two_steps_either(boss, url):
    boss.post(url, data=entered(imap_host="imap.firm.example", imap_password="geheim-1"))
    boss.post(url, data=entered())
    assert boss.post(url, data=entered(imap_host="imap.evil.example")).status_code == 422
    boss.post(url, data=entered(sign_in="microsoft", imap_host="imap.evil.example"))
    assert (kept().imap_host, kept().imap_secret) == ("imap.evil.example", "")


def test_a_provider_is_asked_anew_before_a_token_goes_to_another_server(boss, url, mailbox):
    from crm import sealing

    db.session.add(MailAccount(mailbox_id=mailbox.id, sign_in="google", imap_host="imap.gmail.com", smtp_host="smtp.gmail.com", tokens=sealing.seal('{"access": "a"}')))
    db.session.commit()
    boss.post(url, data=entered(sign_in="google", imap_host="imap.gmail.com", smtp_host="smtp.googlemail.com"))
    assert kept().tokens == ""


def test_the_same_owners_other_server_and_a_typed_password_are_fine(boss, url):
    boss.post(url, data=entered(imap_host="imap.firm.example", imap_password="geheim-1"))
    assert boss.post(url, data=entered(imap_host="imap.firm.example", smtp_host="smtp.firm.example")).status_code == 303
    assert boss.post(url, data=entered(imap_host="imap.other.example", imap_password="geheim-2", smtp_host="")).status_code == 303
    assert accounts()[0].password == "geheim-2"
