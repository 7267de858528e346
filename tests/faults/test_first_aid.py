"""What can be wrong around the program: one clear sentence, the way out, and an exit status that tells."""

from __future__ import annotations

import errno
import os
import smtplib
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from crm import migrating
from crm.cli import commands
from crm.inbox import spool
from crm.settings import SettingsError, load
from tests.inbox.conftest import mail
from tests.security.test_hostile_mail import house, receiver  # noqa: F401 — a fixture

NOISE = b"\xff\xfe\x00 no text"


@pytest.fixture
def crm(tmp_path: Path):
    """crm("run", …, CRM_X="…") → the finished process, in a data directory of its own."""

    def run(*arguments: str, input: bytes = b"", **ours: str) -> subprocess.CompletedProcess:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
        environ = clean | {"CRM_DATA_DIR": str(tmp_path / "data")} | ours
        return subprocess.run([sys.executable, "-m", "crm", *arguments], env=environ, input=input, capture_output=True, timeout=60, check=False)

    (tmp_path / "data").mkdir()
    return run


def said(done: subprocess.CompletedProcess, status: int = 2) -> str:
    words = done.stderr.decode()
    assert done.returncode == status, words
    assert "Traceback" not in words
    return words


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "environ", "sentence"), [
    (("run", "--port", "99999"), {}, "not in the range"),
    (("run",), {"CRM_LISTEN_SMTP": "127.0.0.1:99999"}, "give host:port"),
    (("run",), {"CRM_SMTP_URL": "smtp://mail.example:99999999"}, "CRM_SMTP_URL"),
    (("run",), {"CRM_DATABASE_URL": "sqlite://"}, "leave it out for SQLite in the data directory"),
    (("run",), {"CRM_DATABASE_URL": "sqlite:////nowhere/crm.sqlite"}, "could not be migrated"),
    (("worker",), {"CRM_DATABASE_URL": "postgresql://u:hidden@[::1"}, "Check host, name, user and password"),
    (("user", "add", "a@firm.example", "--name", "A"), {"CRM_DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/x"}, "does not answer"),
    (("run",), {"CRM_DATA_DIR": "/proc/nowhere"}, "set CRM_DATA_DIR to another folder"),
])  # fmt: skip
def test_wrong_settings_end_in_a_sentence(crm, arguments, environ, sentence):
    words = said(crm(*arguments, **environ))
    assert sentence in words
    assert "hidden" not in words


INSIDE = (["user", "add", "a@firm.example", "--name", "A"], ["stats", "rebuild"], ["token", "add", "--user", "a@firm.example", "--name", "t", "--scope", "read"])
OWN_WAY = (["run"], ["web"], ["worker"], ["migrate"], ["init"], ["demo", "load"])  # of asking for the version
NEWER = "Install that version or a later one"


@pytest.fixture
def versioned(tmp_path):
    """versioned("99990101_0000") → a database that says it is of that version."""

    def pretend(version: str) -> None:
        with closing(sqlite3.connect(tmp_path / "data" / "crm.sqlite")) as connection, connection:
            connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
            connection.execute("INSERT INTO alembic_version VALUES (?)", [version])

    return pretend


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [*OWN_WAY, INSIDE[0]], ids=" ".join)
def test_a_database_newer_than_the_program_is_left_alone(crm, versioned, arguments):
    versioned("99990101_0000")
    assert NEWER in said(crm(*arguments))


@pytest.fixture
def inside(settings, tmp_path, monkeypatch):
    """inside(arguments) → the finished command, in this process, on the database of `versioned`."""
    (tmp_path / "data").mkdir()
    ours = replace(settings, data_dir=tmp_path / "data", database_url=f"sqlite:///{tmp_path}/data/crm.sqlite")

    def run(arguments: list[str]):
        monkeypatch.setattr("sys.argv", ["crm", *arguments])
        monkeypatch.setattr("crm.create_app", lambda: SimpleNamespace(config={"SETTINGS": ours}))
        return CliRunner().invoke(commands, arguments)

    return run


