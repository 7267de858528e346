"""What every new installation starts with, in the order of the packages. Idempotent; never commits."""

from __future__ import annotations

from crm.accounts.defaults import create_departments
from crm.calendars import defaults as calendars
from crm.extensions import db
from crm.feedback import defaults as feedback
from crm.inbox import defaults as inbox
from crm.touchpoints.defaults import create_defaults as create_touchpoints


def prepare() -> None:
    """Departments, touchpoints, a calendar, a mailbox, surveys and the rule that asks."""
    create_departments()
    db.session.flush()
    create_touchpoints()
    calendars.create_defaults()
    db.session.flush()
    inbox.create_defaults()
    feedback.create_defaults()
    db.session.flush()
