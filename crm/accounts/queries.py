"""What the pages of accounts read."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from crm import clock
from crm.accounts.models import ApiToken, AuditEntry, Department, User, UserSession


def departments(*, archived: bool = False) -> Select:
    """In the order they are shown; the archived ones only on request."""
    query = select(Department).order_by(Department.position, Department.name)
    return query if archived else query.where(Department.archived_at.is_(None))


def staff() -> Select:
    """Everybody who ever worked here: the present ones first, by name."""
    query = select(
        User.id, User.name, User.email, User.role, User.deactivated_at, (User.password_hash == "").label("is_invited"),
        Department.name.label("department"), Department.name_de.label("department_de"),
    )
    return query.outerjoin(Department, User.department_id == Department.id).order_by(User.deactivated_at.is_not(None), User.name, User.id)


def head_count(column: InstrumentedAttribute) -> Select:
    """How many work here now, for each value of `column`."""
    return select(column, func.count()).where(User.deactivated_at.is_(None)).group_by(column)


def open_sessions(user: User) -> Select:
    mine = select(UserSession).where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None), UserSession.expires_at > clock.now())
    return mine.order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())


def tokens(user: User | None = None) -> Select:
    """Tokens that are not revoked, newest first; of `user`, else of everybody."""
    query = select(ApiToken).where(ApiToken.revoked_at.is_(None)).order_by(ApiToken.id.desc())
    return query.where(ApiToken.user_id == user.id) if user else query


def trail(user_id: int | None = None, action: str = "") -> Select:
    """The audit trail with names, unordered: web.paginate puts it in order."""
    entry = AuditEntry
    query = select(entry.id, entry.at, entry.action, entry.subject_type, entry.subject_id, entry.detail, entry.ip, User.name.label("by"))
    query = query.outerjoin(User, entry.user_id == User.id)
    if user_id:
        query = query.where(entry.user_id == user_id)
    return query.where(entry.action == action) if action else query
