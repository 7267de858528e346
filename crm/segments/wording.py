"""A rule as people say it, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from crm.formatting import day, exact, number
from crm.segments.rules import Comparison, FieldLeaf, Group, HistoryLeaf, Node
from crm.segments.vocabulary import MEASURES, WORDS, Field


def sentence(node: Node) -> str:
    """The whole rule in one line."""
    if not isinstance(node, Group):
        return leaf(node)
    joint = _(" and ") if node.mode == "all" else _(" or ")
    inner = joint.join(f"({sentence(part)})" if isinstance(part, Group) and len(part.parts) > 1 else sentence(part) for part in node.parts)
    if not node.parts:
        return _("nobody") if node.mode == "any" else _("everybody")
    return _("not (%(rule)s)", rule=inner) if node.mode == "none" else inner


def leaf(node: FieldLeaf | HistoryLeaf) -> str:
    if isinstance(node, FieldLeaf):
        return _(" and ").join(comparison(node.field, test) for test in node.tests)
    parts = [_measure(node), *_where(node), *_window(node)]
    return " ".join(part for part in parts if part)


def comparison(field: Field, test: Comparison) -> str:
    """"Lifecycle is Customer"."""
    operator = "filled" if test.operator == "empty" and not test.value else test.operator
    if operator in ("empty", "filled"):
        return f"{field.label} {WORDS[operator]}"
    if operator == "within_days":
        return f"{field.label} {_last_days(test.value)}"
    return f"{field.label} {WORDS[operator]} {shown(field, test.value)}"


def shown(field: Field, value: Any) -> str:
    """A value in the reader's words: the label of a choice, a date as the locale writes it."""
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(field, part) for part in value)
    if value is None or value == "":
        return _("nothing")
    if field.values:
        return str(dict(field.values()).get(value, value))
    if isinstance(value, datetime):
        return exact(value)
    if isinstance(value, date):
        return day(value)
    return str(value) if isinstance(value, str) else figure(value)


def figure(value: Any) -> str:
    """A number without needless decimals."""
    return number(value) if value == int(value) else number(value, 1 if round(value, 1) == value else 2)


def _measure(node: HistoryLeaf) -> str:
    bounds = _(" and ").join(f"{WORDS[test.operator]} {_bound(test)}" for test in node.tests)
    if node.measure == "count":
        return f"{node.history.label}: {bounds}"
    of = f" {node.of.label}" if node.of else ""
    return f"{node.history.label}, {MEASURES[node.measure]}{of}: {bounds}"


def _bound(test: Comparison) -> str:
    return shown(Field("", "", "", None), test.value)


def _where(node: HistoryLeaf) -> list[str]:
    conditions = _(" and ").join(comparison(field, test) for field, test in node.where)
    return [f"({conditions})"] if conditions else []


def _window(node: HistoryLeaf) -> list[str]:
    return [_last_days(node.within_days)] if node.within_days is not None else []


def _last_days(days: int) -> str:
    return ngettext("in the last %(num)d day", "in the last %(num)d days", days)
