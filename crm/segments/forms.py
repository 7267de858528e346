"""What a segment is called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length


class SegmentForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired(_l("Give the segment a name.")), Length(max=120)])
    description = TextAreaField(_l("What it is for"), [Length(max=1000)])
