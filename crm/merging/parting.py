"""part(): a merge taken back, exactly, at any time; what was worked on since stays.

What moved goes back, and with it whatever came later and hangs on it: a mail in a conversation of the merged one, the answer to its question,
the correction of its entry. Everything else that came later stays with the survivor, also a new mail from an address that goes back: nobody
can say any more whom it was meant for. A value comes back unless somebody changed it since. A no said meanwhile holds for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column, ColumnElement, MetaData, Table, delete, false, insert, or_, select, update

from crm import clock, timeline
from crm.accounts.models import User
from crm.accounts.trail import audit
from crm.contacts.models import Contact, Organisation
from crm.errors import Refused
from crm.extensions import db, rows_changed
from crm.merging import choosing, entanglement, firsts, noting, queries, restricting, rules
from crm.merging.following import bring_up_to_date
from crm.merging.journal import ABSENT, rows_where
from crm.merging.models import Merge, MergeRow
from crm.merging.references import decoded, encoded, found_by, references, untouched
from crm.merging.uniting import BELONGED, rule
from crm.timeline.models import Interaction
from crm.timeline.rebuilding import recompute


def part(merge: Merge, by: User | None = None) -> Merge:
    """Two records again. Refused, with what to undo first, where a later merge builds on this one. Never commits."""
    records = queries.lock(merge.kind, merge.merged_id, merge.survivor_id)
    db.session.refresh(merge)
    if merge.undone_at is not None:
        return merge
    merged, survivor = records.get(merge.merged_id), records.get(merge.survivor_id)
    if merged is None or survivor is None:
        raise Refused(_("One of the two no longer exists, so this merge cannot be undone."))
    if (blocking := entanglement.blocking(merge)) is not None:
        raise Refused(_("Undo the later merge of %(name)s into %(survivor)s first.", name=blocking.merged_name, survivor=blocking.survivor_name))
    firm = getattr(survivor, "organisation_id", None)
    with noting.what_changes(merge):
        _walk_back(merge)
    _follow(merge)
    if merge.kind == "contact":
        _belong(merge, firm)
    merge.undone_at, merge.undone_by_id = clock.now(), by.id if by else None
    bring_up_to_date(merge)
    _settle(merge, merged, survivor, by)
    return merge


def _walk_back(merge: Merge) -> None:
    db.session.flush()
    for step in reversed(merge.rows):
        table = _table(step.table_name)
        if table is not None:
            BACK[step.action](table, step)


def _table(name: str, metadata: MetaData | None = None) -> Table | None:
    return (metadata or db.metadata).tables.get(name)


def _unmove(table: Table, step: MergeRow) -> None:
    column = table.c[step.column_name]
    theirs = found_by(table, step.keys, column) & (column == step.new)
    db.session.execute(update(table).where(theirs).values({**untouched(table), column.name: step.old}))


def _restore(table: Table, step: MergeRow) -> None:
    """Unless somebody changed the value since. "custom.colour" is one key of a JSON column."""
    name, _dot, key = step.column_name.partition(".")
    column = table.c[name]
    for row in rows_where(table, found_by(table, step.keys)):
        present = (row[name] or {}).get(key, ABSENT) if key else encoded(row[name])
        if present != step.new:
            continue
        value = _without(row[name], key, step.old) if key else decoded(step.old, column)
        kept = {one: same for one, same in untouched(table).items() if one != name}
        db.session.execute(update(table).where(found_by(table, step.keys)).values({**kept, name: value}))


def _without(present: dict[str, Any], key: str, old: Any) -> dict[str, Any]:
    rest = {name: value for name, value in present.items() if name != key}
    return rest if old == ABSENT else {**rest, key: old}


def _put_back(table: Table, step: MergeRow) -> None:
    """A row that was the same on both sides stands again, unless what it pointed at is gone."""
    row = {name: decoded(value, table.c[name]) for name, value in step.row.items() if name in table.c}
    for column in table.columns:
        gone = row.get(column.name) is not None and any(not _exists(key.column, row[column.name]) for key in column.foreign_keys)
        if gone and not column.nullable:
            return
        if gone:
            row[column.name] = None
    if not rows_where(table, found_by(table, step.keys)):
        db.session.execute(insert(table).values(row))


def _exists(column: Column, value: Any) -> bool:
    return db.session.scalar(select(column).where(column == value).limit(1)) is not None


def _take_out(table: Table, step: MergeRow) -> None:
    db.session.execute(delete(table).where(found_by(table, step.keys)))


BACK = {"moved": _unmove, "overwritten": _restore, "deleted": _put_back, "inserted": _take_out}


# — what came later and hangs on what goes back ————————————————————————————————————————————————————————


def _follow(merge: Merge) -> None:
    """Until nothing more follows: a question follows its entry, the answer its question, the entry about the answer the answer."""
    columns = [column for column in references(merge.kind) if not rule(merge.kind, column).stays and column.table.name in merge.marks]
    while sum(_follow_once(merge, column, columns) for column in columns):
        pass


def _follow_once(merge: Merge, column: Column, columns: Sequence[Column]) -> int:
    table = column.table
    hanging = or_(false(), *_hanging_on(merge, table, columns))
    later = (column == merge.survivor_id) & (table.c.id > merge.marks[table.name]) & hanging
    return rows_changed(update(table).where(later).values({**untouched(table), column.name: merge.merged_id}).execution_options(synchronize_session=False))


def _hanging_on(merge: Merge, table: Table, columns: Sequence[Column]) -> Iterator[ColumnElement[bool]]:
    for owner in columns:
        theirs = select(owner.table.c.id).where(owner == merge.merged_id) if "id" in owner.table.c else None
        if theirs is None:
            continue
        for pointer in table.columns:
            if any(key.column is owner.table.c.id for key in pointer.foreign_keys):
                yield pointer.in_(theirs)
        words = [word for word, name in rules.ABOUT.items() if name == owner.table.name]
        for word, number in rules.NAMING:
            if word in table.c:
                yield table.c[word].in_(words) & table.c[number].in_(theirs)


def _belong(merge: Merge, firm: int | None) -> None:
    """Entries that came later were written under the organisation of the two as one; each belongs under that of whom it is with now."""
    table = Interaction.__table__
    owners = select(Contact.id, Contact.organisation_id).where(Contact.id.in_((merge.merged_id, merge.survivor_id)))
    for ident, own in db.session.execute(owners).all():
        later = (table.c.contact_id == ident) & (table.c.id > merge.marks[table.name]) & table.c.corrects_id.is_(None)
        db.session.execute(update(table).where(later, table.c.organisation_id.is_not_distinct_from(firm)).values(organisation_id=own))
        recompute(Organisation.__table__, [one for one in (firm, own) if one])


def _follow_names(merge: Merge, survivor: Any) -> None:
    """A name of which somebody changed a part meanwhile is put together anew; one that came back came back as it was."""
    rule = rules.FOLLOWING[merge.kind]
    own = [row for row in merge.rows if row.table_name == survivor.__tablename__ and row.keys == [survivor.id] and row.column_name in rule]
    stale = {source for row in own if encoded(getattr(survivor, row.column_name)) != row.old for source in rule[row.column_name]}
    for name, value in choosing.following(merge.kind, survivor, {source: getattr(survivor, source) for source in stale}).items():
        setattr(survivor, name, value)


def _settle(merge: Merge, merged: Any, survivor: Any, by: User | None) -> None:
    """What must fit again, and what is written down."""
    _follow_names(merge, survivor)
    if isinstance(survivor, Contact):
        firsts.fit_again(merged, survivor, merge.marks.get(BELONGED))
        restricting.hold_for_both(merged, survivor, merge.marks.get("consents", 0), merge.at)
        entry = db.session.get(Interaction, merge.entry_id) if merge.entry_id else None
        if entry is not None:
            timeline.retract(entry, by)
    audit(f"{merge.kind}.unmerged", survivor, by=by, merge_id=merge.id, merged_id=merge.merged_id, name=merge.merged_name)
    db.session.flush()
