"""The built-in receiver against clients that are careless, greedy, slow or many."""

from __future__ import annotations

import datetime
import hashlib
import shutil
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections import namedtuple
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crm import settings as settings_module
from crm.inbox import receiving, spool
from tests.inbox.conftest import mail
from tests.inbox.durability import House, wait
from tests.security.test_hostile_mail import receiver

US = ["service@firm.example"]


@pytest.fixture
def house(tmp_path):
    return settings_module.load({"CRM_DATA_DIR": str(tmp_path), "CRM_SECRET_KEY": "test", "CRM_LARGEST_MAIL": "3"})


@pytest.fixture
def certificate(tmp_path) -> Path:
    return make_certificate(tmp_path / "certificate.pem")


def make_certificate(path: Path) -> Path:
    """Key and certificate in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
    signed = made.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(plain + signed.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def talk(settings):
    with receiver(settings) as port, smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        yield client


@contextmanager
def raw(port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection, connection.makefile("rb") as lines:
        yield connection, lines


def spooled(house) -> list[spool.Spooled]:
    return [found for path in spool.waiting(house.spool_dir, 100) if (found := spool.read(path)) is not None]


def test_it_says_what_it_can_do(house):
    with talk(house) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(3 * 1024 * 1024)
        assert {"8bitmime", "smtputf8", "pipelining"} <= set(client.esmtp_features)
        assert not {"auth", "starttls", "chunking"} & set(client.esmtp_features)
        assert client.docmd("BDAT", "10 LAST")[0] == 500


def test_a_size_that_is_announced_and_too_large_is_refused_before_it_is_sent(house):
    with talk(house) as client:
        client.ehlo()
        assert client.mail("a@b.example", ["SIZE=4000000"])[0] == 552
        assert client.mail("a@b.example", ["SIZE=2000000"])[0] == 250


@pytest.mark.parametrize("size", [10, 300_000, 2_500_000])
@pytest.mark.parametrize("line", [b"x" * 76 + b"\r\n", b".\r\n", b"..\r\n.x\r\n", b"\r\n", b"\n.\n", b"z" * 5000, b"\r\n.."])
def test_a_mail_comes_through_byte_for_byte_whatever_its_lines(house, line, size):
    content = b"Subject: x\r\n\r\n" + line * (size // len(line) + 1) + b"\r\n"
    with receiver(house) as port, raw(port) as (connection, lines):
        connection.sendall(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<service@firm.example>\r\nDATA\r\n")
        while not lines.readline().startswith(b"354"):
            pass
        connection.sendall(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        assert lines.readline().startswith(b"250")
    (found,) = spooled(house)
    assert found.raw == content
    assert found.envelope.sha256 == hashlib.sha256(content).hexdigest()
    assert [path.suffix for path in house.spool_dir.iterdir()] == [".mail"]


def test_commands_in_a_row_are_answered_in_a_row(house):
    letter = mail("Hallo").replace(b"\n", b"\r\n")
    with receiver(house) as port, raw(port) as (connection, lines):
        one = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<service@firm.example>\r\nDATA\r\n"
        connection.sendall(b"EHLO x\r\n" + one + letter + b".\r\n" + one + letter + b".\r\nQUIT\r\n")
        answers = [line[:4] for line in lines if line[3:4] != b"-"]
    assert answers == [b"220 ", *[b"250 "] * 3, b"354 ", *[b"250 "] * 3, b"354 ", b"250 ", b"221 "]
    assert len(spooled(house)) == 2


def test_a_bounce_has_no_sender(house):
    with talk(house) as client:
        assert client.sendmail("", US, mail("unzustellbar")) == {}
    assert spooled(house)[0].envelope.sender == ""


def test_letters_of_any_alphabet_in_an_address(house):
    with talk(house) as client:
        client.ehlo()
        client.sendmail("jörg@kunde.example", ["büro@firm.example"], mail("Hallo"), mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    assert spooled(house)[0].envelope.recipients == ("büro@firm.example",)


def test_a_command_line_without_end_and_one_recipient_too_many(house, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_RECIPIENTS", 3)
    with talk(house) as client:
        client.ehlo()
        assert client.docmd("MAIL", "FROM:<" + "a" * 300_000 + "@b.example>")[0] == 500
        client.mail("a@b.example")
        assert [client.rcpt(f"n{number}@firm.example")[0] for number in range(4)] == [250, 250, 250, 452]
        assert client.data(mail("an drei"))[0] == 250
    assert len(spooled(house)[0].envelope.recipients) == 3


def test_no_room_is_told_before_the_mail_is_sent(house, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(receiving.shutil, "disk_usage", lambda _path: usage(100, 100, receiving.RESERVE))
    with talk(house) as client:
        client.ehlo()
        assert client.mail("a@b.example")[0] == 452
        monkeypatch.undo()
        assert client.sendmail("a@b.example", US, mail("später")) == {}


def test_a_disk_that_fills_up_within_a_large_mail_takes_nothing_and_leaves_nothing(house, monkeypatch):
    def full(_coming, _piece):
        raise OSError(28, "No space left on device")

    with talk(house) as client:
        monkeypatch.setattr(spool.Coming, "_write", full)
        with pytest.raises(smtplib.SMTPDataError, match="No space"):
            client.sendmail("a@b.example", US, mail("x" * 2_000_000))
        assert list(house.spool_dir.iterdir()) == []
        monkeypatch.undo()
        assert client.sendmail("a@b.example", US, mail("danach")) == {}


def test_a_fault_of_ours_is_no_reason_to_return_the_mail(house, monkeypatch):
    async def fails(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(receiving.Receiver, "store", fails)
    with talk(house) as client:
        with pytest.raises(smtplib.SMTPResponseException) as told:
            client.sendmail("a@b.example", US, mail("Hallo"))
        assert told.value.smtp_code == 421
        assert b"secret" not in told.value.smtp_error


def test_a_connection_that_ends_within_a_large_mail_leaves_nothing(house):
    with receiver(house) as port, raw(port) as (connection, lines):
        connection.sendall(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<service@firm.example>\r\nDATA\r\n")
        while not lines.readline().startswith(b"354"):
            pass
        connection.sendall(b"x" * 2_000_000)
        wait(lambda: list(house.spool_dir.glob("*.coming")), "it is being written", 20)
        connection.shutdown(socket.SHUT_RDWR)
        wait(lambda: not list(house.spool_dir.iterdir()), "it is gone", 20)


def test_connections_are_bounded_and_the_others_are_served(house, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_CONNECTIONS", 2)
    with receiver(house) as port:
        with raw(port) as (_one, first), raw(port) as (_two, second):
            assert first.readline()[:3] == second.readline()[:3] == b"220"
            with raw(port) as (_three, third):
                assert third.readline().startswith(b"421 4.3.2")
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with raw(port) as (_again, lines):
                if lines.readline().startswith(b"220"):
                    break
        else:
            pytest.fail("nobody is served any more")


def test_a_client_that_says_nothing_or_drips_is_hung_up_on(house, monkeypatch):
    monkeypatch.setattr(receiving, "SILENCE", 0.3)
    with receiver(house) as port, raw(port) as (connection, lines):
        connection.sendall(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<service@firm.example>\r\nDATA\r\n")
        while not lines.readline().startswith(b"354"):
            pass
        assert drips_for(connection) < 5
    assert spooled(house) == []


def test_lmtp_answers_for_each_recipient(house):
    with receiver(house, "lmtp:") as port, raw(port) as (connection, lines):
        three = b"".join(b"RCPT TO:<n%d@firm.example>\r\n" % number for number in range(3))
        letter = mail("Hallo").replace(b"\n", b"\r\n")
        for content, expected in ((letter, b"250"), (b"x" * 4_000_000 + b"\r\n", b"552")):
            connection.sendall(b"LHLO x\r\nMAIL FROM:<a@b.example>\r\n" + three + b"DATA\r\n")
            while not lines.readline().startswith(b"354"):
                pass
            connection.sendall(content + b".\r\n")
            assert [lines.readline()[:3] for _number in range(3)] == [expected] * 3


def test_starttls_with_a_certificate_that_is_renewed_meanwhile(house, certificate):
    seen = set()
    with receiver(replace(house, listen_certificate=certificate)) as port:
        for _time in range(2):
            with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
                client.ehlo()
                assert client.has_extn("starttls")
                client.starttls(context=trusting_anybody())
                client.ehlo()
                assert not {"auth", "starttls"} & set(client.esmtp_features)
                assert client.sendmail("a@b.example", US, mail("verschlüsselt")) == {}
                seen.add(client.sock.getpeercert(binary_form=True))
            make_certificate(certificate)
    assert (len(seen), len(spooled(house))) == (2, 2)


def trusting_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def drips_for(connection: socket.socket) -> float:
    """Seconds until the other side has had enough."""
    began = time.monotonic()
    while time.monotonic() < began + 10:
        try:
            connection.sendall(b"x.\r\n")
        except OSError:
            break
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.mark.slow
def test_swaks_and_the_receiver_of_the_program_understand_each_other(tmp_path, certificate):
    """An independent client (Debian's swaks) against the process that `crm run` starts."""
    if shutil.which("swaks") is None:
        pytest.skip("no swaks on this machine")
    house = House(tmp_path / "data")
    house.environ |= {"CRM_LISTEN_CERTIFICATE": str(certificate)}
    process = subprocess.Popen([sys.executable, "-m", "crm", "part", "receiver"], env=house.environ)
    try:
        wait(lambda: answers(house.port), "the receiver answers", 60)
        for options in ((), ("--pipeline",), ("--tls",), ("--helo", "kunde.example", "--header", "X-Long: " + "x" * 900), ("--attach", "@" + __file__)):
            done = subprocess.run(["swaks", "--server", f"127.0.0.1:{house.port}", "--to", US[0], "--from", "a@b.example", *options], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    finally:
        process.terminate()
        process.wait()
    assert len(list((tmp_path / "data" / "spool").glob("*.mail"))) == 5


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
