"""The columns of a conversation that follow from its messages, and how they are kept for the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crm.extensions import UtcDateTime
from crm.inbox.lifecycle import preview
from crm.inbox.models import FROM_CUSTOMER, INTERNAL, Conversation, Message

FIXED = {"id", "subject", "priority", "contact_id", "mailbox_id", "touchpoint_id", "department_id", "created_at"}  # neither merging nor splitting touches them
Snapshot = dict[str, Any]


def snapshot(conversation: Conversation) -> Snapshot:
    values = {name: getattr(conversation, name) for name in _columns()}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def restore(conversation: Conversation, before: Snapshot, after: Snapshot) -> None:
    """Back to `before` where nobody changed anything since `after`."""
    now = snapshot(conversation)
    changing = [name for name in now if name in before and now[name] == after.get(name) and now[name] != before[name]]
    if "status" in changing:
        conversation.become(before["status"])
    for name in changing:
        if name != "status":
            is_moment = isinstance(Conversation.__table__.c[name].type, UtcDateTime)
            setattr(conversation, name, datetime.fromisoformat(before[name]) if is_moment and before[name] else before[name])


def _columns() -> list[str]:
    return [column.name for column in Conversation.__table__.columns if column.name not in FIXED]


def follow(conversation: Conversation, messages: Sequence[Message]) -> None:
    """The figures that these messages, all of the conversation's, amount to."""
    written = [message for message in messages if message.kind not in INTERNAL]
    heard = [message for message in written if is_heard(message)]
    said = [message for message in written if message.kind == "reply"]
    conversation.messages_count = len(written)
    if written:
        conversation.preview, conversation.last_message_at = preview(written[-1].reply_text or written[-1].text), max(message.at for message in written)
    conversation.last_in_at = max((message.at for message in heard), default=None)
    conversation.last_out_at = max((message.at for message in said), default=None)
    last = said[-1].id if said else 0
    conversation.waiting_since = next((message.at for message in heard if message.id > last and not message.automatic), None)
    answers = [message for message in said if heard and message.id > heard[0].id]
    conversation.first_response_at = answers[0].at if answers else None


def is_heard(message: Message) -> bool:
    return message.kind in FROM_CUSTOMER and message.author_id is None


def unite(target: Conversation, source: Conversation) -> None:
    """What holds for both together. A question that is open stays open."""
    newer = source if source.last_message_at > target.last_message_at else target
    target.messages_count += source.messages_count
    target.preview, target.last_message_at = newer.preview, newer.last_message_at
    if (source.last_in_at or source.created_at) > (target.last_in_at or target.created_at) and source.contact_id == target.contact_id:
        target.customer_address = source.customer_address or target.customer_address
    for name, choose in (("last_in_at", max), ("last_out_at", max), ("waiting_since", min)):
        setattr(target, name, choose(filter(None, (getattr(target, name), getattr(source, name))), default=None))
    target.first_response_at = target.first_response_at or source.first_response_at
    target.assignee_id = target.assignee_id or source.assignee_id
    if source.status == "open" and target.status != "open":
        target.become("open")
        target.resolved_at = target.resolved_by_id = target.snoozed_until = None
