"""What each step of a macro says that it will do, and does. Whatever cannot be done is refused before anything was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from crm import clock
from crm.accounts.models import Department, User
from crm.errors import Refused
from crm.extensions import db
from crm.inbox import events, replying
from crm.inbox.composing import attaching, filling, queries
from crm.inbox.composing.models import SavedReply
from crm.inbox.forms import PUT_OFF, PUT_OFF_WORDS, morning_of, zone
from crm.inbox.models import Conversation
from crm.inbox.teamwork import tagging
from crm.touchpoints.models import Touchpoint

WAITS = (1, 3, 7, 14)  # days


@dataclass(frozen=True)
class Case:
    """Whose conversation it is about, and who does it."""

    conversation: Conversation
    by: User
    delay: float | None = None


@dataclass(frozen=True)
class Step:
    """`says` raises Refused for what cannot be done; `does` answers what undoing has to know, if it makes something."""

    says: Callable[[Case, Any], str]
    does: Callable[[Case, Any], dict[str, int] | None]


def present(model: type[Any], ident: Any, gone: str) -> Any:
    row = db.session.get(model, ident) if isinstance(ident, int) else None
    return row if row is not None else _refuse(gone)


def _refuse(reason: str) -> Any:
    raise Refused(reason)


# — who has it —


def assignee(case: Case, value: Any) -> User | None:
    if value in ("me", "nobody"):
        return case.by if value == "me" else None
    user: User = present(User, value, _("Somebody this macro names is not there any more."))
    return user if user.is_active else _refuse(_("%(name)s no longer works here.", name=user.name))


def _says_assign(case: Case, value: Any) -> str:
    to = assignee(case, value)
    return _("Assigns it to %(name)s", name=to.name) if to else _("Assigns it to nobody")


def department(_case: Case, value: Any) -> Department:
    return present(Department, value, _("A department this macro names is not there any more."))


def touchpoint(_case: Case, value: Any) -> Touchpoint:
    return present(Touchpoint, value, _("A touchpoint this macro names is not there any more."))


# — what is written —


def saved_reply(case: Case, value: Any) -> SavedReply:
    wanted = queries.visible_to(case.by).where(SavedReply.id == value, SavedReply.archived_at.is_(None))
    return db.session.scalars(wanted).one_or_none() or _refuse(_("The saved reply of this macro is not there any more."))


def reply_text(case: Case, value: Any) -> str:
    language = filling.language_of(case.conversation)
    return filling.fill(saved_reply(case, value).text(language), case.conversation, case.by, language)


def _says_reply(case: Case, value: Any) -> str:
    filling.must_be_filled(reply_text(case, value))
    if not replying.recipients(case.conversation).to[1]:
        raise Refused(_("There is no mail address to write to."))
    return _("Answers with “%(name)s”", name=saved_reply(case, value).name)


def _replies(case: Case, value: Any) -> dict[str, int]:
    uploads = attaching.uploads_of([file.id for file in saved_reply(case, value).files], case.by)
    return {"message": replying.reply(case.conversation, case.by, reply_text(case, value), uploads=uploads, delay=case.delay).id}


def _notes(case: Case, value: str) -> dict[str, int]:
    message = case.conversation.note(case.by, filling.fill(value, case.conversation, case.by))
    db.session.flush()
    return {"note": message.id}


# — how it ends —


def _says_finish(case: Case, value: str) -> str:
    if case.conversation.status == "spam" or (value != "resolve" and case.conversation.status == "resolved"):
        raise Refused(_("Reopen the conversation first."))
    return finish_words(value)


def finish_words(value: str) -> str:
    name, _colon, until = value.partition(":")
    if name == "resolve":
        return _("Resolves it")
    if name == "wait":
        return ngettext("Waits %(num)d day for an answer", "Waits %(num)d days for an answer", int(until))
    return _("Snoozes it: %(until)s", until=PUT_OFF_WORDS.get(until, _l("Until the customer answers")))


def _finishes(case: Case, value: str) -> None:
    conversation, (name, _colon, until) = case.conversation, value.partition(":")
    if name == "resolve":
        conversation.resolve(case.by)
    elif name == "wait":
        conversation.wait(case.by, morning_of(clock.today(zone()) + timedelta(days=int(until))))
    else:
        conversation.snooze(PUT_OFF[until]() if until in PUT_OFF else None, case.by)


# Carried out in this order: who has it, what it is, what is written, how it ends.
STEPS: Mapping[str, Step] = {
    "assign": Step(_says_assign, lambda case, value: case.conversation.assign(assignee(case, value), case.by)),
    "department_id": Step(lambda case, value: _("Gives it to %(name)s", name=department(case, value).label), lambda case, value: case.conversation.hand_to(department(case, value), case.by)),
    "priority": Step(lambda _case, value: _("Sets the priority: %(priority)s", priority=events.PRIORITIES[value]), lambda case, value: case.conversation.prioritise(value, case.by)),
    "touchpoint_id": Step(lambda case, value: _("Sets the touchpoint: %(name)s", name=touchpoint(case, value).label), lambda case, value: case.conversation.point_at(touchpoint(case, value), case.by)),
    "tags": Step(lambda _case, value: _("Adds tags: %(names)s", names=", ".join(value)), lambda case, value: tagging.set_tags(case.conversation, [*tagging.tags_of(case.conversation.id), *value], case.by)),
    "note": Step(lambda _case, _value: _("Writes an internal note"), _notes),
    "saved_reply_id": Step(_says_reply, _replies),
    "finish": Step(_says_finish, _finishes),
}
