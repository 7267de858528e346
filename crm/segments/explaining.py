"""Why a person is in or out: the tree walked for one contact, with the actual values. One statement for all conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from crm.contacts.models import Contact
from crm.extensions import db
from crm.segments import wording
from crm.segments.compiling import condition, measured
from crm.segments.rules import FieldLeaf, Group, HistoryLeaf, Node
from crm.segments.vocabulary import MODES, Field


@dataclass(frozen=True)
class Reason:
    """One condition or group: where it stands in the rule, what it asks, whether it holds, what there is."""

    path: str
    depth: int
    words: str
    met: bool
    actual: str = ""


@dataclass(frozen=True)
class Explanation:
    member: bool
    because: list[Reason]


def explain(node: Node, contact_id: int) -> Explanation | None:
    """None when there is no such contact."""
    leaves = [leaf for _path, leaf in _leaves(node)]
    columns = [column for leaf in leaves for column in (condition(leaf), _actual(leaf))]
    fixed = (Contact.archived_at, Contact.merged_into_id, Contact.restricted_at)
    row = db.session.execute(select(*fixed, *(column.label(f"c{n}") for n, column in enumerate(columns))).where(Contact.id == contact_id)).one_or_none()
    if row is None:
        return None
    found = iter([(bool(row[3 + 2 * n]), row[4 + 2 * n]) for n in range(len(leaves))])
    reasons: list[Reason] = []
    met = _walk(node, "rule", 0, found, reasons)
    excluded = _excluded(row)
    return Explanation(met and not excluded, [*excluded, *reasons])


def _leaves(node: Node, path: str = "rule") -> Iterator[tuple[str, FieldLeaf | HistoryLeaf]]:
    if not isinstance(node, Group):
        yield path, node
        return
    for part in node.parts:
        yield from _leaves(part)


def _actual(leaf: FieldLeaf | HistoryLeaf) -> Any:
    return leaf.field.column if isinstance(leaf, FieldLeaf) else measured(leaf)


def _walk(node: Node, path: str, depth: int, found: Iterator[tuple[bool, Any]], reasons: list[Reason]) -> bool:
    """Append the reasons of `node`, itself before its parts; answer whether it holds."""
    if not isinstance(node, Group):
        met, value = next(found)
        reasons.append(Reason(path, depth, wording.leaf(node), met, _words(node, value)))
        return met
    place = len(reasons)
    parts = [_walk(part, f"{path}.{node.mode}.{number}", depth + 1, found, reasons) for number, part in enumerate(node.parts)]
    met = {"all": all, "any": any, "none": lambda values: not any(values)}[node.mode](parts)
    reasons.insert(place, Reason(f"{path}.{node.mode}", depth, str(MODES[node.mode]), met))
    return met


def _words(node: FieldLeaf | HistoryLeaf, value: Any) -> str:
    if isinstance(node, FieldLeaf):
        return wording.shown(node.field, value)
    if node.measure == "count":
        return wording.figure(value)
    return wording.shown(node.of or Field("", "", "time", None), value)


def _excluded(row: Any) -> list[Reason]:
    """What keeps a person out of every segment, whatever the rule says."""
    causes = {
        _("The contact is archived."): row.archived_at,
        _("The contact was merged into another one."): row.merged_into_id,
        _("Processing of this person's data is restricted."): row.restricted_at,
    }
    return [Reason("contact", 0, words, False) for words, cause in causes.items() if cause]
