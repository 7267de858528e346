"""Whether a merge can be taken back while a later one stands, so that the result is what it would have been without it."""

from __future__ import annotations

from crm.extensions import db
from crm.merging import queries
from crm.merging.models import Merge, MergeRow


def blocking(merge: Merge) -> Merge | None:
    """The last of the later merges that build on this one; None when it can be undone as it is."""
    return next((other for other in db.session.scalars(queries.later(merge)) if _builds_on(other, merge)), None)


def _builds_on(other: Merge, merge: Merge) -> bool:
    """The later one took over what this one brought: the survivor itself, a value of it, or the place of a row that both had.

    A merge that only moved rows stands in nobody's way.
    """
    if other.merged_id == merge.survivor_id:
        return True
    changed = [row for row in merge.rows if row.action != "moved" and not _own(row, merge)]
    brought = {(row.table_name, str(key)) for row in merge.rows if row.action == "moved" for key in row.keys}
    doubles = {(row.table_name, str(row.new)) for row in other.rows if row.action == "deleted"}
    held = any(row.action == "inserted" for row in other.rows)
    gave_way = {row.table_name for row in other.rows if row.column_name == "primary"} & {table for table, _key in brought}
    return bool(changed or held or brought & doubles or gave_way)


def _own(row: MergeRow, merge: Merge) -> bool:
    """Bookkeeping that every merge does."""
    return row.column_name in ("updated_at", "merged_into_id")
