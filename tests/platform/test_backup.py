import json
import sqlite3
import tarfile
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from crm import backup, blobs, migrating
from crm.accounts.models import User
from crm.extensions import db
from crm.settings import SettingsError, load


@pytest.fixture
def office(fresh: Flask) -> Flask:
    """An installation with a user, a blob and a mail in the spool."""
    migrating.migrate()
    settings = fresh.config["SETTINGS"]
    db.session.add(User(email="ada@firm.example", name="Ada", role="admin"))
    db.session.commit()
    blobs.put(b"a letter")
    (settings.spool_dir / "0001.mail").write_bytes(b"{}\na mail")
    (settings.spool_dir / ".half").write_bytes(b"half a mail")
    (settings.data_dir / ".env").write_text("CRM_LOCALE=de\n")
    return fresh


@pytest.fixture
def saved(office: Flask, tmp_path: Path) -> Path:
    file = tmp_path / "backup.tar.gz"
    settings = office.config["SETTINGS"]
    backup.write(settings, migrating.version(settings) or "", file)
    return file


def files(folder: Path) -> dict[str, bytes]:
    names = ("blobs/**/*", "spool/*", "secret_key", ".env")
    found = (path for name in names for path in folder.glob(name) if path.is_file() and path.name != ".half")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def elsewhere(settings, folder: Path):
    """Settings of an empty installation of the same kind; on PostgreSQL the emptied database."""
    environ = {"CRM_DATA_DIR": str(folder)}
    if not settings.is_sqlite:
        db.session.remove()
        migrating.migrate("base")
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
        db.engine.dispose()
        environ["CRM_DATABASE_URL"] = settings.database_url
    return load(environ)


def test_what_was_backed_up_is_there_again(office, saved, tmp_path, monkeypatch):
    settings = office.config["SETTINGS"]
    before = files(settings.data_dir)
    target = elsewhere(settings, tmp_path / "new")
    monkeypatch.setenv("CRM_DATA_DIR", str(target.data_dir))
    monkeypatch.setenv("CRM_DATABASE_URL", "" if target.is_sqlite else target.database_url)
    done = CliRunner().invoke(backup.restore, [str(saved)], catch_exceptions=False)
    assert "Start the program with `crm run`" in done.output
    assert files(target.data_dir) == before | {"secret_key": settings.secret_key.encode()}
    assert migrating.first_row(target, "SELECT email FROM users")[0] == "ada@firm.example"
    assert migrating.is_current(target)


def test_new_rows_go_on_where_the_old_ones_ended(office, saved, tmp_path, monkeypatch):
    settings = office.config["SETTINGS"]
    if settings.is_sqlite:
        pytest.skip("SQLite keeps its counters in the file")
    target = elsewhere(settings, tmp_path / "new")
    monkeypatch.setenv("CRM_DATA_DIR", str(target.data_dir))
    monkeypatch.setenv("CRM_DATABASE_URL", target.database_url)
    backup.read(target, saved)
    db.session.add(User(email="bob@firm.example", name="Bob", role="member"))
    db.session.commit()
    assert db.session.query(User).count() == 2


def test_a_backup_is_private_and_complete_or_absent(office, saved, tmp_path, monkeypatch):
    assert saved.stat().st_mode & 0o077 == 0
    with tarfile.open(saved) as tar:
        assert tar.getnames()[0] == "manifest.json"
        assert not any(".half" in name for name in tar.getnames())
    monkeypatch.setattr(backup, "add_folder", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backup.write(office.config["SETTINGS"], "x", tmp_path / "second.tar")
    assert sorted(path.name for path in tmp_path.glob("*second*")) == []


def test_nothing_is_restored_over_existing_data(office, saved):
    with pytest.raises(SettingsError, match="already holds data"):
        backup.refuse_unless_empty(office.config["SETTINGS"])


def test_a_database_being_written_is_saved_as_of_one_moment(fresh, fresh_settings, tmp_path):
    if not fresh_settings.is_sqlite:
        pytest.skip("PostgreSQL reads one snapshot by itself")
    migrating.migrate()
    db.session.add(User(email="half@firm.example", name="Half", role="member"))
    db.session.flush()
    backup.write(fresh_settings, migrating.head(), tmp_path / "b.tar")
    db.session.commit()
    with tarfile.open(tmp_path / "b.tar") as tar:
        (tmp_path / "copy.sqlite").write_bytes(tar.extractfile("database.sqlite").read())
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("SELECT count(*) FROM users").fetchone() == (0,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def tar_of(path: Path, **members: bytes) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name.replace("__", "/"))
            entry.size = len(content)
            tar.addfile(entry, BytesIO(content))
    return path


MANIFEST = json.dumps({"program": "0", "revision": migrating.head(), "database": "sqlite"}).encode()


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"manifest.json": MANIFEST, "..__..__etc__passwd": b"x"}, "it holds"),
        ({"secret_key": b"x"}, "has no manifest"),
        ({"manifest.json": b"{"}, "not a complete backup"),
        ({"manifest.json": MANIFEST, "blobs__ab__" + "ab" * 32: b"another"}, "is damaged"),
        ({"manifest.json": MANIFEST.replace(migrating.head().encode(), b"2099")}, "made by a newer version"),
        ({"manifest.json": MANIFEST.replace(b"sqlite", b"postgresql")}, "of a postgresql database"),
    ],
)
def test_files_that_are_no_backup_of_ours_are_refused_in_words(tmp_path, members, fault):
    settings = load({"CRM_DATA_DIR": str(tmp_path / "data")})
    with pytest.raises(SettingsError, match=fault):
        backup.read(settings, tar_of(tmp_path / "b.tar", **members))


def test_a_file_cut_short_is_refused_in_words(saved, tmp_path):
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(saved.read_bytes()[:-200])
    with pytest.raises(SettingsError, match="not a complete backup"):
        backup.read(load({"CRM_DATA_DIR": str(tmp_path / "data")}), cut)
