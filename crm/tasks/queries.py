"""Tasks by their date, and contacts nobody has planned anything for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.tasks.models import Task

OPEN = (Task.done_at.is_(None), Task.cancelled_at.is_(None))
ROW = (
    Task.id, Task.title, Task.due_at, Task.all_day, Task.done_at, Task.assignee_id, Task.contact_id, Task.about_type, Task.about_id,
    Contact.display_name.label("contact_name"), User.name.label("assignee_name"),
)


def rows() -> Select:
    """What a list shows of a task, with the names it needs."""
    return select(*ROW).join(User, User.id == Task.assignee_id).outerjoin(Contact, Contact.id == Task.contact_id)


def of(query: Select, whose: str, viewer: Any) -> Select:
    """Only the viewer's own tasks, those of their department, or all."""
    if whose == "mine":
        return query.where(Task.assignee_id == viewer.id)
    if whose == "department":
        return query.where(User.department_id == viewer.department_id)
    return query


def open_tasks(whose: str, viewer: Any) -> Select:
    return of(rows().where(*OPEN), whose, viewer)


def done_tasks(whose: str, viewer: Any) -> Select:
    return of(rows().where(Task.done_at.is_not(None)), whose, viewer)


def due_until(assignee_id: Any, moment: Any) -> Select:
    """Somebody's open tasks that are overdue or due up to `moment`, oldest first."""
    return rows().where(Task.assignee_id == assignee_id, *OPEN, Task.due_at <= moment).order_by(Task.due_at, Task.id)


def of_contact(contact_id: Any) -> Select:
    return rows().where(Task.contact_id == contact_id, *OPEN).order_by(Task.due_at.is_(None), Task.due_at, Task.id)


def without_next_step(whose: str, viewer: Any) -> Select:
    """Living contacts with no open task, those we should be in touch with: leads, prospects, customers."""
    query = (
        select(Contact.id, Contact.display_name, Contact.lifecycle, Contact.last_interaction_at, User.name.label("owner_name"))
        .outerjoin(User, User.id == Contact.owner_id)
        .where(Contact.archived_at.is_(None), Contact.merged_into_id.is_(None), Contact.lifecycle != "former", ~has_open_task())
    )
    if whose == "mine":
        return query.where(Contact.owner_id == viewer.id)
    return query.where(User.department_id == viewer.department_id) if whose == "department" else query


def has_open_task() -> ColumnElement[bool]:
    return exists().where(Task.contact_id == Contact.id, *OPEN)


def next_steps() -> Select:
    """contact_id and when its next open task is due: the definition of contacts.next_task_at."""
    return select(Task.contact_id, func.min(Task.due_at).label("next_task_at")).where(*OPEN, Task.contact_id.is_not(None)).group_by(Task.contact_id)
