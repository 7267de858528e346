"""An export as a whole: which records, in which form, and the entry in the audit trail that says who took it and why. Never commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, stream_with_context

from crm import clock
from crm.accounts.trail import audit
from crm.contacts.exporting import gathering
from crm.contacts.exporting.columns import columns
from crm.contacts.exporting.tables import as_csv, as_xlsx
from crm.contacts.exporting.vcards import as_vcards
from crm.extensions import transaction_mode

GATHERED = {"contact": gathering.contacts, "organisation": gathering.organisations}
TYPES = {
    "csv": ("csv", "text/csv; charset=utf-8"), "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "vcard": ("vcf", "text/vcard; charset=utf-8"),
}
FORMATS = {"contact": ("csv", "xlsx", "vcard"), "organisation": ("csv", "xlsx")}


def pieces(about: str, ids: Sequence[int], format: str, chosen: Sequence[str] = (), delimiter: str = ",") -> Iterator[bytes]:
    """The file in pieces; with no `chosen` groups of columns it has all."""
    records = GATHERED[about](ids)
    if format == "vcard":
        return as_vcards(records)
    wanted = columns(about, chosen)
    return as_xlsx(records, wanted) if format == "xlsx" else as_csv(records, wanted, delimiter)


def note(about: str, ids: Sequence[int], format: str, **detail: Any) -> None:
    """Who takes what out of the house, of how many, chosen how, and why."""
    audit(f"{about}s.exported", None, format=format, records=len(ids), **{name: value for name, value in detail.items() if value})


def download(about: str, ids: Sequence[int], format: str, chosen: Sequence[str] = (), delimiter: str = ",") -> Response:
    """Sent while it is read. Reading takes no lock: whoever calls has written what it had to, and commits before the first piece is asked for."""
    ending, type = TYPES[format]
    transaction_mode.set("DEFERRED")
    response = Response(stream_with_context(pieces(about, ids, format, chosen, delimiter)), content_type=type)
    response.headers.set("Content-Disposition", "attachment", filename=f"{about}s-{clock.today():%Y-%m-%d}.{ending}")
    response.headers["Cache-Control"] = "private, no-store"
    return response
