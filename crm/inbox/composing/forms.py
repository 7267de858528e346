"""What people fill in to save a reply."""

from __future__ import annotations

import os
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Regexp, ValidationError

from crm.accounts.models import Department
from crm.accounts.preferences import preference
from crm.extensions import db
from crm.fields import long_text, options, text
from crm.inbox import queries
from crm.inbox.composing import filling
from crm.inbox.composing.attaching import MEGABYTE, attach
from crm.inbox.composing.models import SavedReply
from crm.inbox.forms import uploads
from crm.settings import LOCALES

LONGEST = 20_000


class SavedReplyForm(FlaskForm):
    name = text(_l("Name"), 80, InputRequired(_l("Enter a name.")))
    shortcut = text(_l("Shortcut"), 20, Regexp(r"[\w-]*\Z", message=_l("Use letters, digits and hyphens.")), description=_l("What you type after the semicolon to find it."))
    body_en = long_text(_l("Text in English"), LONGEST, rows=7)
    body_de = long_text(_l("Text in German"), LONGEST, rows=7)
    mailbox_id = SelectField(_l("Mailbox"), coerce=int)
    department_id = SelectField(_l("Department"), coerce=int)
    files = MultipleFileField(_l("Attachments"), description=_l("They go with what is written from it."))
    kept = SelectMultipleField(coerce=int, validate_choice=False)
    shared = BooleanField(_l("Colleagues can use it too"), default=True)

    def __init__(self, *args: Any, saved: SavedReply | None = None, **kwargs: Any):
        bodies = {f"body_{language}": body for language, body in saved.bodies.items()} if saved else {}
        super().__init__(*args, data=bodies | (shown(saved) if saved else {}), **kwargs)
        departments = db.session.scalars(db.select(Department).where(Department.archived_at.is_(None)).order_by(Department.position, Department.id))
        self.mailbox_id.choices = options([(0, _("all")), *((row.id, row.name) for row in queries.mailboxes())])
        self.department_id.choices = options([(0, _("all")), *((row.id, row.label) for row in departments)])

    @property
    def bodies(self) -> list[tuple[str, TextAreaField]]:
        return [(language, self[f"body_{language}"]) for language in LOCALES]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        fine = super().validate(*args, **kwargs)
        if not any(field.data for _language, field in self.bodies):
            self.body_en.errors = [*self.body_en.errors, _("Write the text in one language at least.")]
            return False
        return fine

    def validate_files(self, field: Any) -> None:
        """Known without reading them."""
        most, files = preference("largest_file"), [file for file in field.data or () if file and file.filename]
        if sum(size_of(file) for file in files) > most * MEGABYTE:
            for file in files:
                file.close()
            raise ValidationError(_("At most %(most)s MB together.", most=most))

    def validate_body_en(self, field: TextAreaField) -> None:
        unknown = filling.unknown(field.data or "")
        if unknown:
            raise ValidationError(_("Nothing fills %(placeholders)s. The placeholders are below.", placeholders=", ".join(unknown)))

    validate_body_de = validate_body_en

    def fill(self, saved: SavedReply) -> None:
        saved.name, saved.shortcut, saved.shared = self.name.data, self.shortcut.data.lower(), self.shared.data
        saved.bodies = {language: field.data for language, field in self.bodies if field.data}
        saved.mailbox_id, saved.department_id = self.mailbox_id.data or None, self.department_id.data or None
        saved.files = [file for file in saved.files if file.id in (self.kept.data or ())]
        attach(saved, uploads(self.files.data))


def size_of(file: FileStorage) -> int:
    file.seek(0, os.SEEK_END)
    size = file.tell()
    file.seek(0)
    return size


def shown(saved: SavedReply) -> dict[str, Any]:
    return {name: getattr(saved, name) for name in ("name", "shortcut", "mailbox_id", "department_id", "shared")}
