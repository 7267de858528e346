"""Changing a reply that waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import ValidationError
from wtforms.validators import InputRequired

from crm.dates.due_dates import Unreadable
from crm.fields import long_text, text
from crm.formatting import formats
from crm.inbox.forms import LONGEST
from crm.inbox.scheduling.models import ScheduledReply
from crm.inbox.scheduling.times import read_time


class PlannedForm(FlaskForm):
    body = long_text(_l("Text"), LONGEST, InputRequired(_l("Write something first.")), rows=8)
    send_at = text(_l("Send at"), 60, InputRequired(_l("Say when.")), description=_l("For example: tomorrow 8:00, monday, 24.12. 14:30"))
    moment: datetime | None = None

    def __init__(self, *args: Any, row: ScheduledReply, **kwargs: Any):
        super().__init__(*args, data={"body": row.text, "send_at": shown(row.send_at)}, **kwargs)
        self.row = row

    def validate_send_at(self, field: Any) -> None:
        try:
            self.moment = self.row.send_at if field.data == shown(self.row.send_at) else read_time(field.data or "", current_user)
        except Unreadable as error:
            raise ValidationError(str(error)) from error


def shown(at: datetime) -> str:
    """As the form has it, and reads it again."""
    local = formats().local(at)
    return f"{local.day}.{local.month}.{local.year} {local.hour:02}:{local.minute:02}"
