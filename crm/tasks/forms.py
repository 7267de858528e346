"""Adding and editing a task."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import BooleanField, Form, HiddenField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from crm import clock
from crm.accounts.choices import staff
from crm.contacts.models import Contact
from crm.dates.due_dates import Due, Unreadable, read, split
from crm.dates.zones import zone_of
from crm.extensions import db
from crm.fields import ident, ident_or_none, long_text, one_line, options, text
from crm.formatting import formats


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

    title = text(_l("What is to be done?"), 300, InputRequired(_l("Write what is to be done.")))
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
    notes = long_text(_l("Notes"), 20_000)
    assignee_id = SelectField(_l("Who does it"), coerce=ident)
    without_contact = BooleanField(_l("It does not concern this contact any more"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.assignee_id.choices = options(staff(besides=self.assignee_id.data))


def _contact(number: str) -> Contact | None:
    if not number:
        return None
    found = db.session.get(Contact, ident_or_none(number) or 0)
    if found is None:
        raise ValidationError(_l("This contact does not exist."))
    return found
