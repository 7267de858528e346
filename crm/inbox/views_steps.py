"""Steps of a conversation: who has it, what state it is in. Each is a noun; each can be undone."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts.models import Department, User
from crm.errors import Refused
from crm.extensions import db
from crm.fields import ident_or_none
from crm.inbox import putting_back
from crm.inbox.contexts import answer, found
from crm.inbox.forms import RestForm
from crm.inbox.models import PRIORITIES, Conversation, Mailbox
from crm.touchpoints.models import Touchpoint

blueprint = Blueprint("steps", __name__)


@blueprint.post("/inbox/<int:ident>/resolution")
def resolve(ident: int):
    return step(ident, lambda one: one.resolve(current_user.user), _("Resolved"))


@blueprint.delete("/inbox/<int:ident>/resolution")
def reopen(ident: int):
    return step(ident, lambda one: one.reopen(current_user.user), _("Open again"))


@blueprint.post("/inbox/<int:ident>/assignment")
def assign(ident: int):
    wanted = request.form.get("assignee", "")
    to = (db.session.get(User, ident_or_none(wanted) or 0) or abort(404)) if wanted else None
    return step(ident, lambda one: one.assign(to, current_user.user), _("Assigned to %(name)s", name=to.name) if to else _("Assigned to nobody"))


@blueprint.delete("/inbox/<int:ident>/assignment")
def unassign(ident: int):
    return step(ident, lambda one: one.assign(None, current_user.user), _("Assigned to nobody"))


@blueprint.post("/inbox/<int:ident>/department")
def hand_to(ident: int):
    wanted = request.form.get("department", "")
    to = (db.session.get(Department, ident_or_none(wanted) or 0) or abort(404)) if wanted else None
    return step(ident, lambda one: one.hand_to(to, current_user.user), _("Given to %(name)s", name=to.label) if to else _("Given to no department"))


@blueprint.post("/inbox/<int:ident>/mailbox")
def move_to(ident: int):
    mailbox = db.session.get(Mailbox, request.form.get("mailbox", type=ident_or_none) or 0)
    if mailbox is None or mailbox.archived_at:
        abort(404)
    return step(ident, lambda one: one.move_to(mailbox, current_user.user), _("Moved to %(name)s", name=mailbox.name))


@blueprint.post("/inbox/<int:ident>/snooze")
def snooze(ident: int):
    until = rest_until()
    return step(ident, lambda one: one.snooze(until, current_user.user), _("Snoozed"))


@blueprint.post("/inbox/<int:ident>/waiting")
def wait(ident: int):
    until = rest_until()
    return step(ident, lambda one: one.wait(current_user.user, until), _("Waiting for an answer"))


@blueprint.post("/inbox/<int:ident>/spam")
def mark_spam(ident: int):
    return step(ident, lambda one: one.mark_spam(current_user.user), _("Marked as spam"))


@blueprint.delete("/inbox/<int:ident>/spam")
def unmark_spam(ident: int):
    return step(ident, lambda one: one.reopen(current_user.user), _("Not spam"))


@blueprint.post("/inbox/<int:ident>/priority")
def prioritise(ident: int):
    wanted = request.form.get("priority", "")
    if wanted not in PRIORITIES:
        abort(400)
    return step(ident, lambda one: one.prioritise(wanted, current_user.user), _("Priority changed"))


@blueprint.post("/inbox/<int:ident>/touchpoint")
def point_at(ident: int):
    wanted = request.form.get("touchpoint", type=ident_or_none)
    touchpoint = (db.session.get(Touchpoint, wanted) or abort(404)) if wanted else None
    return step(ident, lambda one: one.point_at(touchpoint, current_user.user), _("Touchpoint changed"))


def step(ident: int, verb: Callable[[Conversation], None], done: str = ""):
    """Carry out `verb`, say so and offer to undo it if it changed who has it or its state, answer with the conversation as it is now."""
    conversation = found(ident)
    before = putting_back.snapshot(conversation)
    verb(conversation)
    if putting_back.snapshot(conversation) != before:
        putting_back.offer(conversation, done, before)
    db.session.commit()
    return answer(conversation)


def rest_until():
    form = RestForm()
    if not form.validate():
        raise Refused(" ".join(reason for reasons in form.errors.values() for reason in reasons))
    return form.moment
