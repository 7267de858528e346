"""A link that was made or removed, a conversation that went to somebody else: back as it was."""

from __future__ import annotations

from typing import Any

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import db
from crm.inbox.linking import giving, linking
from crm.inbox.linking.models import ConversationLink
from crm.inbox.models import Conversation


def unlink(by: User, payload: dict[str, Any]) -> str:
    linking.remove(db.session.get_one(ConversationLink, payload["link_id"]), by)
    return f"/inbox/{payload['conversation_id']}"


def link_again(by: User, payload: dict[str, Any]) -> str:
    linking.restore(db.session.get_one(ConversationLink, payload["link_id"]), by)
    return f"/inbox/{payload['conversation_id']}"


def give_back(by: User, payload: dict[str, Any]) -> str:
    giving.give_to(db.session.get_one(Conversation, payload["conversation_id"]), db.session.get_one(Contact, payload["contact_id"]), by)
    return f"/inbox/{payload['conversation_id']}"


UNDOERS = {"conversation.linked": unlink, "conversation.unlinked": link_again, "conversation.given": give_back}
