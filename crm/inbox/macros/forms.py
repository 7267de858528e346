"""What people fill in to put a macro together."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from crm.accounts import choices
from crm.contacts.tagging import split_names
from crm.extensions import db
from crm.fields import long_text, options, text
from crm.inbox import events
from crm.inbox import queries as inbox
from crm.inbox.composing import filling, queries
from crm.inbox.composing.models import SavedReply
from crm.inbox.forms import PUT_OFF
from crm.inbox.macros.models import Macro
from crm.inbox.macros.steps import WAITS, finish_words
from crm.touchpoints.models import Touchpoint

STEPS = ("assign", "department_id", "priority", "touchpoint_id", "tags", "note", "saved_reply_id", "finish")
FINISHES = ("resolve", *(f"snooze:{key}" for key in (*PUT_OFF, "answer")), *(f"wait:{days}" for days in WAITS))


class MacroForm(FlaskForm):
    name = text(_l("Name"), 80, InputRequired(_l("Enter a name.")))
    assign = SelectField(_l("Assign"))
    hand_to = SelectField(_l("Give to the department"), coerce=int)
    priority = SelectField(_l("Priority"))
    touchpoint_id = SelectField(_l("Touchpoint"), coerce=int)
    tags = text(_l("Add tags"), 1300, description=_l("Separated by commas."))
    note = long_text(_l("Internal note"), 20_000, rows=3)
    saved_reply_id = SelectField(_l("Answer with a saved reply"), coerce=int)
    finish = SelectField(_l("In the end"))
    mailbox_id = SelectField(_l("Only in the mailbox"), coerce=int)
    department_id = SelectField(_l("Only in the department"), coerce=int)
    shared = BooleanField(_l("Colleagues can use it too"), default=True)

    def __init__(self, *args: Any, macro: Macro | None = None, viewer: Any, **kwargs: Any):
        super().__init__(*args, obj=macro, data=shown(macro) if macro else {}, **kwargs)
        as_it_is = _("as it is")
        departments = choices.departments()
        self.assign.choices = options([("", as_it_is), ("me", _("whoever runs it")), ("nobody", _("nobody")), *((str(ident), name) for ident, name in choices.staff())])
        self.hand_to.choices = options([(0, as_it_is), *departments])
        self.priority.choices = options([("", as_it_is), *events.PRIORITIES.items()])
        self.touchpoint_id.choices = options([(0, as_it_is), *touchpoints()])
        replies = db.session.scalars(queries.visible_to(viewer).where(SavedReply.archived_at.is_(None)).order_by(SavedReply.name, SavedReply.id))
        self.replies = {row.id: row for row in replies}
        self.saved_reply_id.choices = options([(0, _("none")), *((ident, row.name) for ident, row in self.replies.items())])
        self.finish.choices = options([("", as_it_is), *((key, finish_words(key)) for key in FINISHES)])
        self.mailbox_id.choices = options([(0, _("all")), *((row.id, row.name) for row in inbox.mailboxes())])
        self.department_id.choices = options([(0, _("all")), *departments])

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        fine = super().validate(*args, **kwargs)
        if fine and not self.steps:
            self.name.errors = [*self.name.errors, _("Choose at least one thing that it does.")]
            return False
        return fine

    def validate_tags(self, field: Any) -> None:
        names = split_names(field.data or "")
        if any(len(name) > 60 for name in names) or len(names) > 20:
            raise ValidationError(_("At most twenty tags of at most 60 characters each."))

    def validate_note(self, field: TextAreaField) -> None:
        if unknown := filling.unknown(field.data or ""):
            raise ValidationError(_("Nothing fills %(placeholders)s. The placeholders are below.", placeholders=", ".join(unknown)))

    def validate_saved_reply_id(self, field: SelectField) -> None:
        reply = self.replies.get(field.data)
        if reply is not None and self.shared.data and not reply.shared:
            raise ValidationError(_("Colleagues do not see this saved reply. Share it first, or keep the macro for yourself."))

    @property
    def steps(self) -> dict[str, Any]:
        assign = self.assign.data or ""
        wanted = {
            "assign": int(assign) if assign.isdigit() else assign, "department_id": self.hand_to.data, "priority": self.priority.data,
            "touchpoint_id": self.touchpoint_id.data, "tags": split_names(self.tags.data or ""), "note": self.note.data,
            "saved_reply_id": self.saved_reply_id.data, "finish": self.finish.data,
        }
        return {name: value for name, value in wanted.items() if value}

    def fill(self, macro: Macro) -> None:
        macro.name, macro.shared, macro.steps = self.name.data, self.shared.data, self.steps
        macro.mailbox_id, macro.department_id = self.mailbox_id.data or None, self.department_id.data or None


def shown(macro: Macro) -> dict[str, Any]:
    """The steps of a macro as the form has them."""
    steps = macro.steps
    return {**{name: steps.get(name) for name in ("priority", "touchpoint_id", "note", "saved_reply_id", "finish")},
            "assign": str(steps.get("assign", "")), "hand_to": steps.get("department_id"), "tags": ", ".join(steps.get("tags", ()))}


def touchpoints() -> list[tuple[int, str]]:
    rows = db.session.scalars(db.select(Touchpoint).where(Touchpoint.retired_at.is_(None)).order_by(Touchpoint.position, Touchpoint.id))
    return [(row.id, row.label) for row in rows]
