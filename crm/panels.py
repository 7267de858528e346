"""What the contact page shows of the features: each gives a loader (contact → context) and a partial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from crm.contacts.models import Contact


@dataclass(frozen=True)
class Panel:
    """`load` runs at most two statements; `template` gets its result and the contact."""

    key: str
    template: str
    load: Callable[[Contact], Mapping[str, Any]]


CONTACT: tuple[Panel, ...] = ()


def register(app: Flask) -> None:
    app.extensions["panels"] = {"contact": CONTACT}
