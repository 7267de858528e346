"""What somebody says who exports."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from crm.contacts.exporting.columns import groups
from crm.contacts.exporting.writing import FORMATS
from crm.fields import choice, text
from crm.formatting import formats

FORMAT_LABELS = {"csv": _l("CSV, for other programs"), "xlsx": _l("Excel (XLSX)"), "vcard": _l("vCard, for address books and telephones")}
WHICH_LABELS = {"all": _l("everything"), "list": _l("what the list shows"), "chosen": _l("only the ones ticked below")}
DELIMITERS = {",": _l("comma"), ";": _l("semicolon (Excel in German)")}


class ExportForm(FlaskForm):
    format = choice(_l("File"), FORMAT_LABELS, DataRequired())
    delimiter = choice(_l("Between the columns of a CSV"), DELIMITERS)
    which = choice(_l("Columns"), WHICH_LABELS)
    columns = SelectMultipleField(_l("Only these columns"), option_widget=CheckboxInput(), widget=ListWidget())
    reason = text(_l("What for"), 300, description=_l("Stands in the log of exports with your name, the time and the filters."))

    def __init__(self, about: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.format.choices = [(key, FORMAT_LABELS[key]) for key in FORMATS[about]]
        self.columns.choices = [(group.key, group.label) for group in groups(about)]

    @classmethod
    def beginning(cls, about: str) -> ExportForm:
        """As it is before anybody said anything: read from no request."""
        return cls(about, formdata=None, format="csv", delimiter=";" if formats().language == "de" else ",", which="all", columns=[])
