"""How long a telephone system or a shop waits to hear who it is: /api/v1/recognise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import delete, func, select

from crm.accounts.models import ApiToken, User
from crm.bench import measuring
from crm.bench.effort import Effort
from crm.bench.pages import Browser
from crm.bench.report import Figure
from crm.contacts.models import Address
from crm.extensions import db

SLOWEST = 5.0  # milliseconds
KINDS = ("email", "phone", "customer_number")


def figures(app: Flask, port: int, effort: Effort) -> Iterator[Figure]:
    with token(app) as plain:
        program = Browser(port, bearer=plain)
        questions: Mapping[str, Callable[[], float]] = {kind: partial(program.time, path) for kind, path in addresses(app).items()}
        for kind, times in measuring.in_turns(questions, effort).items():
            yield Figure(f"Recognise by {kind}", times.median * 1000, "ms", most=SLOWEST, detail=f"p95 {times.p95 * 1000:.2f} ms, network and sign-in of the program included")


@contextmanager
def token(app: Flask) -> Iterator[str]:
    """A program's key made for this, gone afterwards."""
    with app.app_context():
        user = db.session.scalars(select(User).where(User.deactivated_at.is_(None)).order_by(User.id)).first()
        if user is None:
            raise LookupError("Nobody works here yet: `crm demo load` fills an empty database.")
        made, plain = ApiToken.issue(user, "bench", "read")
        db.session.commit()
        ident = made.id
    try:
        yield plain
    finally:
        with app.app_context():
            db.session.execute(delete(ApiToken).where(ApiToken.id == ident))
            db.session.commit()


def addresses(app: Flask) -> dict[str, str]:
    """A question by each kind of address there is, about somebody in the middle of the data."""
    with app.app_context():
        middle = (db.session.scalar(select(func.max(Address.id))) or 0) // 2
        found = {kind: db.session.scalar(select(Address.value).where(Address.kind == kind, Address.id >= middle).order_by(Address.id).limit(1)) for kind in KINDS}
    return {kind: f"/api/v1/recognise?{urlencode({kind: value})}" for kind, value in found.items() if value}
