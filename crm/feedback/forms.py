"""The forms of surveys and of the rules that ask."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from crm import marks
from crm.touchpoints.models import CHANNELS

KINDS = (
    ("conversation.resolved", _l("a conversation is resolved")),
    ("call.logged", _l("a call is logged")),
    ("visit.logged", _l("a visit is logged")),
    ("purchase.made", _l("a purchase is made")),
    ("form.submitted", _l("a form is submitted")),
)


def _number(label: object, low: int, high: int) -> IntegerField:
    return IntegerField(label, [InputRequired(_l("Give a number.")), NumberRange(low, high, _l("Give a number from %(min)s to %(max)s."))])


class SurveyForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired(_l("Give the survey a name.")), Length(max=120)])
    question_en = TextAreaField(_l("Question in English"), [Length(max=300)], description=_l("Empty: our wording. {firm} becomes your firm's name."))
    question_de = TextAreaField(_l("Question in German (Sie)"), [Length(max=300)])
    question_de_du = TextAreaField(_l("Question in German (Du)"), [Length(max=300)])
    cooldown_days = _number(_l("Ask the same person again after, in days"), 0, 3650)
    expires_days = _number(_l("The link is good for, in days"), 1, 365)

    def wording(self) -> dict[str, dict[str, str]]:
        texts = {"en": self.question_en.data, "de": self.question_de.data, "de-du": self.question_de_du.data}
        return {key: {"question": text.strip()} for key, text in texts.items() if text and text.strip()}


class RuleForm(FlaskForm):
    kind = SelectField(_l("Ask after"), choices=[SelectChoice(*pair) for pair in KINDS])
    survey_id = SelectField(_l("Survey"), coerce=int)
    touchpoint_id = SelectField(_l("Only at the touchpoint"), coerce=int)
    channel = SelectField(_l("Only on the channel"), choices=[SelectChoice("", _l("any channel")), *(SelectChoice(key, marks.CHANNELS[key][1]) for key in CHANNELS)])
    delay_minutes = _number(_l("Delay in minutes"), 0, 43200)
    share = _number(_l("Share asked, in per cent"), 1, 100)
    active = BooleanField(_l("Active"), default=True)
