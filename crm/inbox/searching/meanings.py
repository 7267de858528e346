"""What each operator means: the conversations it is true of. What cannot be meant says why, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, select

from crm import clock
from crm.accounts.models import Department, User
from crm.contacts.models import Tag
from crm.extensions import LARGEST_ID, db
from crm.folding import fold
from crm.formatting import formats
from crm.inbox.models import PRIORITIES, Conversation, Mailbox, Message
from crm.inbox.searching.asking import Term
from crm.inbox.searching.indexing import WITH_FILES
from crm.inbox.searching.models import WORDS
from crm.inbox.teamwork.models import conversation_tags
from crm.search.full_text import Words
from crm.touchpoints.models import Touchpoint

Condition = ColumnElement[bool]
STATES: Mapping[str, tuple[str, ...]] = {  # `is:`, the English word first, then the German ones
    "open": ("open", "offen"), "waiting": ("waiting", "wartet", "wartend"), "snoozed": ("snoozed", "zurückgestellt"),
    "resolved": ("resolved", "gelöst", "erledigt"), "spam": ("spam",), "unassigned": ("unassigned", "nicht_zugewiesen", "frei"), "mine": ("mine", "meine"),
}
URGENCIES: Mapping[str, tuple[str, ...]] = {"low": ("low", "niedrig"), "normal": ("normal",), "high": ("high", "hoch"), "urgent": ("urgent", "dringend")}
ATTACHED = ("attachment", "attachments", "anhang", "anhänge", "datei")
ME, NOBODY = ("me", "mine", "ich", "mir"), ("nobody", "none", "niemand")
UNITS = {"d": 1, "t": 1, "w": 7, "m": 30, "y": 365, "j": 365}  # days; German letters beside the English ones
SPAN = re.compile(r"(\d{1,4})([dtwmyj])[a-z]*\Z", re.I)
FARTHEST = 100_000  # days; before that there was no mail
DAYS = (re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{1,2}))?(?:-(?P<d>\d{1,2}))?\Z"), re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}|\d{2})\Z"))


class Wrong(ValueError):
    """An operator that nothing can be meant by, with a sentence that says what it takes."""


def condition(term: Term, user: Any) -> Condition:
    """The conversations that an operator is true of; `Wrong` if there is no such value."""
    return CONDITIONS[term.operator](term.value, user)


@lru_cache(16)
def _folded(words: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    return {fold(each): key for key, written in words for each in written}


def word_of(value: str, words: Mapping[str, tuple[str, ...]]) -> str | None:
    """Which of `words` is meant, in either language."""
    return _folded(tuple(words.items())).get(fold(value))


def _is(value: str, user: Any) -> Condition:
    state = word_of(value, STATES)
    if state == "mine":
        return Conversation.assignee_id == user.id
    if state == "unassigned":
        return and_(Conversation.assignee_id.is_(None), Conversation.status == "open")
    if state is None:
        raise Wrong(_("“is:” takes one of: %(choices)s.", choices=", ".join(first_words(STATES))))
    return Conversation.status == state


def _has(value: str, _user: Any) -> Condition:
    """With files: the index knows."""
    if fold(value) not in map(fold, ATTACHED):
        raise Wrong(_("“has:” takes “attachment”."))
    found = WORDS.ids([[Words((WITH_FILES,), exact=True)]], db.session.get_bind().dialect.name == "sqlite", "files").limit(LARGEST_ID)
    return Conversation.id.in_(select(Message.conversation_id).where(Message.id.in_(found)))


def _priority(value: str, _user: Any) -> Condition:
    found = word_of(value, URGENCIES)
    if found not in PRIORITIES:
        raise Wrong(_("“priority:” takes one of: %(choices)s.", choices=", ".join(first_words(URGENCIES))))
    return Conversation.priority == found


def first_words(words: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Of each, the word in the reader's language."""
    return [written[min(1, len(written) - 1)] if formats().language == "de" else written[0] for written in words.values()]


# — time —————————————————————————————————————————————————————————————————————————————————————————————————————————————————

def _before(value: str, _user: Any) -> Condition:
    return Conversation.last_message_at < _begin(day_of(value))


def _after(value: str, _user: Any) -> Condition:
    """That day counts."""
    return Conversation.last_message_at >= _begin(day_of(value))


def _older(value: str, _user: Any) -> Condition:
    return Conversation.last_message_at < clock.now() - span_of(value)


