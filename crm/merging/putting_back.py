"""What can be undone about merges, from the toast; the list of merges undoes them at any time."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.extensions import db
from crm.merging.models import Merge
from crm.merging.parting import part


def unmerge(by: User, payload: dict[str, Any]) -> str:
    merge = db.session.get_one(Merge, payload["merge_id"])
    part(merge, by)
    return f"/{merge.kind}s/{merge.survivor_id}"


UNDOERS = {"record.merged": unmerge}
