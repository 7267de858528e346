"""`crm import`: contacts, interactions and purchases from files of other systems."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext

from crm.accounts.trail import audit
from crm.extensions import db

if TYPE_CHECKING:
    from crm.importing.models import Import

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
MAPPING = click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='JSON: {"column": "field", …}, when the columns are not understood by themselves.')
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only count; write nothing.")


@click.command("contacts")
@FILE
@MAPPING
@DRY_RUN
@click.option("--update", is_flag=True, help="Bring people who are known already up to date, too.")
@with_appcontext
def import_contacts(file: Path, mapping: Path | None, dry_run: bool, update: bool) -> None:
    """Import contacts from CSV, XLSX (also XLS, ODS) or vCard. Running it twice changes nothing.

    Rows that cannot be taken are written to FILE.refused.csv with the reason.
    """
    bring_in(file, "contacts", mapping, dry_run, mode="both" if update else "create")


@click.command("interactions")
@FILE
@MAPPING
@DRY_RUN
@with_appcontext
def import_interactions(file: Path, mapping: Path | None, dry_run: bool) -> None:
    """Import interactions from a table. Running it twice changes nothing."""
    bring_in(file, "interactions", mapping, dry_run)


@click.command("purchases")
@FILE
@MAPPING
@DRY_RUN
@with_appcontext
def import_purchases(file: Path, mapping: Path | None, dry_run: bool) -> None:
    """Import purchases from a table. Running it twice changes nothing."""
    bring_in(file, "purchases", mapping, dry_run)


def bring_in(file: Path, kind: str, mapping: Path | None, dry_run: bool, mode: str = "create") -> None:
    from crm import blobs
    from crm.importing import running

    import_ = begun(file, kind, mapping, dry_run, mode)
    for _batch in running.carry_out(import_):
        db.session.commit()
    import_ = db.session.merge(import_)
    report(import_, file)
    if dry_run:
        click.echo("Nothing was written: this was a dry run.")
        left = running.discard(import_)
        db.session.commit()
        blobs.remove(*left)
    db.session.commit()


def begun(file: Path, kind: str, mapping: Path | None, dry_run: bool, mode: str) -> Import:
    from crm.importing import uploading
    from crm.importing.faults import Unreadable

    import_ = uploading.upload(file, file.name, kind)
    if mapping is not None:
        uploading.map_by(import_, read_mapping(mapping))
    if not uploading.is_mapped(import_):
        raise Unreadable("unknown_columns")
    import_.mode = mode
    import_.begin("checking" if dry_run else "running")
    if not dry_run:
        audit("import.started", import_, name=import_.filename, kind=kind, rows=import_.total)
    db.session.commit()
    return import_


def read_mapping(file: Path) -> Any:
    from crm.importing.faults import Unreadable

    try:
        return json.loads(file.read_text("utf-8-sig"))
    except ValueError as error:
        raise Unreadable("mapping", why=str(error)) from error


def report(import_: Import, file: Path) -> None:
    actions = ("created", "updated", "unchanged", "refused") if import_.kind == "contacts" else ("created", "unchanged", "refused")
    click.echo(", ".join(f"{action} {getattr(import_, action)}" for action in actions))
    if import_.refused:
        click.echo(f"Refused rows, each with its reason: {keep_refused(import_, file)}")


def keep_refused(import_: Import, file: Path) -> Path:
    from crm.importing import refused

    target = file.with_name(f"{file.name}.refused.csv")
    with target.open("w", newline="", encoding="utf-8-sig") as out:
        refused.write(import_, out, harmless=False)
    return target
