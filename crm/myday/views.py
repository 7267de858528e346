"""Pages of myday."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("myday", __name__)
