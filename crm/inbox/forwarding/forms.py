"""To whom a message goes, with which words and files."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectMultipleField
from wtforms.validators import InputRequired

from crm.fields import long_text, options, text
from crm.inbox.forms import LONGEST
from crm.inbox.forwarding import forwarding
from crm.inbox.models import Message


class ForwardForm(FlaskForm):
    to = text(_l("To"), 2000, InputRequired(_l("Say to whom.")), description=_l("Mail addresses, separated by commas."), autocomplete="off")
    subject = text(_l("Subject"), 400)
    body = long_text(_l("Your words"), LONGEST, rows=5)
    whole = BooleanField(_l("With everything the mail quotes"))
    files = SelectMultipleField(_l("Attachments"), coerce=int)

    def __init__(self, *args: Any, message: Message, **kwargs: Any):
        files = [(file.id, file.filename or str(file.id)) for file in message.attachments]
        shown = {
            "subject": forwarding.title(message), "to": message.from_address if message.kind == "outside" else "",
            "files": [] if message.kind == "outside" else [file.id for file in message.attachments if not file.inline],
        }
        super().__init__(*args, data=shown, **kwargs)
        self.message = message
        self.files.choices = options(files)

    @property
    def addresses(self) -> list[str]:
        return (self.to.data or "").replace(";", ",").split(",")

    @property
    def chosen(self) -> list[Any]:
        return [file for file in self.message.attachments if file.id in (self.files.data or ())]
