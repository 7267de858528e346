"""`crm doctor`: looks at everything an installation needs, and says in words what is wrong and what to do."""

from __future__ import annotations

import shutil
import smtplib
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import NamedTuple
from urllib.parse import urlsplit

import click

from crm import migrating
from crm.inbox.spool import COMING
from crm.settings import Settings, SettingsError, load

MARKS = {"ok": "ok   ", "hint": "hint ", "fault": "FAULT"}


class Finding(NamedTuple):
    level: str  # ok, hint (works, but look at it), fault
    subject: str
    sentence: str
    remedy: str = ""


@click.command()
def doctor() -> None:
    """Check settings, database, mail and queue; say what to do. Exit status 1 when something is wrong."""
    findings = list(examine())
    for finding in findings:
        click.echo(f"{MARKS[finding.level]}  {finding.subject}: {finding.sentence}")
        if finding.remedy:
            click.echo(f"       → {finding.remedy}")
    sys.exit(any(finding.level == "fault" for finding in findings))


def examine() -> Iterator[Finding]:
    try:
        settings = load()
    except SettingsError as error:
        yield from (Finding("fault", "settings", fault) for fault in error.faults)
        return
    yield Finding("ok", "settings", f"read; data directory {settings.data_dir}")
    yield disk(settings)
    found = database(settings)
    yield found
    checks: list[Callable[[Settings], Finding]] = [address, key, sending, receiving, spool, queue]
    if found.level != "fault":
        checks += [fetching, deliveries]
    for check in checks:
        yield check(settings)
    if found.level != "fault":
        yield from alarms(settings)


def disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir).free / 1e9
    words = f"{free:.1f} GB free in {settings.data_dir}"
    if free < 0.2:
        return Finding("fault", "disk", words, "Free some space: mail cannot be taken when nothing can be written.")
    return Finding("hint", "disk", words, "Plan for more space.") if free < 2 else Finding("ok", "disk", words)


def database(settings: Settings) -> Finding:
    try:
        current = migrating.is_current(settings)
    except SettingsError as error:
        return Finding("fault", "database", error.faults[0])
    if not current:
        return Finding("fault", "database", "is not at the version of this program", "Run `crm migrate` (`crm run` does it by itself).")
    if settings.is_sqlite and (damage := damages(settings)):
        return Finding("fault", "database", f"is damaged: {damage}", "Restore the last backup into an empty data directory.")
    return Finding("ok", "database", f"reachable, at version {migrating.head()}" + (", sound" if settings.is_sqlite else ""))


def damages(settings: Settings) -> str:
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), timeout=15)) as connection:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(1)
    return verdict if verdict != "ok" else f"rows of {orphans[0][0]} point nowhere" if orphans else ""


def address(settings: Settings) -> Finding:
    host = urlsplit(settings.base_url).hostname or ""
    local = host == "localhost" or host.startswith("127.")
    if local:
        return Finding("hint", "address", f"links in mails lead to {settings.base_url}, which only this machine can open",
                       "Set CRM_BASE_URL to the address that customers and staff use.")
    if not settings.is_https:
        return Finding("hint", "address", f"{settings.base_url} is not encrypted", "Put a proxy with TLS in front and set CRM_BASE_URL to https://…")
    return Finding("ok", "address", settings.base_url)


def key(settings: Settings) -> Finding:
    path = settings.data_dir / "secret_key"
    if path.exists() and path.stat().st_mode & 0o077:
        return Finding("fault", "secret key", "can be read by other users of this machine", f"Run: chmod 600 '{path}'")
    return Finding("ok", "secret key", "present, private")


