"""The database's version: what it is, what we expect, and the way from one to the other.

Reading the version uses the bare drivers and the names inside the migration files, because every start asks, and loading
Alembic to learn that there is nothing to do would take longer than the rest of the start.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm.settings import Settings, SettingsError

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 4_207_199  # any number; the same for every machine that migrates one PostgreSQL database
REVISION = re.compile(r"^revision = '([^']+)'$", re.MULTILINE)
PARENT = re.compile(r"^down_revision = (?:'([^']+)'|None)$", re.MULTILINE)


def migrations_dir() -> Path:
    """Beside the package in a checkout, inside it in a wheel."""
    inside = Path(__file__).parent / "migrations"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "migrations"


def revisions() -> dict[str, str | None]:
    """Each revision and the one before it, read from the files without running them."""
    found = {}
    for path in (migrations_dir() / "versions").glob("*.py"):
        text = path.read_text(encoding="utf-8").replace('"', "'")
        found[REVISION.findall(text)[0]] = PARENT.findall(text)[0] or None
    return found


def head() -> str:
    known = revisions()
    (newest,) = set(known) - set(known.values())
    return newest


def version(settings: Settings) -> str | None:
    """The version written in the database; None when it is empty. Raises SettingsError when it cannot be asked."""
    return _version_of_sqlite(settings) if settings.is_sqlite else _version_of_postgresql(settings)


def _version_of_sqlite(settings: Settings) -> str | None:
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if not path.exists():
        return None
    try:
        connection = sqlite3.connect(path, timeout=15)
        try:
            return _first(connection.execute("SELECT version_num FROM alembic_version").fetchone())
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if "no such table" in str(error):
            return None
        raise SettingsError([f"The database {path} cannot be read ({error}). Restore a backup with `crm restore FILE` into an empty data directory."]) from error


def _version_of_postgresql(settings: Settings) -> str | None:
    import psycopg

    url = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            if _first(connection.execute("SELECT to_regclass('alembic_version')").fetchone()) is None:
                return None
            return _first(connection.execute("SELECT version_num FROM alembic_version").fetchone())
    except psycopg.Error as error:
        raise SettingsError([f"The database of CRM_DATABASE_URL does not answer ({_sentence(error)}). Check host, name, user and password, and that PostgreSQL runs."]) from error


def _first(row: Any) -> Any:
    return row[0] if row else None


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def is_current(settings: Settings) -> bool:
    """Whether nothing is to be done. Raises SettingsError when the database is newer than this program."""
    found = version(settings)
    if found is not None and found not in revisions():
        raise SettingsError([
            f"The database was written by a newer version of this program (its version is {found}, this program knows {head()}). "
            "Install that version or a later one, or restore an older backup into an empty data directory."
        ])
    return found == head()


def migrate(to: str = "head") -> None:
    """Bring the database of the present application to a revision ('head', 'base', or a name)."""
    from alembic import command

    (command.downgrade if to == "base" else command.upgrade)(config(), to)


def config() -> Config:
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
    return made


# The full-text objects are made by crm/search/indexing.py; Alembic would not know how to compare them.
FOREIGN = re.compile(r"^(search_(words|digits|vocabulary)(_.*)?|fts_.*|sqlite_.*)$")


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind in ("table", "index") and name and FOREIGN.match(name))
