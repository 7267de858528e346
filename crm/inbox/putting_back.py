"""What can be undone about conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crm.accounts import undo
from crm.accounts.models import User
from crm.extensions import db
from crm.inbox import replying
from crm.inbox.models import Conversation, Message
from crm.inbox.scheduling import planning
from crm.inbox.scheduling.models import ScheduledReply
from crm.inbox.teamwork.models import SavedList

KEPT = ("assignee_id", "department_id", "mailbox_id", "priority", "touchpoint_id")


def offer(conversation: Conversation, label: str, before: dict[str, Any]) -> None:
    """Offer to put the conversation back to `before`, as `snapshot` gave it."""
    undo.offer("conversation.changed", label, conversation_id=conversation.id, **before)


def snapshot(conversation: Conversation) -> dict[str, Any]:
    until = conversation.snoozed_until
    kept = {name: getattr(conversation, name) for name in KEPT}
    return {"status": conversation.status, "snoozed_until": until.isoformat() if until else None, **kept}


def put_back(by: User, payload: dict[str, Any]) -> None:
    conversation = db.session.get_one(Conversation, payload["conversation_id"])
    assignee = db.session.get(User, payload["assignee_id"]) if payload["assignee_id"] else None
    conversation.assign(assignee if assignee and assignee.is_active else None, by)
    for name in KEPT[1:]:
        if name in payload and getattr(conversation, name) != payload[name]:
            setattr(conversation, name, payload[name])
    if conversation.status != payload["status"]:
        _put_status_back(conversation, by, payload)
    elif conversation.status in ("snoozed", "waiting"):
        conversation.snoozed_until = _moment(payload["snoozed_until"])


def _put_status_back(conversation: Conversation, by: User, payload: dict[str, Any]) -> None:
    conversation.reopen(by)
    if payload["status"] == "resolved":
        conversation.resolve(by)
    elif payload["status"] == "spam":
        conversation.mark_spam(by)
    elif payload["status"] != "open":
        conversation.become(payload["status"])
        conversation.snoozed_until = _moment(payload["snoozed_until"])


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def unsend(by: User, payload: dict[str, Any]) -> str:
    message = db.session.get_one(Message, payload["message_id"])
    replying.unsend(message, by)
    return f"/inbox/{message.conversation_id}"


def unplan(by: User, payload: dict[str, Any]) -> str:
    row = db.session.get_one(ScheduledReply, payload["planned_id"])
    planning.cancel(row, by)
    return f"/inbox/{row.conversation_id}"


UNDOERS = {"reply.planned": unplan, "inbox_list.archived": undo.by_verb(SavedList, "list_id", SavedList.unarchive, "/inbox?list=%d"), "conversation.changed": put_back, "reply.sent": unsend, "message.forwarded": unsend}
