"""`crm duplicates scan`: likely duplicates as CSV, and into the queue of the page."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TextIO

import click
from flask.cli import with_appcontext

from crm.extensions import db

if TYPE_CHECKING:
    from crm.contacts.matching import Pair

COLUMNS = ("left_id", "right_id", "left_customer_number", "right_customer_number", "score", "verdict", "evidence")


@click.group("duplicates")
def duplicates() -> None:
    """Contacts that are likely one person."""


@duplicates.command("scan")
@click.option("--output", type=click.Path(dir_okay=False, writable=True), help="Write there instead of the standard output.")
@with_appcontext
def scan(output: str | None) -> None:
    """Look at all contacts; likely duplicates as CSV. What was said to be no duplicate is left out."""
    pairs = scanned()
    if output is None:
        write(pairs, sys.stdout)
        return
    with open(output, "w", newline="", encoding="utf-8") as file:
        write(pairs, file)
    click.echo(f"{len(pairs)} pairs in {output}", err=True)


def scanned() -> list[Pair]:
    """The pairs, and the queue brought up to date with them."""
    from crm.duplicates import jobs, queries, scanning
    from crm.duplicates.models import claim

    found: list[Pair] = []
    ident = scanning.begin().id
    claim(ident)  # whoever is at it already only repeats what we do
    db.session.commit()

    def find() -> list[Pair]:
        found.extend(jobs.everybody(ident))
        return found

    for _slice in scanning.carry_out(ident, find):
        db.session.commit()
    rejected = queries.rejected()
    return [pair for pair in found if (pair.left_id, pair.right_id) not in rejected]


def write(pairs: Iterable[Pair], file: TextIO) -> None:
    numbers = customer_numbers()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(COLUMNS)
    for pair in pairs:
        table.writerow((pair.left_id, pair.right_id, numbers.get(pair.left_id, ""), numbers.get(pair.right_id, ""), f"{pair.score:.6f}", pair.verdict, pair.because))


def customer_numbers() -> Mapping[int, str]:
    """Of each contact the first of its customer numbers that holds."""
    from crm.contacts.models import Address
    from crm.extensions import fetch

    rows = fetch(db.select(Address.contact_id, Address.value).where(Address.kind == "customer_number").order_by(Address.valid_until.is_(None), Address.id.desc()))
    return {row.contact_id: row.value for row in rows}
