"""`crm export`: contacts as a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from crm.contacts.exporting.writing import note, pieces
from crm.contacts.models import Contact
from crm.extensions import db, transaction_mode


@click.command("contacts")
@click.option("--format", type=click.Choice(["csv", "xlsx", "vcard"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Default: standard output.")
@click.option("--archived", is_flag=True, help="Archived contacts too.")
@click.option("--reason", default="", help="Stands in the audit trail.")
@with_appcontext
def export_contacts(format: str, output: Path | None, archived: bool, reason: str) -> None:
    """Export contacts as CSV, XLSX or vCard. Importing the file again changes nothing."""
    if output is None and format == "xlsx" and sys.stdout.isatty():
        raise click.UsageError("Say where to with --output FILE.")
    people = select(Contact.id).where(Contact.merged_into_id.is_(None)).order_by(Contact.sort_name, Contact.id)
    ids = list(db.session.scalars(people if archived else people.where(Contact.archived_at.is_(None))))
    note("contact", ids, format, reason=reason, provenance="command")
    db.session.commit()
    transaction_mode.set("DEFERRED")
    with click.open_file(str(output) if output else "-", "wb") as file:
        for piece in pieces("contact", ids, format):
            file.write(piece)
    click.echo(f"{len(ids)} contacts", err=True)
