"""The log box: what somebody did with a customer, and what comes next."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask_babel import get_timezone
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from crm import clock
from crm.dates.due_dates import Due, Unreadable, at_time, read, split
from crm.fields import choice, ident, long_text, one_line, options, text
from crm.formatting import formats
from crm.marks import channel_icon
from crm.timeline import choices
from crm.timeline.wording import OUTCOMES, RATINGS

CHANNELS = (("phone", _l("Phone")), ("in_person", _l("Visit")), ("email", _l("Email")), ("letter", _l("Letter")), ("chat", _l("Chat")), ("other", _l("Other")))
DIRECTIONS = (("outbound", _l("We contacted them")), ("inbound", _l("They contacted us")), ("internal", _l("Note among ourselves")))


class LogForm(Form):
    """Nothing but a word on what happened is needed; whatever is left out is guessed or stays open."""

    body = long_text(_l("What happened?"), 20_000)
    channel = RadioField(_l("Channel"), [InputRequired(_l("Choose how you were in touch."))], choices=options(CHANNELS), default="phone")
    direction = RadioField(_l("Direction"), [InputRequired(_l("Choose who contacted whom."))], choices=options(DIRECTIONS), default="outbound")
    touchpoint_id = SelectField(_l("Touchpoint"), [Optional()], coerce=ident)
    outcome = choice(_l("Outcome"), {"": "", **OUTCOMES}, Optional())
    self_rating = choice(_l("How did it go for the customer?"), {"": "", **RATINGS}, Optional(), coerce=ident)
    happened_at = StringField(_l("When"), [Optional()])
    private = BooleanField(_l("Private note: only I see it"))
    next_step = text(_l("Next step"), 300)
    next_due = StringField(_l("By when"), filters=[one_line])

    due: Due | None = None
    moment: datetime | None = None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.touchpoint_id.choices = options(((one.id, one.label) for one in choices.touchpoints()), empty="")

    def validate(self, extra_validators: Any = None) -> bool:
        sound = super().validate(extra_validators)
        if sound and not (self.body.data or self.outcome.data or self.has_next_step):
            self.body.errors = [_("Write what happened, or choose an outcome.")]
            sound = False
        return sound

    @property
    def has_next_step(self) -> bool:
        return bool(self.next_step.data or self.next_due.data)

    def validate_happened_at(self, field: Any) -> None:
        try:
            local = datetime.fromisoformat(field.data)
            self.moment = at_time(local.date(), time(local.hour, local.minute), str(get_timezone()))
        except (ValueError, OverflowError) as error:
            raise ValidationError(_("Write day and time like 2026-11-21 14:30.")) from error
        if self.moment > clock.now():
            raise ValidationError(_("This lies in the future. Plan it as a next step instead."))

    def validate_next_due(self, field: Any) -> None:
        """A date written into the next step itself counts as well."""
        now, zone = clock.now(), str(get_timezone())
        if not field.data:
            title, self.due = split(self.next_step.data, now, zone)
            self.next_step.data = title
            return
        try:
            self.due = read(field.data, now, zone, formats().language)
        except Unreadable as error:
            raise ValidationError(str(error)) from error


def log_channels() -> list[tuple[str, Any, str]]:
    return [(key, label, channel_icon(key)) for key, label in CHANNELS]
