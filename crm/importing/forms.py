"""The forms of imports: which file, and what becomes of its columns."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import FieldList, RadioField, SelectField, ValidationError
from wtforms.validators import Optional

from crm.contacts import custom
from crm.fields import choice, options
from crm.importing import decoding, preparing, wording
from crm.importing.models import Import

DELIMITER_NAMES = {";": _l("semicolon"), ",": _l("comma"), "\t": _l("tab"), "|": _l("vertical bar")}


class UploadForm(FlaskForm):
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    kind = RadioField(_l("What is in it"), choices=options(wording.KIND_NAMES), default="contacts")

    def validate_file(self, field: FileField) -> None:
        stream = field.data.stream
        size = stream.seek(0, 2)
        stream.seek(0)
        if size > preparing.LARGEST << 20:
            raise ValidationError(_("This file is larger than %(n)d MB. Split it, or use the command crm import on the server.", n=preparing.LARGEST))
        if not size:
            raise ValidationError(_("This file is empty."))


class MappingForm(FlaskForm):
    """A select for each column, and what is to become of rows about people who are known."""

    fields = FieldList(SelectField(validators=[Optional()]))
    mode = RadioField(_l("People who are known already"), choices=options(wording.MODE_NAMES))
    similar = RadioField(_l("Rows that look like somebody known, though no address says so"), choices=options(wording.SIMILAR_NAMES))
    encoding = choice(_l("Encoding"), {name: decoding.NAMES.get(name, name) for name in decoding.OFFERED}, Optional())
    delimiter = choice(_l("Separator"), DELIMITER_NAMES, Optional())

    def __init__(self, import_: Import, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs, data={
            "fields": import_.mapping, "mode": import_.mode, "similar": import_.similar, "encoding": import_.encoding, "delimiter": import_.delimiter,
        })
        while len(self.fields) < len(import_.header):
            self.fields.append_entry()
        offered = options(targets(import_.kind), empty=_("– leave out –"))
        for entry, label in zip(self.fields, import_.header, strict=False):
            entry.choices = offered
            entry.label.text = label
        if import_.encoding not in decoding.OFFERED:
            self.encoding.choices = [*options({import_.encoding: decoding.NAMES.get(import_.encoding, import_.encoding)}), *self.encoding.choices]
        if import_.kind != "contacts":
            del self.mode, self.similar
        if import_.format != "csv":
            del self.encoding, self.delimiter

    def apply(self, import_: Import) -> bool:
        """Whether the file has to be read anew because it is written differently than we thought."""
        import_.mapping = [entry.data or "" for entry in self.fields][: len(import_.header)]
        if self.mode:
            import_.mode, import_.similar = self.mode.data, self.similar.data
        return bool(self.encoding) and (self.encoding.data, self.delimiter.data) != (import_.encoding, import_.delimiter)


def targets(kind: str) -> dict[str, Any]:
    if kind != "contacts":
        return wording.HISTORY_NAMES
    return {**wording.FIELD_NAMES, **{field.path: field.label for field in custom.defined("contact")}}
