import socket
import ssl
import threading
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner

from crm import doctor, migrating
from crm.cli import commands
from crm.settings import load
from tests.inbox.test_receiving import make_certificate
from tests.platform.test_running import free_port


@pytest.fixture
def installed(fresh, fresh_settings):
    migrating.migrate()
    return fresh_settings


def test_a_healthy_installation_has_no_fault(installed, monkeypatch):
    monkeypatch.setattr(doctor, "load", lambda: installed)
    findings = {finding.subject: finding for finding in doctor.examine()}
    assert {subject for subject, finding in findings.items() if finding.level == "fault"} == set()
    assert {"database", "disk", "queue", "sending mail", "intake", "outbox"} <= set(findings)


def test_faults_of_the_settings_are_told_and_end_with_status_1(tmp_path, monkeypatch):
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CRM_LOCALE", "fr")
    done = CliRunner().invoke(commands, ["doctor"])
    assert done.exit_code == 1
    assert "FAULT  settings: CRM_LOCALE is 'fr': choose one of en, de." in done.output


def test_an_empty_database_is_told_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "load", lambda: load({"CRM_DATA_DIR": str(tmp_path)}))
    (found,) = (finding for finding in doctor.examine() if finding.subject == "database")
    assert found.level == "fault"
    assert "crm migrate" in found.remedy


def test_a_damaged_database_is_told(installed):
    if not installed.is_sqlite:
        pytest.skip("PostgreSQL checks its own pages")
    from sqlalchemy import text

    from crm.extensions import db

    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        connection.execute(text("INSERT INTO delivery_attempts (delivery_id, at, outcome, text) VALUES (4711, '2026-01-01', 'sent', '')"))
        connection.commit()
        raw.execute("PRAGMA foreign_keys=ON")
    found = doctor.database(installed)
    assert (found.level, found.sentence) == ("fault", "is damaged: rows of delivery_attempts point nowhere")


class Nothing:
    async def handle_DATA(self, *_):  # noqa: N802
        return "250 OK"


def test_a_mail_server_is_greeted(installed):
    port = free_port()
    controller = Controller(Nothing(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert doctor.sending(replace(installed, smtp_url=f"smtp://127.0.0.1:{port}")).level == "ok"
        assert doctor.receiving(replace(installed, listen_smtp=f"127.0.0.1:{port}")).level == "ok"
    finally:
        controller.stop()
    found = doctor.sending(replace(installed, smtp_url=f"smtp://127.0.0.1:{port}"))
    assert found.level == "fault"
    assert "CRM_SMTP_URL" in found.remedy
    assert doctor.receiving(replace(installed, listen_smtp=f"127.0.0.1:{port}")).remedy == "Start `crm run` or `crm receive`."


def test_a_certificate_that_the_outbox_would_not_trust_is_a_fault(installed, tmp_path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(make_certificate(tmp_path / "cert.pem"))
    controller = Controller(Nothing(), hostname="127.0.0.1", port=free_port(), tls_context=context)
    controller.start()
    try:
        found = doctor.sending(replace(installed, smtp_url=f"smtp+starttls://127.0.0.1:{controller.port}"))
    finally:
        controller.stop()
    assert found.level == "fault"
    assert "certificate" in found.sentence


def test_another_program_at_our_port_is_told(installed):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def greet() -> None:
            with server.accept()[0] as connection:
                connection.sendall(b"SSH-2.0\r\n")

        other = threading.Thread(target=greet)
        other.start()
        found = doctor.receiving(replace(installed, listen_smtp=f"127.0.0.1:{server.getsockname()[1]}"))
        other.join()
    assert "another program" in found.sentence


def test_mail_that_nobody_takes_in_is_told(installed):
    import os

    path = installed.spool_dir / "1.mail"
    path.touch()
    assert doctor.spool(installed).level == "ok"
    os.utime(path, (0, 0))
    assert doctor.spool(installed).level == "fault"


def test_a_mail_that_is_still_coming_in_waits_for_nobody(installed):
    import os

    path = installed.spool_dir / "1.coming"
    path.touch()
    os.utime(path, (0, 0))
    assert doctor.spool(installed).sentence == "0 mails waiting"


def test_mail_settings_that_are_missing_are_a_hint(installed):
    assert doctor.sending(replace(installed, smtp_url=None)).level == "hint"
    assert doctor.address(installed).level == "hint"
    assert doctor.address(replace(installed, base_url="https://crm.firm.example")).level == "ok"


def test_a_key_that_others_can_read_is_a_fault(installed):
    path = installed.data_dir / "secret_key"
    path.write_text("x")
    path.chmod(0o644)
    assert doctor.key(installed).remedy.startswith("Run: chmod 600")
