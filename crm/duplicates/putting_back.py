"""What can be undone about likely duplicates."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.duplicates.grouping import regroup
from crm.duplicates.models import DuplicatePair
from crm.extensions import db


def ask_again(by: User, payload: dict[str, Any]) -> str:
    """The pair is what it was before somebody decided about it."""
    pair = db.session.get_one(DuplicatePair, payload["pair_id"])
    pair.decide(payload["state"], by)
    db.session.flush()
    regroup()
    return "/duplicates"


UNDOERS = {"duplicate.decided": ask_again}
