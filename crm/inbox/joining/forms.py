"""What is asked before conversations are merged."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, ValidationError

from crm.extensions import db
from crm.fields import ident_or_none
from crm.inbox.models import Conversation
from crm.inbox.queries import visible_to


class MergeForm(FlaskForm):
    into = StringField(_l("Number of the other conversation"), description=_l("It keeps its number; this one's leads there."), validators=[InputRequired(_l("Say into which conversation."))])
    also_of_another = BooleanField(_l("It is of another contact. Merge them all the same"))

    def __init__(self, *args: Any, conversation: Conversation, viewer: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.conversation, self.viewer = conversation, viewer
        self.target: Conversation | None = None

    def validate_into(self, field: StringField) -> None:
        wanted = ident_or_none((field.data or "").strip().strip("[]").lstrip("#"))
        self.target = db.session.scalars(visible_to(self.viewer).where(Conversation.id == (wanted or 0))).one_or_none()
        if self.target is None or self.target.id == self.conversation.id:
            raise ValidationError(_("There is no other conversation of this number."))
        if self.is_of_another and not self.also_of_another.data:
            raise ValidationError(_("It is of %(name)s, another contact. Both will read together what each wrote.", name=self.target.contact.display_name))

    @property
    def is_of_another(self) -> bool:
        return self.target is not None and self.target.contact_id != self.conversation.contact_id
