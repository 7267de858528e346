"""Dates, numbers and names as the reader writes them: cached filters, because Babel costs more than a table row."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    pass