def _newer(value: str, _user: Any) -> Condition:
    return Conversation.last_message_at >= clock.now() - span_of(value)


def day_of(value: str) -> date:
    """2026-03-31, 31.3.2026, 2026-03 or 2026 (their first day), today, yesterday."""
    today, said = clock.today(formats().zone), fold(value)
    if said in ("today", "heute"):
        return today
    if said in ("yesterday", "gestern"):
        return today - timedelta(days=1)
    for pattern in DAYS:
        if match := pattern.match(value):
            parts = match.groupdict()
            try:
                return date(int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0), int(parts["m"] or 1), int(parts["d"] or 1))
            except ValueError:
                break
    raise Wrong(_("“%(value)s” is no day. Write it like %(example)s, or a month like %(month)s.", value=value, example=today.isoformat(), month=today.isoformat()[:7]))


def span_of(value: str) -> timedelta:
    match = SPAN.match(value)
    if not match:
        raise Wrong(_("“%(value)s” is no length of time. Write 3d for three days, 2w for weeks, 6m for months, 1y for a year.", value=value))
    return timedelta(days=min(int(match[1]) * UNITS[match[2].lower()], FARTHEST))


def _begin(day: date) -> datetime:
    """Of the day where its reader is."""
    try:
        return datetime.combine(day, time(), formats().zone).astimezone(UTC)
    except OverflowError as error:
        raise Wrong(_("That day is too far away.")) from error


# — what has a name ——————————————————————————————————————————————————————————————————————————————————————————————————————

def names(operator: str) -> list[tuple[int, str, tuple[str, ...]]]:
    """What an operator can name: id, label, and everything it is called."""
    if operator == "mailbox":
        return [(row.id, row.name, (row.name, row.address)) for row in db.session.scalars(select(Mailbox).order_by(Mailbox.archived_at.is_not(None), Mailbox.name))]
    if operator == "assignee":
        return [(row.id, row.name, (row.name, row.email)) for row in db.session.execute(select(User.id, User.name, User.email).order_by(User.deactivated_at.is_not(None), User.name))]
    if operator == "tag":
        return [(row.id, row.name, (row.name,)) for row in db.session.execute(select(Tag.id, Tag.name).order_by(Tag.folded))]
    model: Any = Department if operator == "department" else Touchpoint
    return [(row.id, row.label, (row.key, row.name, row.name_de)) for row in db.session.scalars(select(model).order_by(model.position, model.id))]


def _meant(operator: str, value: str) -> list[int]:
    """Those of exactly this name; else those with a word that begins so."""
    wanted, every = fold(value), names(operator)
    exact = [ident for ident, _label, called in every if wanted in map(fold, called)]
    begins = [ident for ident, _label, called in every if any(f" {fold(each)}".find(f" {wanted}") >= 0 for each in called if each)]
    if not (exact or begins):
        few = ", ".join(label for _ident, label, _called in every[:6]) or "–"
        raise Wrong(_("Nothing is called “%(value)s” here. There are: %(choices)s.", value=value, choices=few + (" …" if len(every) > 6 else "")))
    return exact or begins


def _named(operator: str, column: Any) -> Callable[[str, Any], Condition]:
    return lambda value, _user: _one_of(column, _meant(operator, value))


def _one_of(column: Any, idents: list[int]) -> Condition:
    """A single one by `=`, so that an index gives its conversations in their order."""
    return column == idents[0] if len(idents) == 1 else column.in_(idents)


def _assignee(value: str, user: Any) -> Condition:
    if fold(value) in ME:
        return Conversation.assignee_id == user.id
    if fold(value) in NOBODY:
        return Conversation.assignee_id.is_(None)
    return _one_of(Conversation.assignee_id, _meant("assignee", value))


def _tag(value: str, _user: Any) -> Condition:
    wanted = _meant("tag", value)
    return Conversation.id.in_(select(conversation_tags.c.conversation_id).where(conversation_tags.c.tag_id.in_(wanted)))


CONDITIONS: Mapping[str, Callable[[str, Any], Condition]] = {
    "is": _is, "has": _has, "priority": _priority, "before": _before, "after": _after, "older_than": _older, "newer_than": _newer,
    "mailbox": _named("mailbox", Conversation.mailbox_id), "department": _named("department", Conversation.department_id),
    "touchpoint": _named("touchpoint", Conversation.touchpoint_id), "assignee": _assignee, "tag": _tag,
}
