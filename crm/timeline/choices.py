"""What the feed's filters and the log box offer to choose from. Two small lists that change rarely: each process remembers them."""

from __future__ import annotations

import time
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select

from crm.accounts.models import Department
from crm.extensions import db
from crm.formatting import formats
from crm.touchpoints.models import Touchpoint

REMEMBERED = 10.0  # seconds: another process may have changed them


class Choice(NamedTuple):
    id: int
    name: str
    name_de: str
    channel: str = ""

    @property
    def label(self) -> str:
        return self.name_de if self.name_de and formats().language == "de" else self.name


def touchpoints() -> list[Choice]:
    """Those in use, in the order of the register."""
    columns = (Touchpoint.id, Touchpoint.name, Touchpoint.name_de, Touchpoint.channel)
    return _remembered("touchpoints", select(*columns).where(Touchpoint.retired_at.is_(None)).order_by(Touchpoint.position, Touchpoint.id))


def departments() -> list[Choice]:
    columns = (Department.id, Department.name, Department.name_de)
    return _remembered("departments", select(*columns).where(Department.archived_at.is_(None)).order_by(Department.position, Department.name))


def _remembered(name: str, query) -> list[Choice]:
    kept = current_app.extensions.setdefault("timeline.choices", {})
    until, rows = kept.get(name, (0.0, []))
    if time.monotonic() > until or current_app.testing:
        rows = [Choice(*row) for row in db.session.execute(query)]
        kept[name] = (time.monotonic() + REMEMBERED, rows)
    return rows
