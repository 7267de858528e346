"""Rows that say the same of both: the survivor's stays, takes over what the other knew besides, and the other goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Column, Table, and_, or_, select

from crm.extensions import db
from crm.merging import rules
from crm.merging.joining import filled
from crm.merging.journal import Journal, rows_where
from crm.merging.references import name_of, references, unique_keys

Key = Callable[[rules.Row], Any]


def settle(journal: Journal, column: Column) -> None:
    """Before the rows of `column` move: those that would point from the record to itself go, and those the survivor has already."""
    _drop_between(journal, column)
    same = rules.SAME.get(name_of(column))
    if same is not None:
        _join(journal, column, same.key, same)
    for others in unique_keys(column):
        _join(journal, column, _all_of(others), same or rules.Same(_all_of(others)))


def turn_pairs(journal: Journal) -> None:
    """Rows about two, of whom the smaller id stands first: brought into that order before anything moves, and kept once."""
    merge = journal.merge
    for name, pair in rules.PAIRS.items() if merge.kind == "contact" else ():
        table = db.metadata.tables.get(name)
        if table is not None:
            ends = table.c[pair.first], table.c[pair.second]
            for row in rows_where(table, or_(*(end == merge.merged_id for end in ends))):
                if pair.when(row):
                    _turn(journal, table, pair, row)


def _turn(journal: Journal, table: Table, pair: rules.Pair, row: rules.Row) -> None:
    merge = journal.merge
    other = row[pair.second] if row[pair.first] == merge.merged_id else row[pair.first]
    if other == merge.survivor_id:
        return  # between the two: it goes with the others of that kind
    first, second = sorted((merge.survivor_id, other))
    wanted = {pair.first: first, pair.second: second, **{name: row[name] for name in pair.also}}
    there = rows_where(table, and_(*(table.c[name] == value for name, value in wanted.items())))
    if there:
        journal.overwrite(table, there[0], _taken_over(there[0], row, rules.LASTING, {"id", *wanted}))
        journal.delete(table, row, there[0])
    else:
        journal.overwrite(table, row, wanted)


def shared(column: Column, merged_id: int, survivor_id: int) -> int:
    """How many rows of the one the other has already (for the preview)."""
    same = rules.SAME.get(name_of(column))
    if same is None:
        return 0
    there = {same.key(row) for row in rows_where(column.table, column == survivor_id)} - {None}
    return sum(same.key(row) in there for row in rows_where(column.table, column == merged_id))


def _all_of(columns: tuple[Column, ...]) -> Key:
    """NULL is never equal to anything, for a unique key."""
    names = [column.name for column in columns]
    return lambda row: None if any(row[name] is None for name in names) else tuple(row[name] for name in names)


def _join(journal: Journal, column: Column, key: Key, same: rules.Same) -> None:
    merge, table = journal.merge, column.table
    if db.session.scalar(select(column).where(column == merge.merged_id).limit(1)) is None:
        return
    there = {key(row): row for row in reversed(rows_where(table, column == merge.survivor_id))}
    there.pop(None, None)
    for row in rows_where(table, column == merge.merged_id):
        said = key(row)
        kept = there.get(said)
        if kept is not None:
            journal.overwrite(table, kept, _joined(kept, row, same, column))
            journal.delete(table, row, kept, column)
            there[said] = rows_where(table, _itself(table, kept))[0]


def _itself(table: Any, row: rules.Row) -> Any:
    condition = None
    for column in table.primary_key:
        part = column == row[column.name]
        condition = part if condition is None else condition & part
    return condition


def _joined(kept: rules.Row, other: rules.Row, same: rules.Same, reference: Column) -> dict[str, Any]:
    return _taken_over(kept, other, same.joins, {reference.name, *(column.name for column in reference.table.primary_key)})


def _taken_over(kept: rules.Row, other: rules.Row, joins: Mapping[str, Any], fixed: set[str]) -> dict[str, Any]:
    return {name: joins.get(name, filled)(kept[name], other[name]) for name in kept if name not in fixed}


def _drop_between(journal: Journal, column: Column) -> None:
    """A person is not recommended by herself: rows that hold two references of this kind, to the one and to the other."""
    merge, table = journal.merge, column.table
    both = (merge.merged_id, merge.survivor_id)
    for other in references(merge.kind):
        if other.table is table and other is not column and not rules.REFERENCES[merge.kind].get(name_of(other), rules.Reference()).stays:
            for row in rows_where(table, column.in_(both) & other.in_(both)):
                journal.delete(table, row)
