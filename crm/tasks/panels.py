"""What the contact page shows of tasks: what comes next, and whether an unhappy answer still waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam

from crm.contacts.models import Contact
from crm.extensions import db
from crm.tasks import queries

SHOWN = 8
NEXT = queries.of_contact(bindparam("contact_id")).limit(SHOWN)


def load(contact: Contact) -> Mapping[str, Any]:
    tasks = db.session.execute(NEXT, {"contact_id": contact.id}).all() if contact.next_task_at else []
    unhappy = any(task.about_type == "answer" for task in tasks)
    return {"tasks": tasks, "warning": _("An unhappy answer waits for a call back") if unhappy else ""}
