"""The forms of the register: shape and wording, never a write."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import DataRequired, Optional

from crm.accounts.choices import departments, staff
from crm.extensions import db
from crm.fields import choice, ident, long_text, options, text
from crm.touchpoints import queries
from crm.touchpoints.models import Touchpoint
from crm.touchpoints.wording import CHANNELS, IMPORTANCE, PHASES, REACHES


class TouchpointForm(FlaskForm):
    name = text(_l("Name"), 120, DataRequired(_l("Give the touchpoint a name.")))
    name_de = text(_l("Name in German"), 120)
    phase = choice(_l("Phase"), PHASES)
    reach = RadioField(_l("How customers meet us there"), choices=options(REACHES), default="direct")
    channel = choice(_l("Channel"), CHANNELS)
    department_id = SelectField(_l("Department"), coerce=ident, validators=[Optional()])
    owner_id = SelectField(_l("Owner"), coerce=ident, validators=[Optional()])
    promise = long_text(_l("Promise"), 500, rows=2)
    promise_de = long_text(_l("Promise in German"), 500, rows=2)
    importance = choice(_l("Importance"), IMPORTANCE, coerce=int, default=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department_id.choices = options(departments(), empty=_("none"))
        self.owner_id.choices = options(staff(besides=self.owner_id.data), empty=_("nobody"))


class MergeForm(FlaskForm):
    into = SelectField(_l("Merge into"), coerce=ident)

    def __init__(self, touchpoint: Touchpoint, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.into.choices = options((other.id, other.label) for other in db.session.scalars(queries.others(touchpoint)))
