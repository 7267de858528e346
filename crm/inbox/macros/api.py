"""/macros: what is done again and again with conversations, and doing it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crm import web
from crm.accounts.models import Department, User
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, referenced, refuse, sorting
from crm.errors import Refused
from crm.extensions import db
from crm.inbox import queries as inbox
from crm.inbox.api import ConversationSchema
from crm.inbox.composing import queries as composing
from crm.inbox.composing.models import SavedReply
from crm.inbox.macros import queries, running
from crm.inbox.macros.forms import FINISHES
from crm.inbox.macros.models import Macro
from crm.inbox.models import PRIORITIES, Conversation, Mailbox
from crm.touchpoints.models import Touchpoint


class MacroSchema(Schema):
    id = fields.Id(dump_only=True)
    name = fields.Text(80, 1, required=True)
    assign = fields.Method("step_assign", "own_word", metadata={"type": ["string", "integer", "null"], "description": "me, nobody, or the number of a user."})
    hand_to_id = fields.Method("step_department", "own_word", metadata={"type": ["integer", "null"], "description": "A department that gets it."})
    priority = fields.Method("step_priority", "own_word", metadata={"type": ["string", "null"], "enum": [*PRIORITIES, None]})
    touchpoint_id = fields.Method("step_touchpoint", "own_word", metadata={"type": ["integer", "null"]})
    tags = fields.Method("step_tags", "own_word", metadata={"type": ["array", "null"], "items": {"type": "string"}, "description": "Names of tags that are added."})
    note = fields.Method("step_note", "own_word", metadata={"type": ["string", "null"], "maxLength": 20000})
    saved_reply_id = fields.Method("step_saved_reply", "own_word", metadata={"type": ["integer", "null"], "description": "A saved reply that is sent."})
    finish = fields.Method("step_finish", "own_word", metadata={"type": ["string", "null"], "enum": [*FINISHES, None], "description": "What becomes of it in the end."})
    shared = fields.Boolean()
    mailbox_id = fields.Id(allow_none=True, metadata={"description": "Only in its conversations."})
    department_id = fields.Id(allow_none=True, metadata={"description": "Only in its conversations, or for who works there."})
    owner_id = fields.Id(dump_only=True)
    archived_at = fields.Moment(dump_only=True, allow_none=True)

    def own_word(self, value: Any) -> Any:
        return value

    def step_assign(self, macro: Macro) -> Any:
        return macro.steps.get("assign")

    def step_department(self, macro: Macro) -> Any:
        return macro.steps.get("department_id")

    def step_priority(self, macro: Macro) -> Any:
        return macro.steps.get("priority")

    def step_touchpoint(self, macro: Macro) -> Any:
        return macro.steps.get("touchpoint_id")

    def step_tags(self, macro: Macro) -> Any:
        return macro.steps.get("tags", [])

    def step_note(self, macro: Macro) -> Any:
        return macro.steps.get("note")

    def step_saved_reply(self, macro: Macro) -> Any:
        return macro.steps.get("saved_reply_id")

    def step_finish(self, macro: Macro) -> Any:
        return macro.steps.get("finish")


class MacroList(ListArguments):
    sort = sorting("name", "created_at", default="name")


class MacroRunSchema(Schema):
    conversation_id = fields.Id(required=True)


macros = Resource("macros", "Several steps of a conversation in one: assign, tag, answer, resolve.")


@macros.route("")
class Macros(Endpoint):
    @macros.listed(MacroSchema, MacroList)
    def get(self, arguments):
        """The shared ones and one's own."""
        return paged(queries.visible_to(caller()).where(Macro.archived_at.is_(None)), arguments, {"name": Macro.name, "created_at": Macro.created_at}, Macro.id)

    @macros.created(MacroSchema)
    def post(self, values):
        """Put a macro together."""
        macro = Macro(owner_id=caller().id, steps={})
        fill(macro, values)
        if not macro.steps:
            refuse("finish", "Say at least one thing that it does.")
        db.session.add(macro)
        return macro


@macros.route("/<int:macro_id>")
class OneMacro(Endpoint):
    @macros.shown(MacroSchema)
    def get(self, macro_id):
        """One macro."""
        return one(macro_id)

    @macros.changed(MacroSchema)
    def patch(self, values, macro_id):
        """Change one's own macro."""
        macro = mine(macro_id)
        fill(macro, values)
        return macro

    @macros.removed()
    def delete(self, macro_id):
        """Archive one's own macro."""
        mine(macro_id).archive()


@macros.route("/<int:macro_id>/runs")
class MacroRuns(Endpoint):
    @macros.created(ConversationSchema, MacroRunSchema, status=200)
    def post(self, values, macro_id):
        """Do all of it with one conversation, at once."""
        wanted = inbox.visible_to(caller()).where(Conversation.id == values["conversation_id"])
        conversation = db.session.scalars(web.locked(wanted, Conversation)).one_or_none() or refuse("conversation_id", "There is no such conversation.")
        macro = found(queries.fitting(conversation, caller()).where(Macro.id == macro_id))
        running.run(macro, conversation, caller(), delay=0)
        return conversation


def one(ident: int) -> Macro:
    return found(queries.visible_to(caller()).where(Macro.id == ident))


def mine(ident: int) -> Macro:
    macro = one(ident)
    if macro.owner_id != caller().id:
        raise Refused("Only its owner changes a macro.")
    return macro


def fill(macro: Macro, values: dict[str, Any]) -> None:
    for name, model in (("mailbox_id", Mailbox), ("department_id", Department)):
        if name in values:
            setattr(macro, name, row.id if (row := referenced(model, values[name], name)) else None)
    macro.name, macro.shared = values.get("name", macro.name), values.get("shared", macro.shared if macro.shared is not None else True)
    said = {("department_id" if name == "hand_to_id" else name): checked(name, values[name]) for name in CHECKS if name in values}
    macro.steps = {name: value for name, value in ((macro.steps or {}) | said).items() if value not in (None, "", [])}


def checked(name: str, value: Any) -> Any:
    if value is None or CHECKS[name](value):
        return value
    return refuse(name, "This cannot be done: see the description.")


def is_user(value: Any) -> bool:
    return value in ("me", "nobody") if isinstance(value, str) else exists(User, value)


def exists(model: type[Any], value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 and db.session.get(model, value) is not None


def are_names(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 20 and all(isinstance(name, str) and 0 < len(name.strip()) <= 60 and "\0" not in name for name in value)


def is_reply(value: Any) -> bool:
    return exists(SavedReply, value) and bool(db.session.scalar(select(composing.visible_to(caller()).where(SavedReply.id == value).exists())))


CHECKS = {
    "assign": is_user, "hand_to_id": lambda value: exists(Department, value), "priority": lambda value: value in PRIORITIES, "touchpoint_id": lambda value: exists(Touchpoint, value),
    "tags": are_names, "note": lambda value: isinstance(value, str) and len(value) <= 20_000 and "\0" not in value, "saved_reply_id": is_reply, "finish": lambda value: value in FINISHES,
}
RESOURCES = (macros,)
