"""/tasks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from crm import web
from crm.accounts.models import User
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, referenced, refuse, sorting
from crm.contacts.models import Contact
from crm.dates.due_dates import Due, day_of, whole_day
from crm.dates.zones import zone_of
from crm.tasks.models import Task


class TaskSchema(Schema):
    id = fields.Id(dump_only=True)
    title = fields.Text(300, 1, required=True)
    notes = fields.Text(20_000)
    due_at = fields.Moment(allow_none=True, metadata={"description": "The moment it falls overdue; of an all-day task the end of that day."})
    all_day = fields.Boolean(metadata={"description": "Due some time on the day of due_at, where the assignee works."})
    assignee_id = fields.Id(metadata={"description": "Who does it; the token's user if left out."})
    contact_id = fields.Id(allow_none=True)
    conversation_id = fields.Function(lambda task: task.about_id if task.about_type == "conversation" else None, deserialize=lambda value: value,
                                      allow_none=True, metadata={"type": ["integer", "null"]})
    done = fields.Function(lambda task: task.done_at is not None, deserialize=lambda value: value,
                           metadata={"type": "boolean", "description": "True ticks it off, false takes that back."})
    cancelled = fields.Function(lambda task: task.cancelled_at is not None, dump_only=True, metadata={"type": "boolean"})
    created_at = fields.Moment(dump_only=True)
    done_at = fields.Moment(dump_only=True, allow_none=True)


class TaskList(ListArguments):
    sort = sorting("due_at", "created_at", default="due_at")
    assignee_id = fields.Number()
    contact_id = fields.Number()
    done = fields.Boolean()


tasks = Resource("tasks", "What a member of staff has to do by a date.")
SORTS = {"due_at": Task.due_at, "created_at": Task.created_at}


@tasks.route("")
class Tasks(Endpoint):
    @tasks.listed(TaskSchema, TaskList)
    def get(self, arguments):
        """Tasks, next due first. Dropped ones are left out."""
        query = living()
        for name in ("assignee_id", "contact_id"):
            if name in arguments:
                query = query.where(getattr(Task, name) == arguments[name])
        if "done" in arguments:
            query = query.where(Task.done_at.is_not(None) if arguments["done"] else Task.done_at.is_(None))
        return paged(query, arguments, SORTS, Task.id)

    @tasks.created(TaskSchema)
    def post(self, values):
        """Add a task."""
        assignee = assigned(values) or caller()
        contact = referenced(Contact, values.get("contact_id"), "contact_id")
        due = due_of(values.get("due_at"), values.get("all_day", False), assignee)
        task = Task.create(values["title"], assignee, due, contact=contact, created_by=caller(), about=about(values), notes=values.get("notes", ""))
        return ticked(task, values)


@tasks.route("/<int:task_id>")
class OneTask(Endpoint):
    @tasks.shown(TaskSchema)
    def get(self, task_id):
        """One task."""
        return one(task_id)

    @tasks.changed(TaskSchema)
    def patch(self, values, task_id):
        """Change what is sent."""
        task = one(task_id)
        task.title, task.notes = values.get("title", task.title), values.get("notes", task.notes)
        move(task, values)
        if "contact_id" in values:
            task.relate(referenced(Contact, values["contact_id"], "contact_id"))
        if "conversation_id" in values:
            task.about_type, task.about_id = about(values) or (None, None)
        return ticked(task, values)

    @tasks.removed()
    def delete(self, task_id):
        """Drop the task: it need not be done any more."""
        one(task_id).cancel()


def living() -> Select:
    return select(Task).options(joinedload(Task.assignee)).where(Task.cancelled_at.is_(None))


def one(ident: int) -> Task:
    return found(web.locked(select(Task).options(joinedload(Task.assignee)).where(Task.id == ident), Task))


def assigned(values: dict[str, Any]) -> User | None:
    user = referenced(User, values.get("assignee_id"), "assignee_id")
    if user is not None and not user.is_active:
        refuse("assignee_id", "This person does not work here any more.")
    return user


def about(values: dict[str, Any]) -> tuple[str, int] | None:
    ident = values.get("conversation_id")
    if ident is None:
        return None
    if not isinstance(ident, int) or isinstance(ident, bool) or not 0 < ident <= fields.LARGEST_ID:
        refuse("conversation_id", "Give the id of a conversation, or null.")
    return "conversation", ident


def due_of(due_at: Any, all_day: bool, assignee: User) -> Due | None:
    if due_at is None:
        return None
    zone = zone_of(assignee)
    return whole_day(day_of(due_at, zone), zone) if all_day else Due(due_at, False, day_of(due_at, zone))


def move(task: Task, values: dict[str, Any]) -> None:
    """To another owner, to another date."""
    to = assigned(values)
    if to is not None and to is not task.assignee:
        task.reassign(to, zone_of(task.assignee), zone_of(to))
    if "due_at" in values or "all_day" in values:
        task.reschedule(due_of(values.get("due_at", task.due_at), values.get("all_day", task.all_day), task.assignee))


def ticked(task: Task, values: dict[str, Any]) -> Task:
    if "done" in values:
        if not isinstance(values["done"], bool):
            refuse("done", "Give true or false.")
        (task.complete if values["done"] else task.reopen)(caller())
    return task


RESOURCES = (tasks,)
