"""Somebody is told before a promised time passes, and when it has: once each, and only while they are at work."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.calendars import calendar_for
from crm.extensions import db
from crm.inbox.clocks.recounting import LETTERS, LIVE, clocks_of, recount, recount_outdated, stages
from crm.inbox.models import Conversation
from crm.notifications.notifying import notify

AT_ONCE = 200
NOTIFICATIONS = {"warned": "sla_warning", "passed": "sla_passed"}
SAID = {
    ("first_response", "warned"): lambda subject: _l("Soon too late for the first answer: %(subject)s", subject=subject),
    ("first_response", "passed"): lambda subject: _l("The promised time for the first answer has passed: %(subject)s", subject=subject),
    ("resolution", "warned"): lambda subject: _l("Soon too late to resolve it in time: %(subject)s", subject=subject),
    ("resolution", "passed"): lambda subject: _l("The promised time to resolve it has passed: %(subject)s", subject=subject),
}



def tell_due() -> int:
    """Everything somebody has to be told by now. A job, each minute; it also counts anew what other policies or calendars had counted."""
    recount_outdated()
    waiting = select(Conversation).where(Conversation.tell_at <= clock.now(), Conversation.status.in_(LIVE)).order_by(Conversation.tell_at).limit(AT_ONCE)
    rows = list(db.session.scalars(waiting))
    for row in rows:
        tell(row, clock.now())
    db.session.commit()
    return len(rows)


def tell(row: Conversation, now: datetime) -> None:
    """Tell who is at work; when nobody of them is, wait until the first one comes."""
    people = recipients(row)
    present = [user for user in people if calendar_for(user).is_open(now)]
    if people and not present:
        row.tell_at = min((at for user in people if (at := calendar_for(user).next_open(now))), default=None)
        return
    _policy, clocks, _calendar = clocks_of(row)
    due = [stage for at, stage in stages(row, clocks) if at <= now]
    for kind, stage in due:
        if stage == "passed" or (kind, "passed") not in due:  # that it passed says that it was about to
            notify(present, NOTIFICATIONS[stage], text=SAID[kind, stage](row.subject or f"#{row.id}"), url=f"/inbox/{row.id}", about=("conversation", row.id))
        row.told = (row.told or "") + LETTERS[kind, stage]
    recount([row])


def recipients(row: Conversation) -> list[User]:
    """Who has it; else who leads the department, else everybody of it."""
    if row.assignee is not None and row.assignee.is_active:
        return [row.assignee]
    people = list(db.session.scalars(select(User).where(User.department_id == row.department_id, User.deactivated_at.is_(None)).order_by(User.id))) if row.department_id else []
    return [user for user in people if user.role == "lead"] or people
