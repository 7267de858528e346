"""The database's version: what it is, what we expect, and the way from one to the other.

Reading the version uses the bare drivers and the names inside the migration files, because every start asks, and loading
Alembic to learn that there is nothing to do would take longer than the rest of the start.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm.settings import Settings, SettingsError

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 4_207_199  # any number; the same for every machine that migrates one PostgreSQL database
REVISION = re.compile(r"^revision = '([^']+)'$", re.MULTILINE)
PARENT = re.compile(r"^down_revision = (?:'([^']+)'|None)$", re.MULTILINE)


NOT_MIGRATED = "The database has not been migrated to this version of the program: run `crm migrate` once."


class UnreachableError(SettingsError):
    """The database does not answer; its version is unknown."""


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
    found = first_row(settings, "SELECT version_num FROM alembic_version")
    return found[0] if found else None


def first_row(settings: Settings, query: str) -> Any:
    """Ask the database through its bare driver; None also when the table is not there yet."""
    return (_ask_sqlite if settings.is_sqlite else _ask_postgresql)(settings, query)


def _ask_sqlite(settings: Settings, query: str) -> Any:
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path, timeout=15)) as connection:
            return connection.execute(query).fetchone()
    except sqlite3.DatabaseError as error:
        if "no such table" in str(error):
            return None
        raise SettingsError([
            f"The database {path} cannot be read ({error}). Restore a backup into an empty data directory with `crm restore FILE`."
        ]) from error


def _ask_postgresql(settings: Settings, query: str) -> Any:
    import psycopg

    url = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute(query).fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    except psycopg.Error as error:
        raise UnreachableError([
            f"The database of CRM_DATABASE_URL does not answer ({' '.join(str(error).replace(url, '…').split())}). "
            "Check host, name, user and password, and that PostgreSQL runs."
        ]) from error


def is_current(settings: Settings) -> bool:
    """Whether nothing is to be done. Raises SettingsError when the database is newer than this program."""
    found = version(settings)
    if found is not None and found not in revisions():
        raise SettingsError([
            f"The database was written by a newer version of this program (its version is {found}, this program knows {head()}). "
            "Install that version or a later one, or restore an older backup into an empty data directory."
        ])
    return found == head()


def require_current(settings: Settings) -> None:
    if not is_current(settings):
        raise SettingsError([NOT_MIGRATED])


def refuse_another_version(settings: Settings) -> None:
    """For what can wait for its database: none yet, or one that is away, is no reason to refuse; one of another version is."""
    with suppress(UnreachableError):
        if not is_current(settings) and version(settings) is not None:
            raise SettingsError([NOT_MIGRATED])


def bring_up_to_date(settings: Settings) -> None:
    """The database of the present application, unless it is newer than this program: then SettingsError."""
    if not is_current(settings):
        migrate()


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


# The full-text objects are made by crm/search; Alembic would not know how to compare them.
FOREIGN = re.compile(r"^(search_(?!documents).*|fts_.*|sqlite_.*)$")


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind in ("table", "index") and name and FOREIGN.match(name))
