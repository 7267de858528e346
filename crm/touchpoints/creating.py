"""A new touchpoint, with a key of its own that printed links may carry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crm.extensions import db
from crm.folding import fold
from crm.touchpoints.models import Touchpoint
from crm.touchpoints.queries import last_position

COLUMNS = ("name", "name_de", "phase", "reach", "channel", "department_id", "owner_id", "promise", "promise_de", "importance")
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def create_touchpoint(values: Mapping[str, Any], key: str = "") -> Touchpoint:
    """A touchpoint at the end of the register. Never commits."""
    touchpoint = Touchpoint(key=free_key(key or values["name"]), position=last_position() + 10)
    change_touchpoint(touchpoint, values)
    db.session.add(touchpoint)
    return touchpoint


def change_touchpoint(touchpoint: Touchpoint, values: Mapping[str, Any]) -> None:
    for name in COLUMNS:
        if name in values:
            setattr(touchpoint, name, values[name])


def free_key(name: str) -> str:
    """"Service-Hotline (Berlin)" → "service_hotline_berlin", with a number behind it when that is taken."""
    begin = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:50] or "touchpoint"
    taken = set(db.session.scalars(select(Touchpoint.key).where(Touchpoint.key.startswith(begin, autoescape=True))))
    numbered = (f"{begin}_{number}" for number in range(2, 10_000))
    return begin if begin not in taken else next(key for key in numbered if key not in taken)
