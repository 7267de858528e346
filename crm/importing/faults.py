"""What can be wrong with a file as a whole, and with one row of it, in words for the person who chose it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from crm.errors import Refused
from crm.importing import wording


class Unfit(ValueError):
    """This row cannot be taken; `field` is what is wrong with it."""

    def __init__(self, field: str, reason: str):
        self.field, self.reason = field, reason
        super().__init__(reason)

    @property
    def sentence(self) -> str:
        label = wording.FIELD_NAMES.get(self.field) or wording.HISTORY_NAMES.get(self.field) or self.field
        return f"{label}: {self.reason}" if self.field else self.reason


class Unreadable(Refused):
    """The file cannot be read as a table; nothing of it was taken."""

    def __init__(self, key: str, **told: Any):
        self.key = key
        super().__init__(SENTENCES[key](**told))


SENTENCES: dict[str, Callable[..., str]] = {
    "binary": lambda kind: _("This is a file of another kind (%(kind)s), whatever its name says. Save it as CSV, XLSX or vCard.", kind=kind),
    "no_text": lambda: _("This is no text. Save it as CSV, XLSX or vCard."),
    "empty": lambda: _("There is no row in this file."),
    "too_large": lambda megabytes: _("This file is larger than %(n)d MB. Split it, or use the command crm import on the server.", n=megabytes),
    "too_many_columns": lambda most: _("This table has more than %(n)d columns.", n=most),
    "endless_cell": lambda line: _("The cell that begins before line %(line)d does not end. Is a quotation mark missing? Nothing was taken.", line=line),
    "spreadsheet": lambda: _("This spreadsheet cannot be opened: it is damaged, protected by a password, or no spreadsheet at all."),
    "bomb": lambda: _("This spreadsheet would unpack to more than is sensible for a list of people. Save the sheet as CSV and try again."),
    "no_sheet": lambda: _("This spreadsheet has no sheet with rows."),
    "no_card": lambda: _("There is no card in this file."),
    "companies": lambda: _("This is a list of organisations, not of people. Import a list of contacts: the organisations it names come along, with domain, industry, website and address when it has columns for them."),
    "unknown_columns": lambda: _("None of the columns could be understood. The first row must name them, such as first_name, last_name, email, phone, external_id."),
    "mapping": lambda why: _("The mapping cannot be read: %(why)s", why=why),
    "encoding": lambda: _("The file cannot be read in this encoding."),
}
