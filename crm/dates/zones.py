"""Where somebody's day begins and ends."""

from __future__ import annotations

from typing import Any

from flask import current_app


def zone_of(user: Any) -> str:
    """The time zone this member of staff works in: their own, else the firm's."""
    return user.timezone or current_app.config["SETTINGS"].timezone
