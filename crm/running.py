"""`crm run` and its parts: web server, worker, mail receiver, fetcher, intake."""

from __future__ import annotations

import http.client
import logging
import os
import socket
import subprocess
import sys

import click

from crm import __version__, migrating, supervising
from crm.settings import Settings, SettingsError, load
from crm.supervising import Part, Supervisor

HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port of the web server.")
LISTEN = click.option("--listen-smtp", metavar="HOST:PORT", help="Take mail here (lmtp:HOST:PORT for LMTP).")


@click.command()
@HOST
@PORT
@LISTEN
@click.option("--demo", is_flag=True, help="Load the demo office when nobody works here yet.")
def run(host: str, port: int, listen_smtp: str | None, demo: bool) -> None:
    """Migrate, then run web server, worker and mail receiver."""
    remember(CRM_LISTEN_SMTP=listen_smtp, CRM_BASE_URL=os.environ.get("CRM_BASE_URL") or f"http://{host}:{port}")
    settings = load()
    refuse_used(host, port, "choose another one with --port")
    refuse_used_smtp(settings)
    bring_up_to_date(settings)
    if demo:
        open_demo_office(settings)
    web = Part("web", ("--host", host, "--port", str(port)), urgent=True)
    supervisor = Supervisor(
        [web, *receiving(settings), Part("worker")],
        ready=lambda: answers(host, port),
        announce=lambda: announce(settings, host, port),
    )
    sys.exit(supervisor.run())


@click.command()
@HOST
@PORT
def web(host: str, port: int) -> None:
    """Run the web server only."""
    settings = load()
    refuse_used(host, port, "choose another one with --port")
    migrating.require_current(settings)
    serve_web(host, port)


@click.command()
def worker() -> None:
    """Run the worker only: due mails, reminders, everything that happens by itself."""
    migrating.require_current(load())
    work()


@click.command()
@LISTEN
def receive(listen_smtp: str | None) -> None:
    """Run what brings mail in only: the receiver, fetching from IMAP servers, and the intake."""
    remember(CRM_LISTEN_SMTP=listen_smtp)
    settings = load()
    refuse_used_smtp(settings)
    migrating.require_current(settings)
    if not (settings.listen_smtp or settings.imap_urls or migrating.first_row(settings, "SELECT 1 FROM mail_accounts")):
        raise SettingsError(["There is nowhere to take mail from: give --listen-smtp HOST:PORT, or set CRM_LISTEN_SMTP or CRM_IMAP_URLS."])
    sys.exit(Supervisor(receiving(settings)).run())


@click.command()
def migrate() -> None:
    """Bring the database to the version of this program; give a new one what every firm starts with."""
    from crm import create_app, defaults
    from crm.extensions import db

    settings = load()
    is_new = migrating.version(settings) is None
    with create_app(settings).app_context():
        migrating.bring_up_to_date(settings)
        if is_new:
            defaults.prepare()
            db.session.commit()


@click.group()
def part() -> None:
    """One part of `crm run`, started by it."""
    supervising.follow_parent()


@part.command("web")
@HOST
@PORT
def web_part(host: str, port: int) -> None:
    serve_web(host, port)


@part.command("worker")
def worker_part() -> None:
    work()


@part.command("receiver")
def receiver_part() -> None:
    from crm.inbox import receiving as inbox

    log_as("receiver")
    settings = load()
    inbox.serve(settings, settings.listen_smtp)


@part.command("intake")
def intake_part() -> None:
    from crm import create_app
    from crm.inbox import intake

    log_as("intake")
    intake.run_forever(create_app())


@part.command("fetcher")
def fetcher_part() -> None:
    from crm import create_app
    from crm.inbox.fetching import fetchers

    log_as("fetcher")
    fetchers.run_forever(create_app())


@part.command("setup-key")
def setup_key_part() -> None:
    from crm.accounts.first_start import setup_key

    click.echo(setup_key(load()))


def remember(**values: str | None) -> None:
    """Options go to the children by the environment."""
    os.environ.update({name: value for name, value in values.items() if value})


def receiving(settings: Settings) -> list[Part]:
    return [*([Part("receiver", urgent=True)] if settings.listen_smtp else []), Part("intake"), Part("fetcher")]


def serve_web(host: str, port: int) -> None:
    from crm.serving import Server

    log_as("web")
    Server(host, port).run()


def work() -> None:
    from crm import create_app

    log_as("worker")
    create_app().extensions["queue"].consumer().run()


def log_as(name: str) -> None:
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {name} %(levelname)s %(message)s", stream=sys.stderr)
    for noisy in ("huey", "alembic", "mail.log", "aiosmtpd", "imapclient"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


# — before the start ——————————————————————————————————————————————————————————————————————————————————


def refuse_used(host: str, port: int, way_out: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError([f"{host}:{port} cannot be used ({error.strerror}): stop what listens there, or {way_out}."]) from error


def refuse_used_smtp(settings: Settings) -> None:
    if settings.listen_smtp:
        host, _, port = settings.listen_smtp.removeprefix("lmtp:").rpartition(":")
        refuse_used(host, int(port), "choose another address with --listen-smtp or CRM_LISTEN_SMTP")


def bring_up_to_date(settings: Settings) -> None:
    """Migrate in a process of its own, which loads what the supervisor never needs."""
    if migrating.is_current(settings):
        return
    done = subprocess.run([sys.executable, "-m", "crm", "migrate"], check=False)
    if done.returncode:
        raise SettingsError(["The database could not be migrated; the reason stands above. Nothing was changed."])


def open_demo_office(settings: Settings) -> None:
    from crm.cli import COMMANDS, exists

    if exists(COMMANDS["demo"].target) and not migrating.first_row(settings, "SELECT 1 FROM users"):
        click.echo("Preparing the demo office …")
        subprocess.run([sys.executable, "-m", "crm", "demo", "load"], check=True)


# — after the start ———————————————————————————————————————————————————————————————————————————————————


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1" if host in ("0.0.0.0", "::") else host, port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def announce(settings: Settings, host: str, port: int) -> None:
    click.echo(f"Backbone {__version__}")
    click.echo(f"  web    http://{host}:{port}")
    if settings.listen_smtp:
        click.echo(f"  mail   {settings.listen_smtp}")
    click.echo(f"  data   {settings.data_dir}")
    for line in sign_in_hint(settings):
        click.echo(line)
    sys.stdout.flush()


def sign_in_hint(settings: Settings) -> list[str]:
    """How to sign in: what the demo office wrote down, or the one-time key of the first start, or nothing."""
    demo = settings.data_dir / "sign-in.txt"
    if demo.exists():
        return demo.read_text(encoding="utf-8").splitlines()
    if migrating.first_row(settings, "SELECT 1 FROM users"):
        return []
    key = subprocess.run([sys.executable, "-m", "crm", "part", "setup-key"], capture_output=True, text=True, check=True).stdout
    return [f"  first  {settings.base_url}/setup  with the key  {key.strip()}"]