def sending(settings: Settings) -> Finding:
    """Says hello just as the outbox does, certificate and all, without sending anything."""
    if not settings.smtp_url:
        return Finding("hint", "sending mail", "no mail server is set: outgoing mail stays held in the outbox", "Set CRM_SMTP_URL.")
    from crm.outbox.smtp import Server, connect

    to = Server.of(settings.smtp_url)
    try:
        with connect(to, timeout=8) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding("fault", "sending mail", f"{to.host} does not accept us ({plain(error)})", "Check CRM_SMTP_URL: host, port, user, password.")
    return Finding("ok", "sending mail", f"{to.host} accepts us")


def receiving(settings: Settings) -> Finding:
    if not settings.listen_smtp:
        return Finding("ok", "receiving mail", "no built-in receiver (CRM_LISTEN_SMTP is not set)")
    host, _, port = settings.listen_smtp.removeprefix("lmtp:").rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            greeting = connection.recv(200)
    except OSError as error:
        return Finding("fault", "receiving mail", f"nothing answers at {settings.listen_smtp} ({plain(error)})", "Start `crm run` or `crm receive`.")
    if not greeting.startswith(b"220"):
        return Finding("fault", "receiving mail", f"another program answers at {settings.listen_smtp}", "Choose another CRM_LISTEN_SMTP.")
    return Finding("ok", "receiving mail", f"the receiver answers at {settings.listen_smtp}")


def spool(settings: Settings) -> Finding:
    waiting = [path.stat().st_mtime for path in settings.spool_dir.iterdir() if path.is_file() and path.suffix != COMING]
    age = time.time() - min(waiting, default=time.time())
    if age > 60:
        return Finding("fault", "intake", f"{len(waiting)} mails wait to be taken in, the oldest for {age / 60:.0f} min",
                       "Start `crm run` or `crm receive`; the mails are safe in the spool.")
    return Finding("ok", "intake", f"{len(waiting)} mails waiting")


def queue(settings: Settings) -> Finding:
    from crm import create_app

    try:
        waiting = create_app(settings).extensions["queue"].huey.pending_count()
    except Exception as error:
        return Finding("fault", "queue", f"cannot be reached ({plain(error)})", "Check CRM_REDIS_URL, or the data directory.")
    if waiting > 1000:
        return Finding("fault", "queue", f"{waiting} jobs wait", "Start `crm run` or `crm worker`.")
    return Finding("ok", "queue", f"{waiting} jobs waiting")


def fetching(settings: Settings) -> Finding:
    row = migrating.first_row(settings, "SELECT name, at, error FROM heartbeats WHERE name <> 'worker' ORDER BY error = '', at")
    if row is None:
        return Finding("hint", "last mail", "no mail has been looked for yet", "Start `crm run` or `crm receive`.")
    name, at, error = row
    if error:
        return Finding("fault", "last mail", f"{name}: {error}")
    return Finding("ok", "last mail", f"{name} looked at {str(at)[:16]} UTC")


def deliveries(settings: Settings) -> Finding:
    states = {
        state: (migrating.first_row(settings, f"SELECT count(*) FROM deliveries WHERE state = '{state}'") or [0])[0]  # noqa: S608
        for state in ("queued", "held", "failed", "uncertain")
    }
    words = ", ".join(f"{count} {state}" for state, count in states.items() if count) or "nothing waits"
    if states["failed"] or states["uncertain"]:
        return Finding("hint", "outbox", words, "Open Outbox in the settings: each one says why, and can be sent again.")
    return Finding("ok", "outbox", words)


def alarms(settings: Settings) -> Iterator[Finding]:
    """The same that administrators are told of on their pages."""
    from flask_babel import force_locale

    from crm import alarms, create_app

    with create_app(settings).app_context(), force_locale("en"):
        told = [(name, str(trouble.text), trouble.url) for name, trouble in alarms.found().items() if name not in ("disk", "spool")]  # looked at above
    for name, sentence, url in told:
        yield Finding("hint" if name in ("uncertain", "quarantine") else "fault", name, sentence, f"Look at {settings.base_url}{url}.")
    if not told:
        yield Finding("ok", "alarms", "none")


def plain(error: Exception) -> str:
    return " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
