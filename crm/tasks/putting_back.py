"""What can be undone about tasks."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.accounts.undo import by_verb
from crm.extensions import db
from crm.tasks.models import Task


def reopen(by: User, payload: dict[str, Any]) -> None:
    db.session.get_one(Task, payload["task_id"]).reopen(by)


UNDOERS = {"task.done": reopen, "task.added": by_verb(Task, "task_id", Task.cancel), "task.cancelled": by_verb(Task, "task_id", Task.restore)}
