"""Rules of segments may name an organisation by its number: they go on meaning the same firm."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, cast

from crm.extensions import db
from crm.merging.journal import Journal, rows_where

NAMED = "organisation_id"


def follow(journal: Journal, old: int, new: int) -> None:
    table = db.metadata.tables["segments"]
    for row in rows_where(table, cast(table.c.rule, String).contains(NAMED)):
        rewritten = renumbered(row["rule"], old, new)
        journal.overwrite(table, row, {"rule": rewritten})


def renumbered(rule: Any, old: int, new: int) -> Any:
    """The rule with the one number in place of the other, wherever it stands for an organisation."""
    if isinstance(rule, list):
        return [renumbered(part, old, new) for part in rule]
    if not isinstance(rule, dict):
        return rule
    if rule.get("field") == NAMED:
        return {key: _number(value, old, new) for key, value in rule.items()}
    return {key: renumbered(value, old, new) for key, value in rule.items()}


def _number(value: Any, old: int, new: int) -> Any:
    if isinstance(value, list):
        return [_number(part, old, new) for part in value]
    return new if value == old and not isinstance(value, bool) else value
