"""`crm demo load`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select


@click.group()
def demo() -> None:
    """A believable office to look around in."""


@demo.command()
@click.option("--contacts", default=600, show_default=True)
@click.option("--interactions", default=9000, show_default=True)
@click.option("--seed", default=2026, show_default=True)
@with_appcontext
def load(contacts: int, interactions: int, seed: int) -> None:
    """Fill an empty database with a demo office, or with a large data set of the same kind."""
    from crm import migrating
    from crm.accounts.models import User
    from crm.demo import loading
    from crm.demo.firm import PASSWORD
    from crm.extensions import db

    migrating.bring_up_to_date(current_app.config["SETTINGS"])
    if db.session.scalar(select(User.id).limit(1)):
        raise click.ClickException("There are users already: load the demo office into an empty database (set CRM_DATA_DIR to a new folder).")
    email = loading.load(contacts, interactions, seed)
    hint = f"  demo   sign in as {email} with the password {PASSWORD}"
    (current_app.config["SETTINGS"].data_dir / "sign-in.txt").write_text(hint + "\n", encoding="utf-8")  # `crm run` prints it
    click.echo(f"Demo office loaded.\n{hint}")
