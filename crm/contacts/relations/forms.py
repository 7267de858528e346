"""The form of a relation."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, ValidationError
from wtforms.validators import DataRequired

from crm.contacts.forms import day
from crm.contacts.relations import kinds
from crm.fields import choice, text


class RelationForm(FlaskForm):
    kind = choice(_l("Is"), kinds.offered())
    person = text(_l("Person"), 320, DataRequired(_l("Give a name or an address of the person.")), autocomplete="off")
    since = day(_l("Since"))
    until = day(_l("Until"))
    note = text(_l("Note"), 300, autocomplete="off")

    def validate_until(self, field: DateField) -> None:
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_("The end lies before the beginning."))


class RelationChangeForm(RelationForm):
    """Of a relation that exists: who it is with stays."""

    person = None
