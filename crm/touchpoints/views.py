"""Pages of touchpoints."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("touchpoints", __name__)
