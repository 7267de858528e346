"""`crm init`: everything a new installation needs before its first start."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from crm import defaults, migrating
from crm.accounts import first_start
from crm.accounts.cli import free_address, taken_password
from crm.extensions import db


@click.command()
@click.option("--admin", "email", help="Mail address of the first administrator; without it /setup creates them.")
@click.option("--name", help="Their name; by default what stands before the @.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
@with_appcontext
def init(email: str | None, name: str | None, password_stdin: bool) -> None:
    """Bring the database up to date, add what every firm starts with, create the first administrator."""
    migrating.bring_up_to_date(current_app.config["SETTINGS"])
    defaults.prepare()
    if email:
        create_administrator(email, name or email.split("@")[0], password_stdin)
    db.session.commit()


def create_administrator(email: str, name: str, password_stdin: bool) -> None:
    """Running it twice changes nothing; once somebody works here, people are added by `crm user add`."""
    if not first_start.nobody_works_here():
        click.echo("Somebody works here already: nothing was created. `crm user add` adds people.")
        return
    email = free_address(email)
    password = taken_password(email, name) if password_stdin else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    first_start.create_first_administrator(email, name, password)
    click.echo(f"{email} is the first administrator.")
