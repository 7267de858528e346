"""unite(): one record becomes part of another, with everything that points at it, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column, Table, func, select

from crm import clock, timeline
from crm.accounts.models import User
from crm.accounts.trail import audit
from crm.contacts.models import Contact
from crm.errors import Refused
from crm.extensions import db
from crm.merging import choosing, doubles, firsts, noting, queries, restricting, rewriting, rules
from crm.merging.following import bring_up_to_date
from crm.merging.journal import Journal, rows_where
from crm.merging.models import Merge
from crm.merging.references import MODELS, name_of, references

BELONGED = "contacts.organisation_id"  # among the marks: where the survivor belonged before


def unite(kind: str, merged_id: int, into_id: int, by: User | None = None, chosen: Mapping[str, str] | None = None) -> Merge:
    """Merge one into the other; `chosen` says field by field whose value stays, where it is not to be the sensible one.

    Done already, it answers that merge. Never commits.
    """
    known = queries.lock(kind, merged_id, queries.survivor_id(kind, into_id) or into_id)
    survivor_id = queries.survivor_id(kind, into_id) or into_id
    if queries.survivor_id(kind, merged_id) == survivor_id and (done := queries.standing(kind, merged_id)):
        return done
    merged, survivor = _both(known, merged_id, survivor_id)
    offered = choosing.fields(kind, merged, survivor)
    merge = _begin(kind, merged, survivor, by, choosing.checked(offered, chosen or {}))
    if isinstance(merged, Contact):
        _unite_contacts(Journal(merge), merged, survivor)
    else:
        _carry(Journal(merge), merged, survivor)
        rewriting.follow(Journal(merge), merged.id, survivor.id)
    bring_up_to_date(merge)
    return _written_down(merge, survivor, by)


def _both(known: Mapping[int, Any], merged_id: int, survivor_id: int) -> tuple[Any, Any]:
    if merged_id == survivor_id:
        raise Refused(_("A record cannot be merged with itself."), "into")
    merged, survivor = known.get(merged_id), known.get(survivor_id)
    if merged is None or survivor is None:
        raise Refused(_("This record does not exist."), "into")
    if merged.merged_into_id or survivor.merged_into_id:
        raise Refused(_("Somebody else merged one of the two meanwhile. Look at it again."))
    return merged, survivor


def _begin(kind: str, merged: Any, survivor: Any, by: User | None, chosen: dict[str, str]) -> Merge:
    db.session.flush()
    merge = Merge(
        kind=kind, survivor_id=survivor.id, merged_id=merged.id, by_id=by.id if by else None, choices=chosen, counts={}, at=clock.now(),
        merged_name=called(merged), survivor_name=called(survivor), marks={table.name: _highest(table) for table in _tables(kind)} | {BELONGED: getattr(survivor, "organisation_id", None)},
    )
    db.session.add(merge)
    db.session.flush()
    return merge


def called(record: Any) -> str:
    return record.display_name if isinstance(record, Contact) else record.name


def _tables(kind: str) -> list[Table]:
    tables = {column.table.name: column.table for column in references(kind)}
    return [table for table in tables.values() if "id" in table.c]


def _highest(table: Table) -> int:
    return db.session.scalar(select(func.max(table.c.id))) or 0


def _unite_contacts(journal: Journal, merged: Contact, survivor: Contact) -> None:
    said = restricting.objections(merged) | restricting.objections(survivor)
    _carry(journal, merged, survivor)
    db.session.flush()
    db.session.expire_all()
    for entry in restricting.hold(survivor, restricting.loosened(said, survivor), journal.merge.merged_name):
        journal.inserted(type(entry).__table__, entry.id)


def _carry(journal: Journal, merged: Any, survivor: Any) -> None:
    """The fields, then every row that points at the one."""
    merge, table = journal.merge, MODELS[journal.merge.kind].__table__
    values = choosing.outcome(merge.kind, merged, survivor, merge.choices)
    if merge.kind == "organisation":
        firsts.untangle_parents(journal, values)
    else:
        firsts.one_first_of_each(journal, values.get("organisation_id", survivor.organisation_id))
    doubles.turn_pairs(journal)
    for column in references(merge.kind):
        if not rule(merge.kind, column).stays:
            doubles.settle(journal, column)
            journal.move(column, merge.merged_id, merge.survivor_id)
    _move_soft(journal)
    kept, gone = (rows_where(table, table.c.id == ident)[0] for ident in (merge.survivor_id, merge.merged_id))
    with noting.what_changes(merge):
        journal.overwrite(table, kept, {**values, **({"updated_at": clock.now()} if "updated_at" in table.c else {})})
    journal.overwrite(table, gone, {"merged_into_id": merge.survivor_id})


def rule(kind: str, column: Column) -> rules.Reference:
    """The rule of a reference; one that has none yet lets its rows move."""
    return rules.REFERENCES[kind].get(name_of(column), rules.Reference())


def _move_soft(journal: Journal) -> None:
    """What names the record by a word and a number instead of a foreign key."""
    merge = journal.merge
    for name, moves in rules.SOFT.items():
        if moves is True:
            table = db.metadata.tables[name]
            for row in rows_where(table, (table.c.about_type == merge.kind) & (table.c.about_id == merge.merged_id)):
                journal.overwrite(table, row, {"about_id": merge.survivor_id})


def _written_down(merge: Merge, survivor: Any, by: User | None) -> Merge:
    if isinstance(survivor, Contact):
        entry = timeline.record("contact.merged", survivor, channel="other", direction="internal", staff=by, about=("merge", merge.id),
                                subject=merge.merged_name, provenance="person" if by else "automation")
        merge.entry_id = entry.id
    audit(f"{merge.kind}.merged", survivor, by=by, merge_id=merge.id, merged_id=merge.merged_id, name=merge.merged_name)
    db.session.flush()
    return merge
