"""Pages of tasks: the list, one task, done and undone, what comes next."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from crm import clock, fields, web
from crm.accounts import undo
from crm.accounts.models import User
from crm.accounts.once import leads_to, once
from crm.contacts.models import Contact
from crm.dates.due_dates import Unreadable, read
from crm.dates.zones import zone_of
from crm.extensions import db
from crm.formatting import formats
from crm.tasks import listing, queries
from crm.tasks.forms import QuickForm, TaskForm
from crm.tasks.models import Task

blueprint = Blueprint("tasks", __name__)
blueprint.record_once(lambda state: state.app.jinja_env.filters.update(due=listing.due_words, overdue=listing.is_overdue))
WHOSE = ("mine", "department", "all")


@blueprint.get("/tasks")
def index():
    partial = "tasks/_rows.html" if request.args.get("cursor") else "tasks/_list.html"
    return web.page("tasks/index.html", partial, form=QuickForm(), **tasks())


@blueprint.post("/tasks")
@once
def add():
    form = QuickForm(request.form)
    if not form.validate():
        return refused(form)
    task = Task.create(form.title.data, current_user.user, form.read_due, contact=form.contact, created_by=current_user.user)
    undo.offer("task.added", _("Task added"), task_id=task.id)
    location = leads_to(web.came_from("/tasks"))
    db.session.commit()
    if web.target() == "tasks":
        return web.page("tasks/_after_quick.html", form=QuickForm(), **tasks())
    return web.done(location, "tasks/_row.html", task=row(task.id))


@blueprint.get("/tasks/new")
def new():
    contact_id = request.args.get("contact", type=fields.ident)
    contact = db.get_or_404(Contact, contact_id) if contact_id else None
    return web.page("tasks/edit.html", task=None, contact=contact, form=TaskForm(data={"assignee_id": current_user.id}))


@blueprint.post("/tasks/new")
@once
def create():
    form = TaskForm(request.form)
    if not form.validate():
        return web.invalid("tasks/edit.html", task=None, contact=form.contact, form=form)
    assignee = db.session.get_one(User, form.assignee_id.data)
    task = Task.create(form.title.data, assignee, form.read_due, contact=form.contact, created_by=current_user.user, notes=form.notes.data)
    undo.offer("task.added", _("Task added"), task_id=task.id)
    location = leads_to(f"/contacts/{task.contact_id}" if task.contact_id else "/tasks")
    db.session.commit()
    return web.done(location)


@blueprint.get("/tasks/<int:task_id>")
def show(task_id: int):
    task = found(task_id)
    form = TaskForm(data={"title": task.title, "notes": task.notes, "due": listing.typed(task), "assignee_id": task.assignee_id})
    if web.wants_partial():
        return web.page("tasks/_row.html", task=row(task_id))
    return web.page("tasks/edit.html", task=task, contact=task.contact, form=form)


@blueprint.post("/tasks/<int:task_id>")
def edit(task_id: int):
    task = found(task_id)
    form = TaskForm(request.form)
    form.was = listing.typed(task)
    if not form.validate():
        return web.invalid("tasks/edit.html", task=task, contact=task.contact, form=form)
    change(task, form)
    web.toast(_("Task saved"))
    db.session.commit()
    return web.done("/tasks")


@blueprint.get("/tasks/due")
def due():
    """What a date, as typed, is understood as."""
    typed = request.args.get("next_due") or request.args.get("due") or ""
    return web.plain(read_aloud(typed))


@blueprint.get("/tasks/missing")
def missing():
    """Contacts nobody has planned anything for."""
    whose = chosen()
    query = queries.without_next_step(whose, current_user)
    page = paged(query, Contact.last_interaction_at, Contact.id, descending=True)
    return web.page("tasks/missing.html", "tasks/_missing.html", page=page, whose=whose, tabs=tabs("/tasks/missing"), total=web.bounded_count(query))


@blueprint.post("/tasks/<int:task_id>/completion")
def complete(task_id: int):
    task = found(task_id)
    task.complete(current_user.user)
    undo.offer("task.done", _("Done: %(title)s", title=task.title), task_id=task.id)
    db.session.commit()
    return web.done(web.came_from("/tasks"), "tasks/_done.html", task=row(task_id), form=QuickForm())


@blueprint.delete("/tasks/<int:task_id>/completion")
def reopen(task_id: int):
    found(task_id).reopen(current_user.user)
    db.session.commit()
    return web.done(web.came_from("/tasks"), "tasks/_row.html", task=row(task_id))


@blueprint.post("/tasks/<int:task_id>/cancellation")
def cancel(task_id: int):
    task = found(task_id)
    task.cancel()
    undo.offer("task.cancelled", _("Task dropped"), task_id=task.id)
    db.session.commit()
    return web.done("/tasks")


@blueprint.delete("/tasks/<int:task_id>/cancellation")
def restore(task_id: int):
    found(task_id).restore()
    db.session.commit()
    return web.done(f"/tasks/{task_id}")


def found(task_id: int) -> Task:
    return db.one_or_404(web.locked(select(Task).where(Task.id == task_id), Task))


def row(task_id: int) -> Any:
    return db.session.execute(queries.rows().where(Task.id == task_id)).one()


def chosen() -> str:
    whose = request.args.get("whose", "mine")
    return whose if whose in WHOSE else "mine"


def tasks() -> dict[str, Any]:
    """The list that the address asks for."""
    whose, done = chosen(), request.args.get("done") == "1"
    if done:
        page = paged(queries.done_tasks(whose, current_user), Task.done_at, Task.id, descending=True)
        groups = [listing.Bucket("done", _("Done"), list(page.items))] if page.items else []
    else:
        page = paged(queries.open_tasks(whose, current_user), Task.due_at, Task.id, descending=False)
        groups = listing.buckets(page.items)
    return {"page": page, "groups": groups, "whose": whose, "done": done, "tabs": tabs("/tasks"), "following": bool(request.args.get("cursor"))}


def paged(query: Any, key: Any, ident: Any, *, descending: bool) -> web.Page:
    try:
        return web.paginate(query, key, ident, descending=descending, limit=100, cursor=request.args.get("cursor"))
    except web.BadCursor:
        abort(400)


def tabs(url: str) -> list[tuple[str, str, str]]:
    words = {"mine": _("Mine"), "department": _("My department"), "all": _("All")}
    return [(key, words[key], f"{url}?whose={key}") for key in WHOSE]


def change(task: Task, form: TaskForm) -> None:
    """Put what the form says into the task."""
    task.title, task.notes = form.title.data, form.notes.data
    if form.due.data != form.was:
        task.reschedule(form.read_due)
    if form.assignee_id.data != task.assignee_id:
        to = db.session.get_one(User, form.assignee_id.data)
        task.reassign(to, zone_of(task.assignee), zone_of(to))
    if form.without_contact.data:
        task.relate(None)


def refused(form: QuickForm):
    if web.wants_partial() and web.target() != "tasks":
        return web.invalid("tasks/_follow_up.html", task=None, form=form, of_element=web.target())
    return web.invalid("tasks/index.html", "tasks/_after_quick.html", form=form, **tasks())


def read_aloud(text: str) -> str:
    try:
        understood, fault = read(text, clock.now(), zone_of(current_user), formats().language) if text.strip() else None, ""
    except Unreadable as error:
        understood, fault = None, str(error)
    return render_template("tasks/_due.html", words=listing.read_back(understood) if understood else "", fault=fault)
