"""One rule becomes one SQL statement, the same on SQLite and PostgreSQL.

Conditions on a person's own columns stand in the WHERE; histories are correlated subqueries on (contact, time), so that the database can
stop at the first row that decides. A negated condition is false, not unknown, where there is nothing to compare.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from operator import eq, ge, le
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, not_, or_, select, true

from crm import clock
from crm.contacts.models import Contact
from crm.segments.rules import Comparison, FieldLeaf, HistoryLeaf, Node
from crm.segments.vocabulary import Field

ALIVE = (Contact.archived_at.is_(None), Contact.merged_into_id.is_(None), Contact.restricted_at.is_(None))


def matching(node: Node) -> Select:
    """The ids of the people whom the rule picks. Archived, merged and restricted ones (Art. 18) are never picked."""
    return select(Contact.id).where(*ALIVE, condition(node))


def condition(node: Node) -> ColumnElement[bool]:
    """The rule as a condition on Contact."""
    if isinstance(node, FieldLeaf):
        return and_(*(_field_test(node.field, test) for test in node.tests))
    if isinstance(node, HistoryLeaf):
        return and_(*(_history_test(node, test) for test in node.tests))
    parts = [condition(part) for part in _cheap_first(node.parts)]
    if node.mode == "all":
        return and_(true(), *parts)
    if node.mode == "any":
        return or_(false(), *parts)
    return and_(true(), *(_never(part) for part in parts))


def _cheap_first(parts: tuple[Node, ...]) -> list[Node]:
    """A person's own columns before histories: SQLite looks at conditions in the order they are written."""
    return sorted(parts, key=lambda part: 0 if isinstance(part, FieldLeaf) else 1 if isinstance(part, HistoryLeaf) else 2)


def _never(part: ColumnElement[bool]) -> ColumnElement[bool]:
    return not_(func.coalesce(part, false()))


# — a person's own fields —


def _field_test(field: Field, test: Comparison) -> ColumnElement[bool]:
    return field.test(test) if field.test else compare(field.column, field.kind, test)


def compare(column: Any, kind: str, test: Comparison) -> ColumnElement[bool]:
    """`column` compared as `test` says."""
    operator, value = test.operator, test.value
    if operator == "empty":
        return _empty(column, kind) if value else not_(_empty(column, kind))
    if kind in ("date", "time"):
        return _temporal(column, kind, operator, value)
    if kind == "text":
        return _textual(column, operator, value)
    if operator == "is_not":
        return column.is_distinct_from(value)
    if operator == "in":
        return column.in_(value)
    return COMPARISONS[operator](column, value)


COMPARISONS = {"is": eq, "at_least": ge, "at_most": le}


def _empty(column: Any, kind: str) -> ColumnElement[bool]:
    return func.coalesce(column, "") == "" if kind in ("text", "choice") and not _is_number(column) else column.is_(None)


def _is_number(column: Any) -> bool:
    return getattr(column.type, "python_type", str) is int


def _textual(column: Any, operator: str, value: Any) -> ColumnElement[bool]:
    """Texts compare without regard to case."""
    lowered = func.lower(column)
    if operator == "contains":
        return lowered.contains(value.lower(), autoescape=True)
    if operator == "in":
        return lowered.in_([part.lower() for part in value])
    return func.coalesce(lowered, "") != value.lower() if operator == "is_not" else lowered == value.lower()


def _temporal(column: Any, kind: str, operator: str, value: Any) -> ColumnElement[bool]:
    """A day counts as a whole, in the firm's zone: `before` ends as it begins, `after` begins as it ends."""
    if operator == "within_days":
        since = clock.now() - timedelta(days=value)
        return column >= (_day(since) if kind == "date" else since)
    begin, end = _span(value, kind)
    comparisons = {"before": column < begin, "at_least": column >= begin, "after": column >= end, "at_most": column < end}
    return and_(column >= begin, column < end) if operator == "is" else comparisons[operator]


def _span(value: date | datetime, kind: str) -> tuple[Any, Any]:
    if isinstance(value, datetime):
        return (_day(value), _day(value) + timedelta(days=1)) if kind == "date" else (value, value + timedelta(microseconds=1))
    if kind == "date":
        return value, value + timedelta(days=1)
    midnight, zone = time(), _zone()
    return datetime.combine(value, midnight, zone), datetime.combine(value + timedelta(days=1), midnight, zone)


def _day(moment: datetime) -> date:
    return moment.astimezone(_zone()).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["SETTINGS"].timezone)


# — histories —


def rows(leaf: HistoryLeaf, *columns: Any) -> Select:
    """The rows of the history that count for the contact of the outer statement."""
    history = leaf.history
    asked = {field.key for field, _ in leaf.where}
    conditions = [history.contact == Contact.id, *history.base]
    conditions += [entry for key, entry in history.unless_asked.items() if key not in asked]
    conditions += [_field_test(field, test) for field, test in leaf.where]
    if leaf.within_days is not None:
        conditions.append(history.time >= clock.now() - timedelta(days=leaf.within_days))
    return select(*columns).where(*conditions).correlate(Contact)


def _history_test(leaf: HistoryLeaf, test: Comparison) -> ColumnElement[bool]:
    if leaf.measure != "count":
        return compare(measured(leaf), "number" if leaf.of else "time", test)
    if test.operator == "at_least":
        return _at_least(leaf, test.value)
    if test.operator == "at_most":
        return not_(_more_than(leaf, test.value))
    return and_(_at_least(leaf, test.value), not_(_more_than(leaf, test.value))) if test.value == int(test.value) else false()


def _more_than(leaf: HistoryLeaf, number: float) -> ColumnElement[bool]:
    return _at_least(leaf, int(number // 1) + 1)


def _at_least(leaf: HistoryLeaf, number: float) -> ColumnElement[bool]:
    """Whether there is a `number`-th row: it stops there, where counting would read on."""
    wanted = int(-(-number // 1))
    if wanted <= 0:
        return true()
    found = rows(leaf, literal(1))
    return exists(found if wanted == 1 else found.limit(1).offset(wanted - 1))


def measured(leaf: HistoryLeaf) -> ColumnElement:
    """The figure that the leaf is about, for the contact of the outer statement."""
    time_column, of = leaf.history.time, leaf.of.column if leaf.of else None
    if leaf.measure == "count":
        return rows(leaf, func.count()).select_from(leaf.history.contact.class_).scalar_subquery()
    if leaf.measure in ("first", "last"):
        order = (time_column.asc(), leaf.history.contact.class_.id.asc()) if leaf.measure == "first" else (time_column.desc(), leaf.history.contact.class_.id.desc())
        query = rows(leaf, time_column if of is None else of)
        return (query if of is None else query.where(of.is_not(None))).order_by(*order).limit(1).scalar_subquery()
    figure = getattr(func, leaf.measure)(of)
    return rows(leaf, func.coalesce(figure, 0) if leaf.measure == "sum" else figure).scalar_subquery()

