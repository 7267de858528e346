"""What can be undone about accounts."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import ApiToken, Department, User
from crm.accounts.trail import audit
from crm.extensions import db


def reactivate(by: User, payload: dict[str, Any]) -> None:
    user = db.session.get_one(User, payload["id"])
    user.reactivate()
    audit("user.reactivated", user, by=by)


def deactivate(by: User, payload: dict[str, Any]) -> None:
    user = db.session.get_one(User, payload["id"])
    user.deactivate()
    audit("user.deactivated", user, by=by)


def unarchive_department(by: User, payload: dict[str, Any]) -> None:
    department = db.session.get_one(Department, payload["id"])
    department.unarchive()
    audit("department.unarchived", department, by=by)


def give_token_back(by: User, payload: dict[str, Any]) -> None:
    token = db.session.get_one(ApiToken, payload["id"])
    token.revoked_at = None
    audit("token.given_back", token, by=by, name=token.name)


UNDOERS = {
    "user.deactivated": reactivate,
    "user.reactivated": deactivate,
    "department.archived": unarchive_department,
    "token.revoked": give_token_back,
}
