"""The people of a segment as CSV. Who took it, when and why stands in the audit trail."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response
from sqlalchemy import Select, select

from crm.accounts.models import User
from crm.accounts.trail import audit
from crm.contacts import custom
from crm.contacts.exporting import harmless
from crm.contacts.models import Address, Contact, Organisation
from crm.extensions import db
from crm.segments.compiling import ALIVE, condition
from crm.segments.models import Segment
from crm.segments.rules import parse


def _address(kind: str) -> Any:
    """The address of a kind that is in use and not marked as invalid; the primary one first."""
    return (
        select(Address.value).where(Address.contact_id == Contact.id, Address.kind == kind, Address.valid_until.is_(None), Address.invalid_at.is_(None))
        .order_by(Address.primary.desc(), Address.id).limit(1).correlate(Contact).scalar_subquery()
    )


COLUMNS = {
    "id": Contact.id, "first_name": Contact.first_name, "last_name": Contact.last_name, "title": Contact.title, "salutation": Contact.salutation,
    "language": Contact.language, "email": _address("email"), "phone": _address("phone"), "customer_number": _address("customer_number"),
    "organisation": Organisation.name, "lifecycle": Contact.lifecycle, "customer_since": Contact.customer_since, "owner": User.name,
    "last_in_at": Contact.last_in_at, "last_out_at": Contact.last_out_at, "nps": Contact.nps_score, "value": Contact.value,
}


def export(segment: Segment, reason: str = "", provenance: str = "person") -> Response:
    """The CSV of everybody who is in the segment now, and the entry in the audit trail. Never commits."""
    rows = db.session.execute(_people(segment)).all()
    audit("segment.exported", segment, name=segment.name, people=len(rows), reason=reason, provenance=provenance)
    out = io.StringIO(newline="")
    writer, own = csv.writer(out), custom.defined("contact")
    writer.writerow([*COLUMNS, *(field.path for field in own)])
    writer.writerows([*(harmless(value) for value in row[:-1]), *(_own(field, row[-1]) for field in own)] for row in rows)
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"segment-{segment.id}.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _people(segment: Segment) -> Select:
    query = select(*(column.label(name) for name, column in COLUMNS.items()), Contact.custom)
    query = query.select_from(Contact).outerjoin(Organisation, Organisation.id == Contact.organisation_id).outerjoin(User, User.id == Contact.owner_id)
    return query.where(*ALIVE, condition(parse(segment.rule))).order_by(Contact.sort_name, Contact.id)


def _own(field: custom.OwnField, kept: dict[str, Any] | None) -> str:
    value = (kept or {}).get(field.key)
    return harmless(value if isinstance(value, (int, float)) and not isinstance(value, bool) else field.written(value))
