"""/conversations: threads of messages that a team works off, and what can be done with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from crm import web
from crm.accounts.models import Department, User
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, referenced, refuse, sorting
from crm.contacts.models import Contact
from crm.extensions import db
from crm.inbox import queries, replying
from crm.inbox.linking import giving
from crm.inbox.models import MESSAGE_KINDS, PRIORITIES, STATUSES, Conversation, Mailbox, Message
from crm.inbox.searching.asking import LONGEST
from crm.inbox.searching.finding import Question
from crm.inbox.teamwork import tagging
from crm.touchpoints.models import Touchpoint


class MessageSchema(Schema):
    id = fields.Id(dump_only=True)
    kind = fields.Choice(*MESSAGE_KINDS, dump_only=True)
    at = fields.Moment(dump_only=True)
    author_id = fields.Id(dump_only=True, allow_none=True)
    sender = fields.Method("party", dump_only=True, data_key="from", metadata={"type": "object"})
    to = fields.Method("receivers", dump_only=True, metadata={"type": "array"})
    subject = fields.Text(500, dump_only=True)
    body = fields.Text(1_000_000, dump_only=True, attribute="reply_text", metadata={"description": "The writer's own words, without quotes."})
    automatic = fields.Boolean(dump_only=True)
    state = fields.Method("delivery_state", dump_only=True, metadata={"type": ["string", "null"], "description": "Of what we sent: held, queued, sent …"})

    def party(self, message: Message) -> dict[str, str]:
        return {"name": message.from_name, "address": message.from_address}

    def receivers(self, message: Message) -> list[dict[str, str]]:
        return [{"name": name, "address": address} for name, address in message.to]

    def delivery_state(self, message: Message) -> str | None:
        return message.delivery.state if message.delivery else None


class ConversationSchema(Schema):
    id = fields.Id(dump_only=True)
    number = fields.Id(dump_only=True)
    subject = fields.Text(500, dump_only=True)
    status = fields.Choice(*STATUSES)
    priority = fields.Choice(*PRIORITIES)
    contact_id = fields.Id(metadata={"description": "Changed, its entries on the timeline go along."})
    assignee_id = fields.Id(allow_none=True)
    department = fields.Method("department_key", "own_word", allow_none=True, metadata={"type": ["string", "null"], "description": "Key of a department."})
    mailbox_id = fields.Id(allow_none=True)
    tags = fields.Method("tag_names", "own_word", metadata={"type": "array", "items": {"type": "string"}, "description": "Names; sent, they are the whole new list."})
    touchpoint = fields.Method("touchpoint_key", "own_word", allow_none=True, metadata={"type": ["string", "null"], "description": "Key of a touchpoint."})
    created_at = fields.Moment(dump_only=True)
    last_message_at = fields.Moment(dump_only=True)
    first_response_at = fields.Moment(dump_only=True, allow_none=True)
    resolved_at = fields.Moment(dump_only=True, allow_none=True)
    first_response_due = fields.Moment(dump_only=True, allow_none=True, metadata={"description": "Null while the clock stands still, or when nothing is promised."})
    resolution_due = fields.Moment(dump_only=True, allow_none=True, metadata={"description": "Null while the clock stands still, or when nothing is promised."})
    messages = fields.Method("written", dump_only=True, metadata={"type": "array"})

    def touchpoint_key(self, conversation: Conversation) -> str | None:
        return conversation.touchpoint.key if conversation.touchpoint else None

    def department_key(self, conversation: Conversation) -> str | None:
        return conversation.department.key if conversation.department else None

    def tag_names(self, conversation: Conversation) -> list[str]:
        """Read for the whole list at once, where there is one."""
        known = g.get("conversation_tag_names")
        return known.get(conversation.id, []) if known is not None else list(tagging.tags_of(conversation.id))

    def own_word(self, value: Any) -> Any:
        return value

    def written(self, conversation: Conversation) -> list[dict[str, Any]]:
        """Read for the whole list at once, where there is one."""
        known = g.get("conversation_messages") or messages_of([conversation.id])
        return MessageSchema(many=True).dump(known.get(conversation.id, []))


class ConversationList(ListArguments):
    sort = sorting("last_message_at", "created_at", default="-last_message_at")
    status = fields.Choice(*STATUSES)
    priority = fields.Choice(*PRIORITIES)
    contact_id = fields.Number()
    assignee_id = fields.Number()
    mailbox_id = fields.Number()
    department = fields.Text(40, metadata={"description": "Key of a department."})
    tag = fields.Text(60, metadata={"description": "Name of a tag."})
    q = fields.Text(LONGEST, metadata={"description": "Words of messages and operators, as in the search of the inbox: from:meier is:open before:2026-03."})


class WritingSchema(Schema):
    body = fields.Text(200_000, 1, required=True)
    kind = fields.Choice("reply", "note", load_default="reply")


conversations = Resource("conversations", "Mail and form messages of the service addresses, as threads that a team works off.")
SORTS = {"last_message_at": Conversation.last_message_at, "created_at": Conversation.created_at}


@conversations.route("")
class Conversations(Endpoint):
    @conversations.listed(ConversationSchema, ConversationList)
    def get(self, arguments):
        """Conversations, the latest message first."""
        query = visible()
        for name in ("status", "priority", "contact_id", "assignee_id", "mailbox_id"):
            if name in arguments:
                query = query.where(getattr(Conversation, name) == arguments[name])
        if "department" in arguments:
            query = query.where(Conversation.department_id.in_(select(Department.id).where(Department.key == arguments["department"])))
        if "tag" in arguments:
            query = query.where(Conversation.id.in_(tagging.with_tag(arguments["tag"])))
        if arguments.get("q", "").strip():
            query = query.where(searched(arguments["q"]))
        page = paged(query, arguments, SORTS, Conversation.id)
        g.conversation_tag_names = tagging.tags_of_many([row.id for row in page.items])
        g.conversation_messages = messages_of([row.id for row in page.items]) or {0: []}
        return page


@conversations.route("/<int:conversation_id>")
class OneConversation(Endpoint):
    @conversations.shown(ConversationSchema)
    def get(self, conversation_id):
        """One conversation with its messages."""
        return one(conversation_id)

    @conversations.changed(ConversationSchema)
    def patch(self, values, conversation_id):
        """Assign it to a person or a department, change its status, priority, tags, touchpoint, mailbox, or whose it is."""
        conversation = one(conversation_id)
        if "assignee_id" in values:
            conversation.assign(referenced(User, values["assignee_id"], "assignee_id"), caller())
        if "department" in values:
            conversation.hand_to(department(values["department"]), caller())
        if values.get("contact_id"):
            giving.give_to(conversation, referenced(Contact, values["contact_id"], "contact_id"), caller())
        if values.get("mailbox_id"):
            conversation.move_to(mailbox(values["mailbox_id"]), caller())
        if "tags" in values:
            tagging.set_tags(conversation, tag_names(values["tags"]), caller())
        if "priority" in values:
            conversation.prioritise(values["priority"], caller())
        if "touchpoint" in values:
            conversation.point_at(touchpoint(values["touchpoint"]), caller())
        if "status" in values:
            become(conversation, values["status"])
        return conversation


@conversations.route("/<int:conversation_id>/messages")
class ConversationMessages(Endpoint):
    @conversations.created(MessageSchema, WritingSchema)
    def post(self, values, conversation_id):
        """Answer the customer, or leave an internal note."""
        conversation = one(conversation_id)
        if values["kind"] == "note":
            return conversation.note(caller(), values["body"])
        if not values["body"].strip():
            refuse("body", "Write something first.")
        return replying.reply(conversation, caller(), values["body"], delay=0)


@conversations.route("/<int:conversation_id>/resolution")
class Resolution(Endpoint):
    @conversations.created(ConversationSchema, body=False, status=200)
    def post(self, conversation_id):
        """Resolve it; the customer may be asked how it was."""
        conversation = one(conversation_id)
        conversation.resolve(caller())
        return conversation

    @conversations.removed(ConversationSchema)
    def delete(self, conversation_id):
        """Reopen it."""
        conversation = one(conversation_id)
        conversation.reopen(caller())
        return conversation


def searched(text: str) -> ColumnElement[bool]:
    question = Question(text, caller())
    if question.problems:
        refuse("q", " ".join(question.problems))
    return question.condition


def visible():
    return queries.visible_to(caller()).options(joinedload(Conversation.touchpoint), joinedload(Conversation.department))


def one(ident: int) -> Conversation:
    return found(web.locked(visible().where(Conversation.id == ident), Conversation))


def messages_of(idents: Iterable[int]) -> dict[int, list[Message]]:
    """What was written, oldest first; events are the pages' business."""
    db.session.flush()
    wanted = select(Message).where(Message.conversation_id.in_(list(idents)), Message.kind != "event").options(joinedload(Message.delivery)).order_by(Message.id)
    by_conversation: dict[int, list[Message]] = defaultdict(list)
    for message in db.session.scalars(wanted):
        by_conversation[message.conversation_id].append(message)
    return by_conversation


