"""What can be undone: the name kept in an undo step → the function (user, payload) that puts things back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from crm.accounts.models import User

UNDOERS: Mapping[str, Callable[[User, dict[str, Any]], None]] = {}


def register(app: Flask) -> None:
    app.extensions["undoers"] = UNDOERS
