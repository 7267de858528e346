"""`crm stats rebuild`: prove, and repair, every derived column by computing it anew from what it is derived from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, CursorResult, Numeric, Select, Subquery, Table, func, literal, or_, select, update

from crm.extensions import db


@dataclass(frozen=True)
class Derived:
    """Columns of `table` that are computed. `figures()` selects the row's id first, then the columns under their names;
    rows it does not name hold `empty` (None where nothing is said)."""

    table: Table
    columns: tuple[str, ...]
    figures: Callable[[], Select]
    empty: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Drift:
    """`rows` rows of `column` do not hold what they should; `example` is one of them."""

    figure: str
    column: str
    rows: int
    example: int


def drift() -> Iterator[Drift]:
    """Every column that is not what its definition says."""
    for name, derived in _derived().items():
        truth = _truth(derived)
        joined = derived.table.join(truth, truth.c.ident == derived.table.c.id)
        wrong = [_differs(derived.table.c[column], truth.c[column]) for column in derived.columns]
        counts = [func.count().filter(is_wrong) for is_wrong in wrong]
        examples = [func.min(derived.table.c.id).filter(is_wrong) for is_wrong in wrong]
        found = db.session.execute(select(*counts, *examples).select_from(joined)).one()
        yield from _findings(name, derived.columns, found)


def rebuild() -> dict[str, int]:
    """Put every derived column right, in one statement per figure; returns how many rows each had to change. Never commits."""
    return {name: _changed(db.session.execute(_repair(derived))) for name, derived in _derived().items()}


def _changed(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount


def _findings(name: str, columns: tuple[str, ...], found: Any) -> Iterator[Drift]:
    for column, rows, example in zip(columns, found[: len(columns)], found[len(columns) :], strict=True):
        if rows:
            yield Drift(name, column, rows, example)


def _repair(derived: Derived) -> Any:
    truth = _truth(derived)
    table = derived.table
    values = {column: truth.c[column] for column in derived.columns}
    if "updated_at" in table.c:
        values["updated_at"] = table.c.updated_at  # nobody changed the record
    wrong = or_(*(_differs(table.c[column], truth.c[column]) for column in derived.columns))
    return update(table).values(values).where(table.c.id == truth.c.ident, wrong).execution_options(synchronize_session=False)


def _truth(derived: Derived) -> Subquery:
    """One row for each row of the table, with what its columns should hold."""
    figures = derived.figures().subquery("figures")
    ident = next(iter(figures.c))
    columns = [_or_empty(figures.c[name], derived.empty.get(name)).label(name) for name in derived.columns]
    joined = derived.table.outerjoin(figures, ident == derived.table.c.id)
    return select(derived.table.c.id.label("ident"), *columns).select_from(joined).subquery("truth")


def _or_empty(column: ColumnElement, empty: Any) -> ColumnElement:
    return column if empty is None else func.coalesce(column, literal(empty, column.type))


def _differs(held: ColumnElement, true: ColumnElement) -> ColumnElement[bool]:
    if isinstance(held.type, Numeric):  # SQLite keeps money as a float: compare what people see
        held, true = func.round(held, 2), func.round(true, 2)
    return held.is_distinct_from(true)


def _derived() -> Mapping[str, Derived]:
    return current_app.extensions["statistics"]


def recompute(table: Table, idents: Iterable[int]) -> None:
    """Put the derived columns of these rows right after others of theirs moved. Never commits."""
    for derived in _derived().values():
        if derived.table is table:
            for ident in idents:
                _recompute(derived, ident)


def _recompute(derived: Derived, ident: int) -> None:
    figures = derived.figures()
    found = db.session.execute(figures.where(next(iter(figures.selected_columns)) == ident)).mappings().first()
    values = {column: (found or derived.empty).get(column) for column in derived.columns}
    if "updated_at" in derived.table.c:
        values["updated_at"] = derived.table.c.updated_at
    db.session.execute(update(derived.table).where(derived.table.c.id == ident).values(values))
