"""Commands: prove and repair the derived columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from crm.extensions import db

if TYPE_CHECKING:
    from crm.timeline.rebuilding import Drift


@click.group("stats")
def stats() -> None:
    """The derived figures of contacts and organisations."""


@stats.command("rebuild")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when a figure is not what it should be.")
@with_appcontext
def rebuild(check: bool) -> None:
    """Compute every derived column anew from the history."""
    from crm.timeline import rebuilding

    if check:
        raise SystemExit(report(list(rebuilding.drift())))
    for name, rows in rebuilding.rebuild().items():
        click.echo(f"{name}: {rows} repaired")
    db.session.commit()


def report(findings: list[Drift]) -> int:
    for found in findings:
        click.echo(f"{found.figure}: {found.column} is wrong on {found.rows} rows, for example {found.example}")
    if not findings:
        click.echo("All figures are right.")
    return 1 if findings else 0
