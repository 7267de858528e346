"""Putting an archived segment back."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.extensions import db
from crm.segments.models import Segment


def put_back(_by: User, payload: dict[str, Any]) -> str:
    """Undo of an archival; answers the page to show."""
    segment = db.get_or_404(Segment, payload["segment"])
    segment.restore()
    return f"/segments/{segment.id}"
