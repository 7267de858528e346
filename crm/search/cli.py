"""`crm search rebuild`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from crm.extensions import db


@click.group("search")
def search() -> None:
    """The index of the search box."""


@search.command("rebuild")
@with_appcontext
def rebuild() -> None:
    """Make the index anew from the records. Nothing can be found or written meanwhile (about ten seconds for 100,000 contacts)."""
    from crm.search import rebuilding

    click.echo(f"{rebuilding.rebuild():,} records can be found.")
    db.session.commit()
