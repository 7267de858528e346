"""How many mails a second become conversations, durably: one SMTP connection, receiver and intake as they run in a firm."""

from __future__ import annotations

import smtplib
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing

from crm.bench.datasets import DataSet
from crm.bench.processes import free_port, listens, processor_seconds, running, until

SETTLE = 4.0  # seconds in which what only fetches, and has nothing to do here, is loaded beside the intake


def rate(data: DataSet, mails: int, compose: Callable[[str, int], bytes]) -> tuple[float, float]:
    """Mails a second, from the first word of the client to the last conversation; and what receiver and intake worked
    for each, in seconds of one processor, their start included. `data` is written to: give a copy."""
    worked = processor_seconds()
    port, path = free_port(), data.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=15, isolation_level=None)) as database:
        prepared = composed(known_addresses(database, mails // 2), mails, compose)
        before = last_mail(database)
        with running(data, "crm", "receive", "--listen-smtp", f"127.0.0.1:{port}") as process:
            until(lambda: listens(port) and has_beaten(database), process)
            time.sleep(SETTLE)
            began = time.monotonic()
            send(port, prepared)
            until(lambda: last_mail(database) - before >= mails, process)
            taken = time.monotonic() - began
        check(database, before, mails)
    return mails / taken, (processor_seconds() - worked) / mails


def composed(known: Sequence[str], mails: int, compose: Callable[[str, int], bytes]) -> list[tuple[str, bytes]]:
    """Sender and mail: as many as there are from people we know, the others from strangers."""
    senders = [*known, *(f"stranger{number}@post.example" for number in range(mails))][:mails]
    return [(sender, compose(sender, number)) for number, sender in enumerate(senders)]


def send(port: int, prepared: Sequence[tuple[str, bytes]]) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        for sender, raw in prepared:
            client.sendmail(sender, ["service@nordlicht.example"], raw)


# — looking, past the program, at what it has written ——————————————————————————————————————————————————


def known_addresses(database: sqlite3.Connection, limit: int) -> list[str]:
    query = "SELECT DISTINCT normalised FROM addresses WHERE kind = 'email' ORDER BY normalised LIMIT ?"
    return [row[0] for row in database.execute(query, (limit,))]


def last_mail(database: sqlite3.Connection) -> int:
    return database.execute("SELECT coalesce(max(id), 0) FROM received_mails").fetchone()[0]


def has_beaten(database: sqlite3.Connection) -> bool:
    """The intake is up, not only the receiver."""
    query = "SELECT count(*) FROM heartbeats WHERE name = 'intake' AND at > datetime('now', '-10 seconds')"
    return bool(database.execute(query).fetchone()[0])


def check(database: sqlite3.Connection, before: int, mails: int) -> None:
    """What counts is a message in a conversation, not a row that says it came."""
    query = "SELECT count(DISTINCT conversation_id) FROM messages WHERE received_mail_id > ?"
    made = database.execute(query, (before,)).fetchone()[0]
    if made < mails:
        raise RuntimeError(f"only {made} of {mails} mails became conversations")
