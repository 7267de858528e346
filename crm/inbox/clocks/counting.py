"""The clocks of one conversation, as pure functions of what happened in it and of a calendar.

A clock runs while it is our turn. It stands still while the customer has to answer, while the conversation is resolved, and while it is
snoozed if the policy says so. The first response clock is not set back by reopening; the resolution clock goes on counting then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from crm.calendars import Calendar

KINDS = ("first_response", "resolution")
BECOMES = {"waiting": "waiting", "snoozed": "snoozed", "resolved": "resolved", "reopened": "open", "spam": "spam"}
NONE = timedelta()


class Moment(NamedTuple):
    """Something that happened: "heard" from the customer, "replied", or the name of an event."""

    at: datetime
    what: str
    because: str = ""


@dataclass(frozen=True)
class Phase:
    state: str
    start: datetime
    end: datetime | None  # none: it lasts
    cause: str = ""


@dataclass(frozen=True)
class Story:
    """Since when the customer asks for something, when the first answer went out, and in which state it was when."""

    started: datetime | None
    answered: datetime | None
    phases: tuple[Phase, ...]

    @property
    def state(self) -> str:
        return self.phases[-1].state if self.phases else ""


@dataclass(frozen=True)
class Line:
    """A phase as one clock sees it."""

    phase: Phase
    counted: bool
    length: timedelta  # business time in it


@dataclass(frozen=True)
class Clock:
    kind: str
    state: str  # none, running, paused, met, dropped
    target: timedelta | None = None
    spent: timedelta = NONE
    due: datetime | None = None
    warn_at: datetime | None = None
    ended: datetime | None = None
    lines: tuple[Line, ...] = field(default=())
    why_never: str = ""

    def breached_at(self, now: datetime) -> datetime | None:
        """When the promise was broken, if it was."""
        return self.due if self.due is not None and self.target is not None and self.due < (self.ended or now) and self.spent >= self.target else None

    @property
    def left(self) -> timedelta | None:
        return None if self.target is None else self.target - self.spent


def tell(moments: Iterable[Moment], status: str, changed_at: datetime) -> Story:
    """`status` is what the conversation is now, since `changed_at` if nothing in the history says so."""
    started = answered = None
    changes: list[Phase] = []
    latest = None
    for at, what, because in moments:
        latest = at = max(at, latest or at)
        if what == "heard" and started is None:
            started = at
            changes = [Phase("open", at, None, "heard")]
        elif what == "replied":
            answered = answered or (at if started else None)
        if started is not None:
            _follow(changes, _becomes(what, changes[-1].state), at, because or what)
    if started is not None and changes[-1].state != status:
        _follow(changes, status, max(changed_at, changes[-1].start), "")
    return Story(started, answered, tuple(changes))


def _becomes(what: str, state: str) -> str:
    if what == "replied":
        return "waiting" if state in ("open", "snoozed") else state
    return BECOMES.get(what, state)


def _follow(changes: list[Phase], state: str, at: datetime, cause: str) -> None:
    last = changes[-1]
    if state != last.state:
        changes[-1] = Phase(last.state, last.start, at, last.cause)
        changes.append(Phase(state, at, None, cause))


def count(kind: str, story: Story, calendar: Calendar, now: datetime, target: timedelta | None = None, warning: timedelta = NONE, *, pauses_snoozed: bool = False) -> Clock:
    """The clock of this kind. `target`: what is promised; `warning`: how long before that somebody is told."""
    if story.started is None:
        return Clock(kind, "none", target)
    counted = {"open"} if pauses_snoozed else {"open", "snoozed"}
    ended, state = _ending(kind, story)
    lines = tuple(_lines(story.phases, counted, calendar, now, ended))
    spent = sum((line.length for line in lines if line.counted), NONE)
    state = state or ("running" if lines[-1].counted else "paused")
    due = _reached(lines, target, calendar, state) if target is not None else None
    warn_at = _reached(lines, target - warning, calendar, state) if target is not None and warning < target else None
    never = calendar.why_never if due is None and state == "running" and target is not None else ""
    return Clock(kind, state, target, spent, due, warn_at, ended, lines, never)


def _ending(kind: str, story: Story) -> tuple[datetime | None, str]:
    """When the clock stopped for good, and how: met, dropped; or not at all."""
    if kind == "first_response":
        done = next((phase.start for phase in story.phases if phase.state in ("resolved", "spam")), None)
        if story.answered is not None and (done is None or story.answered <= done):
            return story.answered, "met"
        return done, "dropped" if done else ""
    last = story.phases[-1]
    return (last.start, "met" if last.state == "resolved" else "dropped") if last.state in ("resolved", "spam") else (None, "")


def _lines(phases: Iterable[Phase], counted: set[str], calendar: Calendar, now: datetime, ended: datetime | None) -> Iterable[Line]:
    for phase in phases:
        if ended is not None and phase.start >= ended and phase.start > phases[0].start:  # type: ignore[index]
            return
        until = min(phase.end or now, ended or now)
        runs = phase.state in counted
        yield Line(Phase(phase.state, phase.start, until if phase.end or ended else None, phase.cause), runs, calendar.between(phase.start, until) if runs else NONE)


def _reached(lines: tuple[Line, ...], amount: timedelta, calendar: Calendar, state: str) -> datetime | None:
    """When `amount` was, or will be, used up. None while the clock stands still, or if that never happens."""
    last = None
    for line in lines:
        if not line.counted:
            continue
        if amount <= line.length:
            return calendar.add(line.phase.start, amount)
        last, left = line, amount
        amount -= line.length
    if last is None or state == "paused":
        return None
    return calendar.add(last.phase.start, left)