def touchpoint(key: Any) -> Touchpoint | None:
    if key is None:
        return None
    row = db.session.scalars(select(Touchpoint).where(Touchpoint.key == key)).first() if isinstance(key, str) else None
    return row or refuse("touchpoint", "There is no such touchpoint.")


def mailbox(ident: int) -> Mailbox:
    row = db.session.get(Mailbox, ident)
    return row if row is not None and row.archived_at is None else refuse("mailbox_id", "There is no such mailbox.")


def department(key: Any) -> Department | None:
    if key is None:
        return None
    row = db.session.scalars(select(Department).where(Department.key == key)).first() if isinstance(key, str) else None
    return row or refuse("department", "There is no such department.")


def tag_names(names: Any) -> list[str]:
    if not isinstance(names, list) or len(names) > 20 or not all(isinstance(name, str) and 0 < len(name.strip()) <= 60 and "\0" not in name for name in names):
        refuse("tags", "Send a list of at most twenty names of at most 60 characters each.")
    return names


def become(conversation: Conversation, status: str) -> None:
    steps = {
        "open": lambda: conversation.reopen(caller()), "waiting": lambda: conversation.wait(caller()), "snoozed": lambda: conversation.snooze(None, caller()),
        "resolved": lambda: conversation.resolve(caller()), "spam": lambda: conversation.mark_spam(caller()),
    }
    steps[status]()


RESOURCES = (conversations,)
