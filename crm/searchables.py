"""What can be found in the search box, and which words each record is found by."""

from __future__ import annotations

from typing import Any

from flask import Flask

SEARCHABLES: dict[type, Any] = {}


def register(app: Flask) -> None:
    app.extensions["searchables"] = SEARCHABLES
