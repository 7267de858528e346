"""Pairs that hang together are shown together: Anna with Anna M., and Anna M. with A. Müller."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from crm.contacts.models import Contact
from crm.duplicates.models import DuplicatePair
from crm.extensions import db, fetch

AT_ONCE = 400


def regroup(clusters: Collection[int] | None = None) -> list[int]:
    """Work out cluster and rank of the open pairs: of all, or of those that were in these clusters. The clusters there are now, the best first."""
    left, right = aliased(Contact), aliased(Contact)
    query = (
        select(DuplicatePair.id, DuplicatePair.left_id, DuplicatePair.right_id, DuplicatePair.score, DuplicatePair.cluster, DuplicatePair.rank)
        .join(left, left.id == DuplicatePair.left_id).join(right, right.id == DuplicatePair.right_id)
        .where(DuplicatePair.state == "open", left.merged_into_id.is_(None), right.merged_into_id.is_(None))
    )
    rows = fetch(query if clusters is None else query.where(DuplicatePair.cluster.in_(list(clusters))))
    first = smallest([(row.left_id, row.right_id) for row in rows])
    best: dict[int, float] = {}
    for row in rows:
        best[first[row.left_id]] = max(best.get(first[row.left_id], 0.0), row.score)
    wanted = [(row, first[row.left_id], best[first[row.left_id]]) for row in rows]
    changed = [{"id": row.id, "cluster": cluster, "rank": rank} for row, cluster, rank in wanted if (row.cluster, row.rank) != (cluster, rank)]
    for start in range(0, len(changed), AT_ONCE):
        db.session.execute(update(DuplicatePair), changed[start : start + AT_ONCE])
    return sorted(best, key=lambda cluster: (-best[cluster], -cluster))


def smallest(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Of each id the smallest it hangs together with."""
    above: dict[int, int] = {}

    def top(ident: int) -> int:
        while (up := above.setdefault(ident, ident)) != ident:
            above[ident] = above[up]
            ident = up
        return ident

    for one, other in pairs:
        low, high = sorted((top(one), top(other)))
        above[high] = low
    return {ident: top(ident) for ident in list(above)}
