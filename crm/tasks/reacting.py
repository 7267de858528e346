"""Tasks that follow from what happened: somebody has to call back an unhappy customer."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.dates.due_dates import Due
from crm.extensions import db
from crm.tasks.models import Task
from crm.timeline.models import Interaction

WITHIN = timedelta(hours=48)


def follow_up_unhappy_answer(answered: Interaction) -> None:
    """Reaction to feedback.answered: an unhappy answer becomes a task of who is responsible, due in 48 hours."""
    about = (answered.about_type or "interaction", answered.about_id or answered.id)
    if not answered.data.get("unhappy") or _exists(about):
        return
    responsible = _responsible(answered)
    if responsible is None:
        current_app.logger.warning("nobody is responsible for the unhappy answer %s", answered.id)
        return
    at = clock.now() + WITHIN
    with force_locale(responsible.locale or current_app.config["SETTINGS"].locale):
        title = _("Call back: %(name)s was unhappy", name=answered.contact.display_name)
    Task.create(title, responsible, Due(at, False, at.date()), contact=answered.contact, about=about, notes=answered.body)


def _exists(about: tuple[str, int]) -> bool:
    query = select(Task.id).where(Task.about_type == about[0], Task.about_id == about[1]).limit(1)
    return db.session.scalar(query) is not None


def _responsible(answered: Interaction) -> User | None:
    """Whom the answer names, the contact's owner, who was asked about, the lead of the department, any lead or administrator."""
    named = (answered.data.get("responsible_id"), answered.contact.owner_id, answered.data.get("staff_id"), answered.staff_id)
    for ident in named:
        user = db.session.get(User, ident) if ident else None
        if user and user.is_active:
            return user
    return _lead(answered.department_id) or _lead(None)


def _lead(department_id: int | None) -> User | None:
    query = select(User).where(User.deactivated_at.is_(None), User.role.in_(("lead", "admin"))).order_by(User.role.desc(), User.id)
    return db.session.scalars((query.where(User.department_id == department_id) if department_id else query).limit(1)).first()
