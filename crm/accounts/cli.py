"""Commands: add people who work here, and tokens for programs."""

from __future__ import annotations

import sys
from datetime import timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import func, or_, select

from crm import clock
from crm.accounts import passwords, signing_in
from crm.accounts.models import ROLES, SCOPES, ApiToken, Department, User
from crm.accounts.preferences import preference
from crm.accounts.trail import audit
from crm.extensions import db


@click.group()
def user() -> None:
    """People who work here."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--department", help="Key or name of a department.")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; without it a link to choose one is printed.")
@with_appcontext
def add_user(email: str, name: str, department: str | None, role: str, password_stdin: bool) -> None:
    """Add somebody."""
    person = User(email=free_address(email), name=name, role=role, address_form=preference("address_form"))
    person.department = department_named(department) if department else None
    if password_stdin:
        person.set_password(taken_password(email, name))
    db.session.add(person)
    audit("user.created", person, name=name, role=role)
    db.session.commit()
    click.echo(person.email if password_stdin else signing_in.password_link(person, "invitation"))


@click.group()
def token() -> None:
    """Keys of programs to the API."""


@token.command("add")
@click.option("--user", "email", required=True, help="Mail address of the person the program acts as.")
@click.option("--name", required=True, help="Which program will use it.")
@click.option("--scope", type=click.Choice(SCOPES), required=True)
@click.option("--days", type=click.IntRange(1), help="Valid for so many days; without it until revoked.")
@with_appcontext
def add_token(email: str, name: str, scope: str, days: int | None) -> None:
    """Print a new token, alone and this once."""
    person = signing_in.by_email(email)
    if person is None or not person.is_active:
        raise click.ClickException(f"Nobody with the address {email} works here. `crm user add` adds people.")
    if scope == "admin" and person.role != "admin":
        raise click.ClickException(f"{person.name} is no administrator, so a token in their name cannot administer.")
    issued, plain = ApiToken.issue(person, name, scope, clock.now() + timedelta(days=days) if days else None)
    audit("token.issued", issued, name=name, scope=scope)
    db.session.commit()
    click.echo(plain)


def free_address(email: str) -> str:
    email = email.strip().lower()
    if "@" not in email.strip("@"):
        raise click.ClickException(f"{email} is no mail address.")
    if signing_in.by_email(email):
        raise click.ClickException(f"Somebody with the address {email} is already here.")
    return email


def taken_password(email: str, name: str) -> str:
    """The password given on standard input, without its line end."""
    password = sys.stdin.readline().rstrip("\r\n")
    if reason := passwords.objection(password, email=email, name=name):
        raise click.ClickException(reason)
    return password


def department_named(name: str) -> Department:
    wanted = or_(Department.key == name, func.lower(Department.name) == name.lower(), func.lower(Department.name_de) == name.lower())
    found = db.session.scalars(select(Department).where(wanted, Department.archived_at.is_(None)).limit(1)).one_or_none()
    if found is None:
        known = ", ".join(db.session.scalars(select(Department.key).where(Department.archived_at.is_(None)).order_by(Department.position)))
        raise click.ClickException(f"There is no department “{name}”. There are: {known or 'none yet (crm init makes the usual ones)'}.")
    return found
