"""What can be undone about segments."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.extensions import db
from crm.segments.models import Segment


def unarchive(_by: User, payload: dict[str, Any]) -> str:
    segment = db.session.get_one(Segment, payload["segment_id"])
    segment.restore()
    return f"/segments/{segment.id}"


UNDOERS = {"segment.archived": unarchive}
