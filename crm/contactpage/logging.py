"""What a person logs: an entry on the timeline and, where something was promised, a task."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from crm import clock, timeline
from crm.accounts.models import User
from crm.contactpage.forms import LogForm
from crm.contacts.models import Contact
from crm.dates import due_dates
from crm.extensions import db
from crm.tasks.models import Task
from crm.timeline.kinds import logged_kind
from crm.timeline.models import Interaction
from crm.touchpoints.guessing import guess_id


def log(contact: Contact, by: User, form: LogForm, zone: str) -> tuple[Interaction, Task | None]:
    """Record what the form says. Never commits."""
    private, direction = form.private.data, form.direction.data
    direction = "internal" if private else direction
    kind = "note.logged" if direction == "internal" else logged_kind(form.channel.data)
    entry = timeline.record(
        kind, contact, channel=form.channel.data, direction=direction, happened_at=form.moment, staff=by, body=form.body.data,
        touchpoint_id=form.touchpoint_id.data or _guessed(form.channel.data, kind, direction), outcome=form.outcome.data or "",
        self_rating=form.self_rating.data, visibility="private" if private else "all",
    )
    return entry, _next_step(contact, by, form, zone, entry) if form.has_next_step else None


def take_back(by: User, payload: dict[str, Any]) -> str:
    """Undo of `log`: the entry is withdrawn, the task it brought is cancelled."""
    entry = db.session.get_one(Interaction, payload["interaction_id"])
    timeline.retract(entry, by)
    task = db.session.get(Task, payload["task_id"]) if payload.get("task_id") else None
    if task:
        task.cancel()
    return f"/contacts/{entry.contact_id}"


def reinstate(by: User, payload: dict[str, Any]) -> str:
    """Undo of a withdrawal."""
    entry = timeline.reinstate(db.session.get_one(Interaction, payload["interaction_id"]), by)
    return f"/contacts/{entry.contact_id}"


UNDOERS = {"interaction.logged": take_back, "interaction.withdrawn": reinstate}


def _guessed(channel: str, kind: str, direction: str) -> int | None:
    return None if direction == "internal" else guess_id(channel, kind=kind, direction=direction)


def _next_step(contact: Contact, by: User, form: LogForm, zone: str, entry: Interaction) -> Task:
    """Without a date it is due on the next working day: a promise with no date is forgotten."""
    due = form.due or due_dates.next_working_day(clock.now(), zone)
    title = form.next_step.data or _("Follow up")
    return Task.create(title, by, due, contact=contact, created_by=by, about=("interaction", entry.id))
