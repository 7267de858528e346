"""What can be undone about tasks."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.extensions import db
from crm.tasks.models import Task


def reopen(by: User, payload: dict[str, Any]) -> None:
    _task(payload).reopen(by)


def drop(_by: User, payload: dict[str, Any]) -> None:
    _task(payload).cancel()


def restore(_by: User, payload: dict[str, Any]) -> None:
    _task(payload).restore()


def _task(payload: dict[str, Any]) -> Task:
    return db.session.get_one(Task, payload["task_id"])


UNDOERS = {"task.done": reopen, "task.added": drop, "task.cancelled": restore}
