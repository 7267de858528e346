"""Who somebody is to the firm, in two words: "customer since 2006", "lead", "former customer"."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

LIFECYCLE_LABELS = {"lead": _l("Lead"), "prospect": _l("Prospect"), "customer": _l("Customer"), "former": _l("Former customer")}


def standing(lifecycle: str, customer_since: date | None) -> str:
    """The standing in the reader's language."""
    if lifecycle == "customer" and customer_since:
        return gettext("customer since %(year)s", year=customer_since.year)
    return {"prospect": gettext("prospect"), "customer": gettext("customer"), "former": gettext("former customer")}.get(lifecycle) or gettext("lead")
