"""Adding and editing a task."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from wtforms import BooleanField, Form, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import db
from crm.formatting import formats
from crm.tasks.due_dates import Due, Unreadable, read, split
from crm.tasks.zones import zone_of


def one_line(text: str | None) -> str:
    return " ".join((text or "").replace("\0", "").split())


class DueForm(Form):
    """Reads `due` as people write it; `was` is what stood there before and may stay, even when it has passed."""

    due = StringField(_l("Due"), [Optional()], filters=[one_line], description=_l("For example: tomorrow, in 3 days, next friday, 24.12. 14:30"))
    was = ""
    read_due: Due | None = None

    def validate_due(self, field: Any) -> None:
        if field.data == self.was:
            return
        try:
            self.read_due = read(field.data, clock.now(), zone_of(current_user), formats().language)
        except Unreadable as error:
            raise ValidationError(str(error)) from error


class QuickForm(DueForm):
    """One line: what, and when at its end."""

    title = StringField(_l("What is to be done?"), [InputRequired(_l("Write what is to be done.")), Length(max=300, message=_l("This is too long: 300 characters fit."))],
                        filters=[one_line])
    contact_id = HiddenField(filters=[one_line])
    contact: Contact | None = None

    def validate_title(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Write what is to be done."))
        if not self.due.data:
            field.data, self.read_due = split(field.data, clock.now(), zone_of(current_user))

    def validate_contact_id(self, field: Any) -> None:
        self.contact = _contact(field.data)


class TaskForm(QuickForm):
    notes = TextAreaField(_l("Notes"), [Optional(), Length(max=20_000, message=_l("This is too long: 20,000 characters fit."))],
                          filters=[lambda text: (text or "").replace("\0", "")])
    assignee_id = SelectField(_l("Who does it"), coerce=int)
    without_contact = BooleanField(_l("It does not concern this contact any more"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.assignee_id.choices = staff(self.assignee_id.data)


def staff(present: int | None) -> list[SelectChoice]:
    """Everybody who works here, and who the task belongs to now."""
    query = select(User.id, User.name).where(User.deactivated_at.is_(None) | (User.id == (present or 0))).order_by(User.name)
    return [SelectChoice(row.id, row.name) for row in db.session.execute(query)]


def _contact(text: str) -> Contact | None:
    if not text:
        return None
    found = db.session.get(Contact, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if found is None:
        raise ValidationError(_l("This contact does not exist."))
    return found
