"""A file that was removed is there again."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.extensions import db
from crm.files import keeping
from crm.files.models import File


def bring_back(by: User, payload: dict[str, Any]) -> str:
    file = db.session.get_one(File, payload["file_id"])
    keeping.bring_back(file, by)
    return f"/contacts/{file.contact_id}"


UNDOERS = {"file.removed": bring_back}
