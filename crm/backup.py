"""`crm backup` and `crm restore`: the database, the blobs, mail not yet taken in, and the secret key in one tar file.

Consistent while the program runs, by the order of reading: first the spool, then one snapshot of the database, then the
blobs. A mail that is taken in meanwhile is in the spool copy or in the snapshot or in both (then it is recognised and taken
once); a blob is written before the row that names it and never changes.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any

import click

from crm import __version__, migrating
from crm.settings import Settings, SettingsError, load

MEMBER = re.compile(
    r"manifest\.json|database\.sqlite|tables/[a-z_]+|blobs/[0-9a-f]{2}/[0-9a-f]{64}|spool/[A-Za-z0-9_][\w.+-]*|secret_key|\.env"
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything into FILE, also while the program runs (FILE.gz is compressed)."""
    settings = load()
    revision = migrating.version(settings)
    if revision is None:
        raise SettingsError(["There is nothing to back up: the database is empty."])
    write(settings, revision, file)
    click.echo(f"{file} ({file.stat().st_size / 1e6:.1f} MB)")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Restore FILE into an empty data directory."""
    settings = load()
    refuse_unless_empty(settings)
    count = read(settings, file)
    click.echo(f"Restored {count} files into {settings.data_dir}. Start the program with `crm run`.")


# — writing ———————————————————————————————————————————————————————————————————————————————————————————


def write(settings: Settings, revision: str, file: Path) -> None:
    """The file appears under its name only when it is complete and on disk."""
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open_private(scratch) as raw:
            with tarfile.open(fileobj=raw, mode="w:gz" if file.suffix in (".gz", ".tgz") else "w") as tar:
                fill(tar, settings, revision)
            raw.flush()
            os.fsync(raw.fileno())
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)


def open_private(path: Path) -> IO[bytes]:
    """Readable by its owner only: a backup holds customers' data and the secret key."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def fill(tar: tarfile.TarFile, settings: Settings, revision: str) -> None:
    manifest = {"program": __version__, "revision": revision, "database": "sqlite" if settings.is_sqlite else "postgresql"}
    add_bytes(tar, "manifest.json", json.dumps(manifest).encode())
    add_folder(tar, settings.spool_dir, "spool")
    (add_sqlite if settings.is_sqlite else add_postgresql)(tar, settings)
    add_folder(tar, settings.blob_dir, "blobs")
    add_bytes(tar, "secret_key", settings.secret_key.encode())
    if (settings.data_dir / ".env").exists():
        tar.add(settings.data_dir / ".env", ".env")


def add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def add_folder(tar: tarfile.TarFile, folder: Path, name: str) -> None:
    for path in sorted(folder.rglob("*")):
        arcname = f"{name}/{path.relative_to(folder).as_posix()}"
        if MEMBER.fullmatch(arcname):  # leaves out half-written files, whose names begin with a dot
            with suppress(FileNotFoundError):  # taken in, or erased, a moment ago
                tar.add(path, arcname, recursive=False)


def add_sqlite(tar: tarfile.TarFile, settings: Settings) -> None:
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".backup-") as folder:
        copy = Path(folder) / "database.sqlite"
        with closing(sqlite3.connect(database_file(settings), timeout=15)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        tar.add(copy, "database.sqlite")


def add_postgresql(tar: tarfile.TarFile, settings: Settings) -> None:
    """Every table as PostgreSQL's COPY writes it, all of one snapshot. (pg_dump may not be on this machine, or too old.)"""
    with connect(settings) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table, columns in tables():
            with tempfile.TemporaryFile(dir=settings.data_dir) as file:
                with connection.cursor().copy(f"COPY {quoted(table)} ({columns}) TO STDOUT") as rows:
                    for row in rows:
                        file.write(row)
                entry = tarfile.TarInfo(f"tables/{table}")
                entry.size, entry.mode = file.tell(), 0o600
                file.seek(0)
                tar.addfile(entry, file)


# — reading ———————————————————————————————————————————————————————————————————————————————————————————


def refuse_unless_empty(settings: Settings) -> None:
    holds = any(path.is_file() for folder in (settings.blob_dir, settings.spool_dir) for path in folder.rglob("*"))
    if migrating.version(settings) is not None or (settings.is_sqlite and database_file(settings).exists()) or holds:
        raise SettingsError([
            f"{settings.data_dir} (or its database) already holds data, which a restore would overwrite: set CRM_DATA_DIR to an empty folder."
        ])


def read(settings: Settings, file: Path) -> int:
    """Put everything in its place; how many files that were. Nothing is started on a backup that is newer than this program."""
    try:
        with tarfile.open(file) as tar:
            members = checked(tar)
            check_manifest(settings, json.loads(content(tar, members[0])))
            for member in members[1:]:
                put(settings, member.name, content(tar, member))
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise SettingsError([f"{file} is not a complete backup ({error}). Nothing was started; empty {settings.data_dir} before you try another."]) from error
    if not settings.is_sqlite:
        fill_postgresql(settings)
    return len(members)


def checked(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    members = tar.getmembers()
    strange = [member.name for member in members if not (member.isfile() and MEMBER.fullmatch(member.name))]
    if strange or not members or members[0].name != "manifest.json":
        raise ValueError(f"it holds {strange[0]!r}" if strange else "it has no manifest")
    return members


def content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file
    return file.read()


def check_manifest(settings: Settings, manifest: dict[str, Any]) -> None:
    if manifest["revision"] not in migrating.revisions():
        raise SettingsError([f"This backup was made by a newer version ({manifest['program']}): install that one or a later one."])
    kind = "sqlite" if settings.is_sqlite else "postgresql"
    if manifest["database"] != kind:
        raise SettingsError([f"This backup is of a {manifest['database']} database: set CRM_DATABASE_URL accordingly."])
    if not settings.is_sqlite:
        prepare_postgresql(manifest["revision"])


def put(settings: Settings, name: str, data: bytes) -> None:
    target = database_file(settings) if name == "database.sqlite" else settings.data_dir / name
    if name.startswith("blobs/") and hashlib.sha256(data).hexdigest() != target.name:
        raise ValueError(f"{name} is damaged")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    with open_private(target) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def prepare_postgresql(revision: str) -> None:
    from crm import create_app
    from crm.extensions import db

    with create_app().app_context():
        migrating.migrate(revision)
        db.engine.dispose()


NEXT_ID = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) > 0"


def fill_postgresql(settings: Settings) -> None:
    """All tables in one transaction, parents first, and the counters of their ids after them."""
    with connect(settings) as connection:
        for table, columns in tables():
            path = settings.data_dir / "tables" / table
            with path.open("rb") as file, connection.cursor().copy(f"COPY {quoted(table)} ({columns}) FROM STDIN") as rows:
                while data := file.read(1 << 16):
                    rows.write(data)
            if '"id"' in columns:
                connection.execute(NEXT_ID.format(table=quoted(table)))
            path.unlink()
    (settings.data_dir / "tables").rmdir()


def tables() -> Iterator[tuple[str, str]]:
    """Every table and its columns, those that others point at first."""
    from crm import composition
    from crm.extensions import db

    composition.import_models()
    for table in db.metadata.sorted_tables:
        yield table.name, ", ".join(quoted(column.name) for column in table.columns)


def quoted(name: str) -> str:
    return f'"{name}"'


def connect(settings: Settings) -> Any:
    import psycopg

    return psycopg.connect(settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1))


def database_file(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))