@pytest.mark.parametrize(("arguments", "status"), [*((arguments, 2) for arguments in INSIDE), (["mail", "take"], 75)])
@pytest.mark.parametrize("older", [True, False])
def test_no_command_works_on_a_database_of_another_version(inside, versioned, monkeypatch, arguments, status, older):
    versioned(migrating.head() if older else "99990101_0000")
    if older:
        program = migrating.revisions() | {"99990101_0000": migrating.head()}
        monkeypatch.setattr(migrating, "revisions", lambda: program)
    done = inside(arguments)
    assert done.exit_code == status
    assert ("run `crm migrate` once" if older else NEWER) in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("run",), ("user", "add", "a@firm.example", "--name", "A"), ("stats", "rebuild")])
def test_what_is_no_database_is_told(crm, tmp_path, arguments):
    (tmp_path / "data" / "crm.sqlite").write_bytes(NOISE * 500)
    assert "not a database" in said(crm(*arguments))


@pytest.mark.parametrize(("content", "sentence"), [(NOISE, "not UTF-8"), (b"CRM_LOCALE=de\nfoo bar baz\n", "line 2"), (b'CRM_LOCALE="de\n', "line 1")])
def test_a_broken_env_file_names_its_line(tmp_path, content, sentence):
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(SettingsError, match=sentence):
        load({"CRM_DATA_DIR": str(tmp_path)})


def test_an_env_file_that_is_a_folder_is_told(tmp_path):
    (tmp_path / ".env").mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        load({"CRM_DATA_DIR": str(tmp_path)})


def test_an_empty_key_signs_nothing(tmp_path):
    (tmp_path / "secret_key").touch()
    with pytest.raises(SettingsError, match="holds no key"):
        load({"CRM_DATA_DIR": str(tmp_path)})


def test_a_key_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr("crm.settings.os.fsync", lambda _handle: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        load({"CRM_DATA_DIR": str(tmp_path)})
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


# — behind a mail server's pipe: whatever we fail with, it keeps the mail ——————————————————————————————————————


@pytest.mark.slow
@pytest.mark.parametrize(("environ", "database"), [
    ({"CRM_DATA_DIR": "/proc/nowhere"}, None), ({"CRM_LOCALE": "xx"}, None), ({}, NOISE * 500), ({"CRM_DATABASE_URL": "nonsense"}, None),
])  # fmt: skip
def test_a_mail_from_a_pipe_is_never_returned_for_a_fault_of_ours(crm, tmp_path, environ, database):
    if database:
        (tmp_path / "data" / "crm.sqlite").write_bytes(database)
    assert crm("mail", "take", input=mail(), **environ).returncode == 75


@pytest.mark.slow
@pytest.mark.parametrize("environ", [{}, {"CRM_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}])
def test_a_mail_from_a_pipe_waits_in_the_spool_while_there_is_no_database(crm, tmp_path, environ):
    done = crm("mail", "take", input=mail(), **environ)
    assert (done.returncode, done.stdout) == (0, b"spooled\n")
    (path,) = (tmp_path / "data" / "spool").iterdir()
    assert spool.read(path) is not None


# — a full disk ———————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(("error", "code"), [(errno.ENOSPC, 452), (errno.EDQUOT, 452), (errno.EIO, 451), (errno.EROFS, 451)])
@pytest.mark.parametrize("call", ["open", "writev", "fsync"])
def test_what_cannot_be_written_is_not_acknowledged_and_leaves_nothing(house, app, monkeypatch, error, code, call):  # noqa: F811
    real = getattr(os, call)

    def fails(first, *rest):
        mine = call != "open" or str(first).startswith(str(house.spool_dir))
        if mine:
            raise OSError(error, os.strerror(error))
        return real(first, *rest)

    with receiver(house) as port, smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        monkeypatch.setattr(spool.os, call, fails)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("a@b.example", ["service@firm.example"], mail())
        assert refused.value.smtp_code == code
        monkeypatch.undo()
        assert list(house.spool_dir.iterdir()) == []
        assert client.sendmail("a@b.example", ["service@firm.example"], mail()) == {}
    assert len(list(house.spool_dir.iterdir())) == 1


def test_a_disk_that_fills_up_within_a_mail_leaves_nothing(tmp_path, monkeypatch):
    """writev wrote a part; the rest finds no room."""
    monkeypatch.setattr(spool.os, "writev", lambda handle, parts: os.write(handle, parts[0][:10]))
    monkeypatch.setattr(spool.os, "lseek", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        spool.write(tmp_path, mail(), spool.Envelope())
    assert list(tmp_path.iterdir()) == []
