"""The forms of surveys and of the rules that ask."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from crm import marks
from crm.fields import choice, long_text, text, whole_number
from crm.touchpoints.models import CHANNELS

KINDS = (
    ("conversation.resolved", _l("a conversation is resolved")),
    ("call.logged", _l("a call is logged")),
    ("visit.logged", _l("a visit is logged")),
    ("purchase.made", _l("a purchase is made")),
    ("form.submitted", _l("a form is submitted")),
)


class SurveyForm(FlaskForm):
    name = text(_l("Name"), 120, InputRequired(_l("Give the survey a name.")))
    question_en = long_text(_l("Question in English"), 300, description=_l("Empty: our wording. {firm} becomes your firm's name."))
    question_de = long_text(_l("Question in German (Sie)"), 300)
    question_de_du = long_text(_l("Question in German (Du)"), 300)
    cooldown_days = whole_number(_l("Ask the same person again after, in days"), 0, 3650)
    expires_days = whole_number(_l("The link is good for, in days"), 1, 365)

    def wording(self) -> dict[str, dict[str, str]]:
        texts = {"en": self.question_en.data, "de": self.question_de.data, "de-du": self.question_de_du.data}
        return {key: {"question": question} for key, question in texts.items() if question}


class RuleForm(FlaskForm):
    kind = choice(_l("Ask after"), dict(KINDS))
    survey_id = SelectField(_l("Survey"), coerce=int)
    touchpoint_id = SelectField(_l("Only at the touchpoint"), coerce=int)
    channel = choice(_l("Only on the channel"), {"": _l("any channel")} | {key: marks.CHANNELS[key][1] for key in CHANNELS})
    delay_minutes = whole_number(_l("Delay in minutes"), 0, 43200)
    share = whole_number(_l("Share asked, in per cent"), 1, 100)
    active = BooleanField(_l("Active"), default=True)
