"""Commands: prove and repair the derived columns, import interactions and purchases."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from crm.extensions import db

if TYPE_CHECKING:
    from crm.timeline.importing import Outcome
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


FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command("interactions")
@FILE
@with_appcontext
def import_interactions(file: Path) -> None:
    """Import interactions from a CSV file. Running it twice changes nothing."""
    bring_in(file, {"direction": "inbound"})


@click.command("purchases")
@FILE
@with_appcontext
def import_purchases(file: Path) -> None:
    """Import purchases from a CSV file. Running it twice changes nothing."""
    bring_in(file, {"direction": "inbound", "channel": "other", "kind": "purchase.made"})


def bring_in(file: Path, defaults: dict[str, str]) -> None:
    from crm.timeline import importing

    outcome = importing.Outcome()
    for _batch in importing.load(importing.rows_of(file), current_app.config["SETTINGS"].timezone, defaults, outcome):
        db.session.commit()
    click.echo(f"created {outcome.created}, unchanged {outcome.unchanged}, refused {len(outcome.refused)}")
    if outcome.refused:
        click.echo(f"Refused rows, each with its reason: {keep_refused(file, outcome)}")


def keep_refused(file: Path, outcome: Outcome) -> Path:
    target = file.with_name(f"{file.name}.refused.csv")
    names = list(dict.fromkeys(name for row, _reason in outcome.refused for name in row))
    with target.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.DictWriter(out, [*names, "reason"], restval="")
        writer.writeheader()
        writer.writerows(row | {"reason": reason} for row, reason in outcome.refused)
    return target
