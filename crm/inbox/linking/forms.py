"""Choosing the other conversation, by number or by words."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from crm.extensions import db
from crm.fields import choice, ident_or_none, text
from crm.inbox.linking.linking import WORDS
from crm.inbox.models import Conversation
from crm.inbox.queries import visible_to

SHOWN = 12


class LinkForm(FlaskForm):
    kind = choice(_l("This conversation is"), WORDS, default="related")
    other = text(_l("The other conversation"), 200, InputRequired(_l("Say which conversation.")), description=_l("Its number, or words of its subject."), autocomplete="off")
    pick = StringField()

    def __init__(self, *args: Any, conversation: Conversation, viewer: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.conversation, self.viewer = conversation, viewer
        self.target: Conversation | None = None
        self.hits: list[Conversation] = []

    def validate_other(self, field: StringField) -> None:
        wanted = ident_or_none(self.pick.data or (field.data or "").strip("[]# "))
        if wanted is not None:
            self.target = self._one(wanted)
            if self.target is None:
                raise ValidationError(_("There is no other conversation of this number."))
            return
        self.hits = [row for row in map(self._one, self._found(field.data or "")) if row]
        raise ValidationError(_("Choose one of those that were found.") if self.hits else _("Nothing was found. Try fewer words, or the number."))

    def _one(self, ident: int) -> Conversation | None:
        return db.session.scalars(visible_to(self.viewer).where(Conversation.id == ident, Conversation.id != self.conversation.id)).one_or_none()

    def _found(self, asked: str) -> list[int]:
        return [hit.record_id for hit in current_app.extensions["finding"](asked, ("conversation",), SHOWN)]


class GiveForm(FlaskForm):
    person = text(_l("Contact"), 320, DataRequired(_l("Give a name or an address of the person.")), autocomplete="off")
