"""The forms of the register: shape and wording, never a write."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from crm.extensions import db
from crm.touchpoints import queries
from crm.touchpoints.models import Touchpoint
from crm.touchpoints.wording import CHANNELS, IMPORTANCE, PHASES, REACHES


def stripped(value: str | None) -> str:
    return " ".join((value or "").split())


def ident(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def choice(label: Any, words: dict[Any, Any], **options: Any) -> SelectField:
    return SelectField(label, choices=[SelectChoice(key, word) for key, word in words.items()], **options)


def text(label: Any, longest: int, *checks: Any, kind: type[StringField] = StringField, **options: Any) -> StringField:
    return kind(label, [*checks, Length(max=longest, message=_l("Use at most %(n)s characters.", n=longest))], [stripped], render_kw=options)


class TouchpointForm(FlaskForm):
    name = text(_l("Name"), 120, DataRequired(_l("Give the touchpoint a name.")))
    name_de = text(_l("Name in German"), 120)
    phase = choice(_l("Phase"), PHASES)
    reach = RadioField(_l("How customers meet us there"), choices=[SelectChoice(key, word) for key, word in REACHES.items()], default="direct")
    channel = choice(_l("Channel"), CHANNELS)
    department_id = SelectField(_l("Department"), coerce=ident, validators=[Optional()])
    owner_id = SelectField(_l("Owner"), coerce=ident, validators=[Optional()])
    promise = text(_l("Promise"), 500, kind=TextAreaField, rows=2)
    promise_de = text(_l("Promise in German"), 500, kind=TextAreaField, rows=2)
    importance = choice(_l("Importance"), IMPORTANCE, coerce=int, default=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        german = str(get_locale()) == "de"
        departments = [SelectChoice(d.id, d.name_de if german and d.name_de else d.name) for d in queries.departments()]
        self.department_id.choices = [SelectChoice("", _("none")), *departments]
        self.owner_id.choices = [SelectChoice("", _("nobody")), *(SelectChoice(*pair) for pair in queries.owners(self.owner_id.data))]


class MergeForm(FlaskForm):
    into = SelectField(_l("Merge into"), coerce=ident)

    def __init__(self, touchpoint: Touchpoint, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.into.choices = [SelectChoice(other.id, other.label) for other in db.session.scalars(queries.others(touchpoint))]
