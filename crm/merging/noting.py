"""Merging writes past the session: what it changed about the survivor stands in the history of changes all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from crm.contacts.changes import Change, note
from crm.extensions import db
from crm.merging import rules
from crm.merging.journal import rows_where
from crm.merging.models import Merge
from crm.merging.references import MODELS


@contextmanager
def what_changes(merge: Merge) -> Iterator[None]:
    table = MODELS[merge.kind].__table__
    itself = table.c.id == merge.survivor_id
    before = rows_where(table, itself)[0]
    yield
    after = rows_where(table, itself)[0]
    names = (*rules.CHOSEN[merge.kind], *(name for name in rules.DECIDED[merge.kind] if name != "created_at"))
    contact, organisation = (merge.survivor_id, None) if merge.kind == "contact" else (None, merge.survivor_id)
    note(db.session, [Change(name, before[name], after[name], contact, organisation, merge.kind) for name in names if before[name] != after[name]])
