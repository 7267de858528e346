"""The pipe of a mail server, and the explanation of mails."""

from __future__ import annotations

import json

import pytest

from crm.inbox import cli, intake, spool
from tests.inbox.conftest import mail, received


@pytest.fixture
def run(app, mailbox):
    def run_command(*arguments, data: bytes | None = None):
        return app.test_cli_runner().invoke(cli.mail, list(map(str, arguments)), input=data)

    return run_command


def test_a_mail_from_a_pipe_is_taken(run):
    result = run("take", data=mail())
    assert result.exit_code == 0
    assert result.output.startswith("conversation ")
    assert received()[0].source == "pipe"


def test_several_files_each_get_a_line(run, tmp_path):
    for name, raw in (("a.eml", mail("one", message_id="<1@x.example>")), ("b.eml", b""), ("c.eml", mail("one", message_id="<1@x.example>"))):
        (tmp_path / name).write_bytes(raw)
    result = run("take", *(tmp_path / name for name in ("a.eml", "b.eml", "c.eml")))
    assert [line.split()[0] for line in result.output.splitlines()] == ["conversation", "quarantined", "duplicate"]


def test_a_mail_that_cannot_be_stored_is_not_acknowledged(run, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool, "write", full)
    assert run("take", data=mail()).exit_code == 75


def test_a_stored_mail_waits_when_the_database_is_away(run, monkeypatch, app):
    from sqlalchemy.exc import OperationalError

    def locked(_arrivals):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(intake, "take_all", locked)
    result = run("take", data=mail())
    assert (result.exit_code, result.output) == (0, "spooled\n")
    monkeypatch.undo()
    with app.app_context():
        assert intake.take_waiting() == 1


def test_explaining_stores_nothing(run, tmp_path):
    (tmp_path / "a.eml").write_bytes(mail("Guten Tag", subject="Grüße"))
    result = run("explain", tmp_path / "a.eml")
    assert json.loads(result.output)["subject"] == "Grüße"
    assert received() == []
