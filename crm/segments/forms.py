"""What a segment is called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired

from crm.fields import long_text, text


class SegmentForm(FlaskForm):
    name = text(_l("Name"), 120, InputRequired(_l("Give the segment a name.")))
    description = long_text(_l("What it is for"), 1000)
