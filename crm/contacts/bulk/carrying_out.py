"""A change of many contacts, carried out and taken back: in parts of some hundred, in the one transaction of whoever calls. Never commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import insert, select

from crm import clock
from crm.accounts.models import User
from crm.contacts.bulk.changing import AnyChange, Step, again
from crm.contacts.bulk.models import BulkEdit, BulkEditRow
from crm.extensions import db, fetch

CHUNK = 500


def carry_out(change: AnyChange, ids: Sequence[int], by: User | None, asked: str = "") -> BulkEdit:
    """The edit; `count` says how many it changed, which leaves out those who were so already."""
    edit = BulkEdit(by_id=by.id if by else None, change=change.key[:80], value=change.kept, asked=asked)
    db.session.add(edit)
    db.session.flush()
    for part in parts(ids):
        steps = change.carry_out(part)
        edit.count += len(steps)
        if steps:
            db.session.execute(insert(BulkEditRow), [{"edit_id": edit.id, "contact_id": ident, "before": before, "after": after} for ident, before, after in steps])
            _follow(change, steps)
    _read_anew()
    return edit


def take_back(edit: BulkEdit, by: User | None) -> int:
    """Everybody is as before, but for those whom somebody changed again: how many they are. Doing it twice does nothing."""
    if edit.undone_at is not None:
        return edit.kept
    change = again(edit.change)
    edit.undone_at, edit.undone_by_id, edit.kept = clock.now(), by.id if by else None, 0
    rows = fetch(select(BulkEditRow.contact_id, BulkEditRow.before, BulkEditRow.after).where(BulkEditRow.edit_id == edit.id).order_by(BulkEditRow.contact_id))
    for part in parts(rows):
        steps = [Step(*row) for row in part]
        edit.kept += change.take_back(steps)
        _follow(change, steps)
    _read_anew()
    return edit.kept


def _follow(change: AnyChange, steps: Sequence[Step]) -> None:
    """Who is archived is not found by the search, who comes back is."""
    if change.key == "archived_at":
        current_app.extensions["indexing"]("contact", [step.contact_id for step in steps])


def _read_anew() -> None:
    db.session.flush()
    db.session.expire_all()


def parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
