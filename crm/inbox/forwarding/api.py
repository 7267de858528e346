"""/conversations/{id}/forwards: passing a message on to somebody outside."""

from __future__ import annotations

from sqlalchemy import select

from crm.api import Endpoint, Resource, Schema, caller, fields, refuse
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.api import MessageSchema
from crm.inbox.api import one as conversation_of
from crm.inbox.forwarding import forwarding
from crm.inbox.models import Message


class ForwardSchema(Schema):
    message_id = fields.Id(required=True, metadata={"description": "What is forwarded; of this conversation."})
    to = fields.Text(2000, 3, required=True, metadata={"description": "Mail addresses, separated by commas."})
    body = fields.Text(200_000, metadata={"description": "Words of your own, above it."})
    subject = fields.Text(400)
    attachments = fields.Boolean(load_default=True)
    whole = fields.Boolean(load_default=False, metadata={"description": "With everything the mail quotes."})


forwards = Resource("forwards", "Messages that are passed on to somebody outside. It is no answer to the customer.", prefix="")


@forwards.route("/conversations/<int:conversation_id>/forwards")
class Forwards(Endpoint):
    @forwards.created(MessageSchema, ForwardSchema)
    def post(self, values, conversation_id):
        """Forward a message with its files."""
        wanted = select(Message).where(Message.id == values["message_id"], Message.conversation_id == conversation_of(conversation_id).id)
        message = db.session.scalars(wanted).one_or_none() or refuse("message_id", "There is no such message in this conversation.")
        files = [file for file in message.attachments if not file.inline] if values["attachments"] else ()
        try:
            return forwarding.forward(message, caller(), values["to"].replace(";", ",").split(","), text=values.get("body", ""), subject=values.get("subject", ""),
                                      files=files, whole=values["whole"], delay=0)
        except Refused as refused:
            if refused.field != "to":
                raise
            return refuse("to", refused.reason)


RESOURCES = (forwards,)
