"""The `crm` command: which commands there are and where they live. Each is loaded only when it is called."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from flask import Flask


class Entry(NamedTuple):
    """Where a command lives, its line in `crm --help`, whether it runs inside the application, and whether the database has to be migrated before."""

    target: str
    help: str
    inside: bool = True
    hidden: bool = False
    migrated: bool = True


COMMANDS: dict[str, Entry] = {
    "run": Entry("crm.running:run", "Migrate, then run web server, worker and mail receiver.", inside=False),
    "web": Entry("crm.running:web", "Run the web server only.", inside=False),
    "worker": Entry("crm.running:worker", "Run the worker only.", inside=False),
    "receive": Entry("crm.running:receive", "Run the mail receiver and the intake only.", inside=False),
    "migrate": Entry("crm.running:migrate", "Bring the database to the version of this program.", inside=False),
    "part": Entry("crm.running:part", "", inside=False, hidden=True),
    "init": Entry("crm.initialising:init", "Migrate and create the first administrator.", migrated=False),
    "user": Entry("crm.accounts.cli:user", "Add people who work here."),
    "token": Entry("crm.accounts.cli:token", "Make tokens for the API."),
    "mail": Entry("crm.inbox.cli:mail", "Take mail from a pipe or files, or explain it."),
    "import contacts": Entry("crm.importing.cli:import_contacts", "Import contacts from CSV, XLSX or vCard."),
    "import interactions": Entry("crm.importing.cli:import_interactions", "Import interactions from CSV."),
    "import purchases": Entry("crm.importing.cli:import_purchases", "Import purchases from CSV."),
    "export contacts": Entry("crm.contacts.exporting.cli:export_contacts", "Export contacts as CSV, XLSX or vCard."),
    "duplicates": Entry("crm.duplicates.cli:duplicates", "Find likely duplicates."),
    "demo": Entry("crm.demo.cli:demo", "Load a believable office, or a large data set.", migrated=False),
    "stats": Entry("crm.timeline.cli:stats", "Recompute or check the derived columns."),
    "search": Entry("crm.search.cli:search", "Make the index of the search box anew."),
    "backup": Entry("crm.backup:backup", "Write everything into one file.", inside=False),
    "restore": Entry("crm.backup:restore", "Restore a backup into an empty data directory.", inside=False),
    "doctor": Entry("crm.doctor:doctor", "Check settings, database, mail and queue.", inside=False),
    "bench": Entry("crm.bench.cli:bench", "Measure the main jobs on the present database.", inside=False),
}


class Lazy(click.Group):
    """A group of COMMANDS below `prefix`: its help needs no import, its commands run inside the application."""

    def __init__(self, prefix: str = "", **options: Any):
        super().__init__(**options)
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = {name.removeprefix(self.prefix).split()[0] for name in COMMANDS if name.startswith(self.prefix)}
        return [name for name in sorted(names) if self.is_group(name) or exists(COMMANDS[self.prefix + name].target)]

    def is_group(self, name: str) -> bool:
        return any(known.startswith(f"{self.prefix}{name} ") for known in COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if self.is_group(name):
            return Lazy(f"{self.prefix}{name} ", name=name, help=GROUPS.get(name))
        entry = COMMANDS.get(self.prefix + name)
        if entry is None or not exists(entry.target):
            return None
        return resolve_name(entry.target)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, self.line(name)) for name in self.list_commands(ctx) if self.is_group(name) or not COMMANDS[self.prefix + name].hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def line(self, name: str) -> str:
        return GROUPS[name] if self.is_group(name) else COMMANDS[self.prefix + name].help

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        entry = COMMANDS.get(f"{self.prefix}{name}")
        if entry and entry.inside and not {"-h", "--help"} & set(rest):
            enter_application(ctx, entry.migrated and rest[:1] != ["explain"])  # which needs no database
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except Exception as error:
            sentences = explained(error)
            if not sentences and not is_taking_mail():
                raise
            click.echo("\n".join(sentences) or traceback.format_exc(), err=True)
            ctx.exit(EX_TEMPFAIL if is_taking_mail() else 2)


EX_TEMPFAIL = 75


def is_taking_mail() -> bool:
    """Behind `crm mail take` stands a mail server: whatever we fail with, it has to keep the mail and try again, not return it to its sender."""
    return sys.argv[1:3] == ["mail", "take"]


GROUPS = {"import": "Import contacts, interactions or purchases.", "export": "Export contacts."}


def exists(target: str) -> bool:
    """Whether the module is there; looks for the file, because finding a module imports the packages around it."""
    return (Path(__file__).parent.parent / target.partition(":")[0].replace(".", "/")).with_suffix(".py").exists()


def enter_application(ctx: click.Context, migrated: bool) -> None:
    from flask import current_app
    from flask.cli import ScriptInfo

    from crm import create_app, migrating

    if current_app:
        return
    root = ctx.find_root()
    root.obj = root.obj or ScriptInfo(create_app=create_app)
    app = root.obj.load_app()
    if is_taking_mail():
        migrating.refuse_another_version(app.config["SETTINGS"])
    elif migrated:
        migrating.require_current(app.config["SETTINGS"])
    ctx.with_resource(app.app_context())


def explained(error: Exception) -> list[str]:
    """What to tell for faults that are not bugs: a sentence each. Nothing for everything else."""
    from crm.settings import SettingsError

    if isinstance(error, SettingsError):
        return error.faults
    module = sys.modules.get("crm.errors")  # raised only by code that loaded it
    if module and isinstance(error, module.Refused):
        return [str(error.reason)]
    database = sys.modules.get("sqlalchemy.exc")
    if database and isinstance(error, database.DBAPIError) and is_away(error):
        return [f"The database does not answer as it should ({' '.join(str(error.orig).split())}). `crm doctor` tells what to do."]
    return []


def is_away(error: Exception) -> bool:
    """No bug of ours: it cannot be reached, is no database, or was never migrated."""
    return type(error).__name__ in ("OperationalError", "InterfaceError", "DatabaseError") or "UndefinedTable" in repr(getattr(error, "orig", ""))


@click.group(cls=Lazy, name="crm", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="backbone-crm", prog_name="crm")
def commands() -> None:
    """Backbone: one customer history for every department."""


def register(app: Flask) -> None:
    app.cli = commands  # type: ignore[assignment]


def main() -> None:
    commands(prog_name="crm")
