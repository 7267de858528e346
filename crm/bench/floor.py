"""The floor: what the framework itself costs. One view, 50 rows of the contacts through SQLAlchemy, a plain table.

It has nothing of ours but the server and the rules of the database connection: no sign-in, no language, no layout, no headers.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import Any

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm.extensions import db, prepare_sqlite, transaction_mode
from crm.serving import Server
from crm.settings import Settings, load

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Contacts</title></head>
<body>
<h1>Contacts</h1>
<table>
<tr><th>Name</th><th>First name</th><th>Last name</th><th>Lifecycle</th><th>Customer since</th><th>Last heard</th></tr>
{% for contact in contacts %}
<tr><td><a href="/contacts/{{ contact.id }}">{{ contact.display_name }}</a></td><td>{{ contact.first_name }}</td><td>{{ contact.last_name }}</td>
<td>{{ contact.lifecycle }}</td><td>{{ contact.customer_since }}</td><td>{{ contact.last_in_at }}</td></tr>
{% endfor %}
</table>
</body>
</html>
"""


class Plain(DeclarativeBase):
    """Apart from our models, so that nothing of them is loaded along."""


class Contact(Plain):
    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    lifecycle: Mapped[str]
    customer_since: Mapped[date | None]
    last_in_at: Mapped[datetime | None]


def create_floor(settings: Settings) -> Flask:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.jinja_loader = DictLoader({"floor.html": PAGE})  # type: ignore[assignment]
    db.init_app(app)
    app.add_url_rule("/", view_func=floor)
    if settings.is_sqlite:
        with app.app_context():
            prepare_sqlite(db.engine)
    return app


def floor() -> str:
    transaction_mode.set("DEFERRED")  # or it would wait for whoever writes
    return render_template("floor.html", contacts=db.session.scalars(select(Contact).order_by(Contact.id).limit(50)))


class FloorServer(Server):
    def load(self) -> Any:
        return create_floor(load())


if __name__ == "__main__":
    FloorServer("127.0.0.1", int(sys.argv[1])).run()
