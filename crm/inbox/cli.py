"""`crm mail`: mail from an MTA's pipe, and what we understand of mails."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import BinaryIO

import click

from crm.inbox.spool import Envelope

EX_TEMPFAIL = 75
FILES = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.group()
def mail() -> None:
    """Take mail from a pipe or from files, or say what is understood of it."""


@mail.command()
@click.argument("files", nargs=-1, type=FILES)
@click.option("--from", "sender", default="", help="Envelope sender (default: none).")
@click.option("--to", "recipients", multiple=True, help="Envelope recipient; may be given several times.")
def take(files: tuple[Path, ...], sender: str, recipients: tuple[str, ...]) -> None:
    """Take RFC 5322 mails from FILES or standard input.

    Exits 0 only when every one is on disk, 75 if one could not be stored. Prints what became of each: conversation, quarantined or duplicate, with its id.
    """
    from crm.inbox import intake

    for file in files or (Path("-"),):
        try:
            outcome = intake.take(read(file), Envelope(sender, recipients, "pipe"))
        except OSError as error:
            click.echo(f"{file}: could not be stored ({error})", err=True)
            sys.exit(EX_TEMPFAIL)
        click.echo(f"{outcome.kind} {outcome.ident}" if outcome.ident else outcome.kind)


@mail.command()
@click.argument("files", nargs=-1, required=True, type=FILES)
def explain(files: tuple[Path, ...]) -> None:
    """Print what is understood of the mails in FILES, one JSON object a line. Stores nothing."""
    from crm.inbox.arrivals import own_hosts
    from crm.mail.explaining import explain as explain_one

    hosts = own_hosts()
    for file in files:
        click.echo(json.dumps(explain_one(read(file), str(file), own_domains=hosts), ensure_ascii=False))


def read(file: Path) -> bytes:
    if str(file) == "-":
        stream: BinaryIO = sys.stdin.buffer
        return stream.read()
    return file.read_bytes()
