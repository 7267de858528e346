"""The histories a segment rule may ask about, and which table of which feature answers."""

from __future__ import annotations

from typing import Any

from flask import Flask

HISTORIES: dict[str, Any] = {}


def register(app: Flask) -> None:
    app.extensions["histories"] = HISTORIES
