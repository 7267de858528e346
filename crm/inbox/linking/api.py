"""/conversation-links: which conversations have to do with each other, for programs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, sorting
from crm.inbox.joining.api import one
from crm.inbox.linking import linking
from crm.inbox.linking.models import KINDS, ConversationLink


class ConversationLinkSchema(Schema):
    id = fields.Id(dump_only=True)
    kind = fields.Choice(*KINDS, required=True)
    from_id = fields.Id(required=True, metadata={"description": "The conversation that is related to, a duplicate of, or the follow-up of …"})
    to_id = fields.Id(required=True, metadata={"description": "… this one."})
    by_id = fields.Id(dump_only=True, allow_none=True)
    at = fields.Moment(dump_only=True)


class ConversationLinkList(ListArguments):
    sort = sorting("at", default="-at")
    conversation_id = fields.Number(metadata={"description": "At either end."})


conversation_links = Resource("conversation-links", "Conversations that have to do with each other.")


@conversation_links.route("")
class ConversationLinks(Endpoint):
    @conversation_links.listed(ConversationLinkSchema, ConversationLinkList)
    def get(self, arguments):
        """Links, the latest first."""
        query = select(ConversationLink).where(ConversationLink.removed_at.is_(None))
        if "conversation_id" in arguments:
            ident = arguments["conversation_id"]
            query = query.where(or_(ConversationLink.from_id == ident, ConversationLink.to_id == ident))
        return paged(query, arguments, {"at": ConversationLink.at}, ConversationLink.id)

    @conversation_links.created(ConversationLinkSchema)
    def post(self, values: dict[str, Any]) -> ConversationLink:
        """Link two conversations."""
        return linking.link(one(values["from_id"], "from_id"), one(values["to_id"], "to_id"), values["kind"], caller())


@conversation_links.route("/<int:link_id>")
class OneConversationLink(Endpoint):
    @conversation_links.shown(ConversationLinkSchema)
    def get(self, link_id):
        """One link."""
        return standing(link_id)

    @conversation_links.removed()
    def delete(self, link_id):
        """They have nothing to do with each other."""
        linking.remove(standing(link_id), caller())


def standing(ident: int) -> ConversationLink:
    return found(select(ConversationLink).where(ConversationLink.id == ident, ConversationLink.removed_at.is_(None)))


RESOURCES = (conversation_links,)
