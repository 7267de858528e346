"""The audit trail: what members of staff and programs did to the system."""

from __future__ import annotations

from typing import Any

from flask import has_request_context, request
from flask_login import current_user

from crm.accounts.models import AuditEntry, User
from crm.extensions import db


def audit(action: str, subject: Any = None, /, **detail: Any) -> AuditEntry:
    """Write down that who acts now did `action` (past tense: "user.deactivated") to the record `subject`. Never commits.

    `detail` is what a reader needs to understand it later: plain values, no secrets. `by` overrules who acts.
    """
    about = _subject(subject)  # first: it gives a new record its id, and `by` may be that record
    by = detail.pop("by", None) or acting_user()
    entry = AuditEntry(action=action, user_id=by.id if by else None, detail=detail, ip=_address(), **about)
    db.session.add(entry)
    return entry


def acting_user() -> User | None:
    """Who is signed in or speaks through a token; None for a command, a job, a customer."""
    return current_user.user if has_request_context() and current_user.is_authenticated else None


def _subject(subject: Any) -> dict[str, Any]:
    if subject is None:
        return {}
    if subject.id is None:
        db.session.flush()
    return {"subject_type": type(subject).__name__.lower(), "subject_id": subject.id}


def _address() -> str:
    return (request.remote_addr or "")[:45] if has_request_context() else ""
