"""/conversations/{id}/scheduled-replies and /scheduled-replies: answers that leave at a later time."""

from __future__ import annotations

from crm import web
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, refuse, sorting
from crm.errors import Refused
from crm.inbox import queries as inbox
from crm.inbox.models import Conversation
from crm.inbox.scheduling import planning, queries
from crm.inbox.scheduling.models import ScheduledReply


class ScheduledReplySchema(Schema):
    id = fields.Id(dump_only=True)
    conversation_id = fields.Id(dump_only=True)
    user_id = fields.Id(dump_only=True)
    body = fields.Text(200_000, 1, required=True, attribute="text")
    send_at = fields.Moment(required=True, metadata={"description": "When it leaves, unless the customer writes first."})
    resolves = fields.Boolean(metadata={"description": "Whether the conversation is resolved then."})
    created_at = fields.Moment(dump_only=True)


class ScheduledReplyList(ListArguments):
    sort = sorting("send_at", default="send_at")


planned = Resource("scheduled-replies", "Answers that leave at a later time. They are cancelled when the customer writes first.", prefix="")


@planned.route("/conversations/<int:conversation_id>/scheduled-replies")
class ScheduledRepliesOfConversation(Endpoint):
    @planned.listed(ScheduledReplySchema, ScheduledReplyList)
    def get(self, arguments, conversation_id):
        """Those that wait in a conversation, the next first."""
        wanted = queries.visible_to(caller()).where(ScheduledReply.conversation_id == one(conversation_id).id)
        return paged(wanted, arguments, {"send_at": ScheduledReply.send_at}, ScheduledReply.id)

    @planned.created(ScheduledReplySchema)
    def post(self, values, conversation_id):
        """Answer at a later time."""
        return refused_at_field(lambda: planning.plan(one(conversation_id), caller(), values["text"], values["send_at"], resolves=values.get("resolves", False)))


@planned.route("/scheduled-replies/<int:reply_id>")
class OneScheduledReply(Endpoint):
    @planned.shown(ScheduledReplySchema)
    def get(self, reply_id):
        """One that still waits."""
        return waiting(reply_id)

    @planned.changed(ScheduledReplySchema)
    def patch(self, values, reply_id):
        """Another text, another time."""
        row = waiting(reply_id)
        refused_at_field(lambda: planning.change(row, values.get("text", row.text), values.get("send_at", row.send_at), caller()))
        row.resolves = values.get("resolves", row.resolves)
        return row

    @planned.removed()
    def delete(self, reply_id):
        """It does not leave; its text is a draft again."""
        planning.cancel(waiting(reply_id), caller())


def refused_at_field(verb):
    try:
        return verb()
    except Refused as refused:
        return refuse(refused.field, refused.reason) if refused.field in ("send_at", "body") else _raise(refused)


def _raise(refused: Refused):
    raise refused


def one(ident: int) -> Conversation:
    return found(web.locked(inbox.visible_to(caller()).where(Conversation.id == ident), Conversation))


def waiting(ident: int) -> ScheduledReply:
    return found(web.locked(queries.visible_to(caller()).where(ScheduledReply.id == ident), ScheduledReply))


RESOURCES = (planned,)
