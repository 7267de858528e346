"""Columns of the list of contacts that are not in its statement: asked only when they are shown, for the rows of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select

from crm import clock, formatting
from crm.contacts.choices import LANGUAGE_LABELS
from crm.contacts.models import Address, Contact, PostalAddress
from crm.extensions import fetch

Cells = Mapping[int, Any]
REACHING = ("email", "phone", "customer_number")
OWN: Mapping[str, Callable[[Any], str]] = {
    "language": lambda code: str(LANGUAGE_LABELS.get(code, code)) if code else "", "customer_since": formatting.day, "birth_date": formatting.day,
    "created": lambda moment: formatting.day(moment),
}
_ids: Any = bindparam("ids", expanding=True)
_today: Any = bindparam("today", type_=Address.valid_until.type)
# By the contacts alone: asked for the kinds, too, the planner would rather read an index of all addresses of these kinds.
ADDRESSES = (
    select(Address.contact_id, Address.kind, Address.value)
    .where(Address.contact_id.in_(_ids), or_(Address.valid_until.is_(None), Address.valid_until > _today))
    .order_by(Address.primary.desc(), Address.id)
)
CITIES = (
    select(PostalAddress.contact_id, PostalAddress.city)
    .where(PostalAddress.contact_id.in_(_ids), PostalAddress.city != "", or_(PostalAddress.valid_until.is_(None), PostalAddress.valid_until > _today)).order_by(PostalAddress.id)
)
OF_CONTACT = select(Contact.id, Contact.language, Contact.customer_since, Contact.birth_date, Contact.created_at.label("created")).where(Contact.id.in_(_ids))


def further(ids: Sequence[int], shown: Iterable[str]) -> Mapping[str, Cells]:
    """Column → contact → what stands there, in the order of `shown`; at most three statements, none for the usual columns."""
    wanted = [name for name in shown if name in REACHING or name in OWN or name == "city"]
    cells: dict[str, dict[int, Any]] = {name: {} for name in wanted}
    if any(name in REACHING for name in wanted):
        for ident, kind, value in fetch(ADDRESSES, {"ids": ids, "today": clock.today()}):
            if kind in cells:
                cells[kind].setdefault(ident, value)
    if "city" in wanted:
        for ident, city in fetch(CITIES, {"ids": ids, "today": clock.today()}):
            cells["city"].setdefault(ident, city)
    if own := [name for name in wanted if name in OWN]:
        for row in fetch(OF_CONTACT, {"ids": ids}):
            for name in own:
                cells[name][row.id] = OWN[name](getattr(row, name))
    return cells
