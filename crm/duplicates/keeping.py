"""What a scan found beside what is known: new pairs are put down, scores brought up to date, open pairs that hold no longer taken away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlalchemy.orm import aliased

from crm import clock
from crm.contacts.matching import Pair
from crm.contacts.models import Contact
from crm.duplicates.models import DuplicatePair
from crm.extensions import db, fetch
from crm.merging.queries import survivor_id

AT_ONCE = 400
COLUMNS = (DuplicatePair.id, DuplicatePair.left_id, DuplicatePair.right_id, DuplicatePair.state, DuplicatePair.score, DuplicatePair.verdict)
Ends = tuple[int, int]


def put_down(found: Iterable[Pair], among: Collection[int] | None = None) -> Iterator[int]:
    """Bring what was found into the table, a slice at a time: yields how many pairs are in, for the caller to commit.

    `among`: the scan looked only at these, so only their pairs are taken away when they were not found again.
    """
    known = {(row.left_id, row.right_id): row for row in _known(among)}
    no_more = _ruled_out()
    pairs = [pair for pair in found if (pair.left_id, pair.right_id) not in no_more]
    for start in range(0, len(pairs), AT_ONCE):
        part = pairs[start : start + AT_ONCE]
        _insert([pair for pair in part if (pair.left_id, pair.right_id) not in known])
        _update([(known[pair.left_id, pair.right_id], pair) for pair in part if (pair.left_id, pair.right_id) in known])
        yield start + len(part)
    there = {(pair.left_id, pair.right_id) for pair in pairs}
    _take_away([row.id for ends, row in known.items() if row.state == "open" and ends not in there])
    yield len(pairs)


def _known(among: Collection[int] | None) -> Iterator[Row]:
    if among is None:
        yield from fetch(select(*COLUMNS))
        return
    wanted, seen = sorted(among), set()
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        for row in fetch(select(*COLUMNS).where(or_(DuplicatePair.left_id.in_(part), DuplicatePair.right_id.in_(part)))):
            if row.id not in seen:
                seen.add(row.id)
                yield row


def _ruled_out() -> set[Ends]:
    """Who is not Anna is not Anna either when she was merged into another record: rejections, between the survivors."""
    left, right = aliased(Contact), aliased(Contact)
    query = (
        select(DuplicatePair.left_id, DuplicatePair.right_id)
        .join(left, left.id == DuplicatePair.left_id).join(right, right.id == DuplicatePair.right_id)
        .where(DuplicatePair.state == "rejected", or_(left.merged_into_id.is_not(None), right.merged_into_id.is_not(None)))
    )
    ends = ([survivor_id("contact", ident) or ident for ident in row] for row in fetch(query))
    return {(min(pair), max(pair)) for pair in ends}


def _insert(pairs: Sequence[Pair]) -> None:
    if pairs:
        now = clock.now()
        db.session.execute(insert(DuplicatePair), [{
            "left_id": pair.left_id, "right_id": pair.right_id, "state": "open", "found_at": now, "cluster": pair.left_id, "rank": pair.score, **_said(pair),
        } for pair in pairs])


def _update(pairs: Sequence[tuple[Row, Pair]]) -> None:
    changed = [{"id": row.id, **_said(pair)} for row, pair in pairs if (round(row.score, 6), row.verdict) != (round(pair.score, 6), pair.verdict)]
    if changed:
        db.session.execute(update(DuplicatePair), changed)


def _said(pair: Pair) -> Mapping[str, Any]:
    return {"score": pair.score, "verdict": pair.verdict, "evidence": [[one.key, *one.params] for one in pair.evidence]}


def _take_away(ids: Sequence[int]) -> None:
    """Open pairs that are not alike any more. With merged contacts they stay: the merge may be undone."""
    gone = select(Contact.id).where(Contact.merged_into_id.is_not(None))
    for start in range(0, len(ids), AT_ONCE):
        part = DuplicatePair.id.in_(ids[start : start + AT_ONCE])
        db.session.execute(delete(DuplicatePair).where(part, DuplicatePair.left_id.not_in(gone), DuplicatePair.right_id.not_in(gone)))
