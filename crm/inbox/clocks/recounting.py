"""Keeping the clocks of conversations: counted anew at the end of each transaction in which something they depend on changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import event, inspect, or_, select
from sqlalchemy.orm import Session

from crm import clock
from crm.extensions import db
from crm.inbox.clocks.counting import KINDS, Clock, Moment, Story, count, tell
from crm.inbox.clocks.policies import Policies
from crm.inbox.models import FROM_CUSTOMER, Conversation, Message
from crm.outbox.models import Delivery

DEPENDS_ON = ("status", "priority", "mailbox_id", "department_id", "touchpoint_id", "contact_id", "first_response_at")
LIVE = ("open", "waiting", "snoozed")
LETTERS = {("first_response", "warned"): "a", ("first_response", "passed"): "b", ("resolution", "warned"): "c", ("resolution", "passed"): "d"}
AT_ONCE = 500


def recount(conversations: Iterable[Conversation], policies: Policies | None = None) -> None:
    """Never commits."""
    policies = policies or Policies()
    rows = [row for row in conversations if policies.rows or row.first_response_at or row.resolved_at or row.clock_basis]
    if not rows:
        return
    known, basis, now = policies.about(row.contact_id for row in rows), policies.basis(), clock.now()
    stories = stories_of(rows)
    for row in rows:
        policy = policies.holding(row, known)
        clocks = {kind: _clock(kind, stories[row.id], policies, policy, row, now) for kind in KINDS}
        _keep(row, clocks, now)
        row.sla_policy_id, row.clock_basis = policy.id if policy else None, basis


def clocks_of(row: Conversation) -> tuple[Any, dict[str, Clock], Any]:
    """The policy of a conversation, its clocks and the calendar they go by: counted now, for looking at."""
    policies = Policies()
    policy = policies.holding(row, policies.about([row.contact_id]))
    story, now = stories_of([row])[row.id], clock.now()
    return policy, {kind: _clock(kind, story, policies, policy, row, now) for kind in KINDS}, policies.calendar(policy, row)


def recount_outdated(limit: int = AT_ONCE) -> int:
    """Live conversations whose clocks were counted by other policies or calendars. How many there were; never commits."""
    policies = Policies()
    other = or_(Conversation.clock_basis.is_(None), Conversation.clock_basis != policies.basis())
    outdated = other if policies.rows else Conversation.sla_policy_id.is_not(None)
    rows = list(db.session.scalars(select(Conversation).where(Conversation.status.in_(LIVE), outdated).limit(limit)))
    recount(rows, policies)
    return len(rows)


def stories_of(rows: Iterable[Conversation]) -> dict[int, Story]:
    by_id = {row.id: row for row in rows}
    history = (
        select(Message.conversation_id, Message.at, Message.kind, Message.author_id, Message.automatic, Message.data, Delivery.state)
        .outerjoin(Delivery, Delivery.id == Message.delivery_id)
        .where(Message.conversation_id.in_(by_id), Message.kind.in_((*FROM_CUSTOMER, "reply", "event"))).order_by(Message.id)
    )
    moments: dict[int, list[Moment]] = defaultdict(list)
    for ident, at, kind, author, automatic, data, state in db.session.execute(history):
        what = _what(kind, author, automatic, state, data)
        if what:
            moments[ident].append(Moment(max(at, by_id[ident].created_at) if what == "heard" else at, what, (data or {}).get("because", "")))
    return {ident: tell(moments[ident], row.status, row.resolved_at or row.last_message_at) for ident, row in by_id.items()}


def _what(kind: str, author: int | None, automatic: bool, state: str | None, data: dict[str, Any]) -> str:
    if kind == "event":
        return str(data.get("event", ""))
    if kind == "reply":
        return "" if state == "cancelled" else "replied"
    return "" if automatic or author else "heard"


def _clock(kind: str, story: Story, policies: Policies, policy: Any, row: Conversation, now: datetime) -> Clock:
    calendar = policies.calendar(policy, row)
    if policy is None:
        return count(kind, story, calendar, now)
    return count(kind, story, calendar, now, policy.target(kind), policy.warning, pauses_snoozed=policy.pauses_snoozed)


def _keep(row: Conversation, clocks: dict[str, Clock], now: datetime) -> None:
    for kind, each in clocks.items():
        setattr(row, f"{kind}_due", each.due)
        setattr(row, f"{kind}_breached_at", each.breached_at(now))
        setattr(row, f"{kind}_seconds", int(each.spent.total_seconds()) if each.state == "met" else None)
    running = [(each.due, kind) for kind, each in clocks.items() if each.state == "running" and each.due]
    row.clock_due, row.clock_kind = min(running, default=(None, None))
    row.tell_at = min((at for at, _stage in stages(row, clocks)), default=None)


def stages(row: Conversation, clocks: dict[str, Clock]) -> list[tuple[datetime, tuple[str, str]]]:
    """What somebody has still to be told: when, and ("first_response", "warned") or the like."""
    running = [each for each in clocks.values() if each.state == "running"]
    planned = [(at, (each.kind, stage)) for each in running for stage, at in (("warned", each.warn_at), ("passed", each.due)) if at]
    return [(at, stage) for at, stage in planned if LETTERS[stage] not in (row.told or "")]


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: Any) -> None:
    changed = [row for row in session.new if isinstance(row, Conversation)]
    changed += [row for row in session.dirty if isinstance(row, Conversation) and _matters(row)]
    if changed:
        session.info.setdefault("clocks", {}).update((row.id, row) for row in changed)  # held, or each would be read anew when they are counted


def _matters(row: Conversation) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in DEPENDS_ON)


@event.listens_for(Session, "before_commit")
def _settle(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    kept = session.info.pop("clocks", None)
    if kept:
        recount([row for _ident, row in sorted(kept.items()) if row in session])
