"""What can be undone about the register."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.accounts.undo import by_verb
from crm.extensions import db
from crm.touchpoints.models import Touchpoint


def unmerge(_by: User, payload: dict[str, Any]) -> str:
    """Also those that moved along stand under it again."""
    touchpoint = db.session.get_one(Touchpoint, payload["touchpoint_id"])
    touchpoint.unretire()
    if payload.get("was_retired_at"):
        touchpoint.retire()
    db.session.flush()
    for ident in payload.get("moved_along", ()):
        db.session.get_one(Touchpoint, ident).merged_into = touchpoint
    return f"/touchpoints/{touchpoint.id}"


UNDOERS = {"touchpoint.retired": by_verb(Touchpoint, "touchpoint_id", Touchpoint.unretire, "/touchpoints/%d"), "touchpoint.merged": unmerge}
