"""Pages of segments."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("segments", __name__)
