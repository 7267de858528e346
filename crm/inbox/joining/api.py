"""/conversation-joins: merging and splitting conversations, and the way back, for programs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crm import web
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, referenced, refuse, sorting
from crm.extensions import db
from crm.inbox import queries
from crm.inbox.joining import joining
from crm.inbox.joining.models import KINDS, ConversationJoin
from crm.inbox.models import Conversation, Message


class JoinSchema(Schema):
    id = fields.Id(dump_only=True)
    kind = fields.Choice(*KINDS, dump_only=True)
    source_id = fields.Id(dump_only=True, metadata={"description": "What was merged or split."})
    target_id = fields.Id(dump_only=True, metadata={"description": "What it was merged into, or what was split off."})
    by_id = fields.Id(dump_only=True, allow_none=True)
    at = fields.Moment(dump_only=True)
    undone_at = fields.Moment(dump_only=True, allow_none=True)


class JoiningSchema(Schema):
    conversation_id = fields.Id(metadata={"description": "To merge: which conversation …"})
    into = fields.Id(metadata={"description": "… goes into which other."})
    message_id = fields.Id(metadata={"description": "To split: the first message of the new conversation."})
    subject = fields.Text(500, metadata={"description": "Of the new conversation; left out, the message's."})


class JoinList(ListArguments):
    sort = sorting("at", default="-at")
    source_id = fields.Number()
    target_id = fields.Number()


joins = Resource("conversation-joins", "Conversations that were merged or split. Each can be undone at any time.")


@joins.route("")
class Joins(Endpoint):
    @joins.listed(JoinSchema, JoinList)
    def get(self, arguments):
        """What was merged and split, the latest first."""
        query = select(ConversationJoin)
        for name in ("source_id", "target_id"):
            if name in arguments:
                query = query.where(getattr(ConversationJoin, name) == arguments[name])
        return paged(query, arguments, {"at": ConversationJoin.at}, ConversationJoin.id)

    @joins.created(JoinSchema, JoiningSchema)
    def post(self, values: dict[str, Any]) -> ConversationJoin:
        """Merge a conversation into another, or split one at a message."""
        if "message_id" in values:
            message = referenced(Message, values["message_id"], "message_id")
            one(message.conversation_id, "message_id")
            return joining.split(message, caller(), values.get("subject", ""))
        return joining.merge(one(values.get("conversation_id"), "conversation_id"), one(values.get("into"), "into"), caller())


@joins.route("/<int:join_id>")
class OneJoin(Endpoint):
    @joins.shown(JoinSchema)
    def get(self, join_id):
        """One merge or split."""
        return found(select(ConversationJoin).where(ConversationJoin.id == join_id))

    @joins.removed(JoinSchema)
    def delete(self, join_id):
        """Undo it: each conversation is what it was."""
        join = found(select(ConversationJoin).where(ConversationJoin.id == join_id))
        joining.undo(join, caller())
        return join


def one(ident: int | None, field: str) -> Conversation:
    wanted = queries.visible_to(caller()).where(Conversation.id == (ident or 0))
    return db.session.scalars(web.locked(wanted, Conversation)).one_or_none() or refuse(field, "There is no such conversation.")


RESOURCES = (joins,)
