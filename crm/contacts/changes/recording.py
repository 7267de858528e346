"""Noting changes: seen as the session writes them, and kept by the same transaction, several in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import has_request_context, request
from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import NO_VALUE
from sqlalchemy.orm.state import InstanceState

from crm import clock
from crm.accounts.models import User
from crm.accounts.trail import acting_user
from crm.contacts.changes.models import FieldChange
from crm.contacts.models import Address, Affiliation, Contact, Organisation, PostalAddress

LONGEST = 2000  # of a value; the beginning of long notes is enough to know them by


class Change(NamedTuple):
    """One change, for those who write past the session: exactly one of the ids of a contact and an organisation is given."""

    field: str
    old: Any
    new: Any
    contact_id: int | None = None
    organisation_id: int | None = None
    record: str = "contact"
    record_id: int = 0


@dataclass(frozen=True)
class Watched:
    """What is noted of one class. `named`: the field that stands for the whole record as it comes and goes."""

    record: str
    columns: frozenset[str]
    named: str = ""

    def owner(self, row: Any) -> dict[str, int | None]:
        if isinstance(row, (Contact, Organisation)):
            return {f"{self.record}_id": row.id}
        return {"contact_id": row.contact_id, "organisation_id": None if row.contact_id else getattr(row, "organisation_id", None)}


PLACE = ("type", "street", "extra", "postcode", "city", "state", "country", "valid_from", "valid_until")
WATCHED: dict[type, Watched] = {
    Contact: Watched("contact", frozenset((
        "salutation", "title", "first_name", "last_name", "address_form", "language", "lifecycle", "customer_since", "birth_date", "organisation_id",
        "owner_id", "notes", "archived_at", "restricted_at", "custom", "tags",
    ))),
    Organisation: Watched("organisation", frozenset((
        "name", "domain", "industry", "website", "phone", "notes", "parent_id", "owner_id", "archived_at", "custom", "tags",
    ))),
    Address: Watched("address", frozenset(("kind", "value", "type", "opted_out_at", "invalid_at", "valid_from", "valid_until")), "value"),
    PostalAddress: Watched("postal_address", frozenset(PLACE), "place"),
    Affiliation: Watched("affiliation", frozenset(("role", "valid_from", "valid_until")), "organisation_id"),
}
PARTS = {Address, PostalAddress, Affiliation}  # of a person or an organisation

_cause: ContextVar[tuple[str, int | None] | None] = ContextVar("cause_of_changes", default=None)


@contextmanager
def caused(provenance: str, by: User | None = None) -> Iterator[None]:
    """Whatever changes meanwhile came about like this: "import", "mail", "automation" …"""
    token = _cause.set((provenance, by.id if by else None))
    try:
        yield
    finally:
        _cause.reset(token)


def note(session: Any, changes: Iterable[Change]) -> None:
    """Write down what was changed past the session; what is as it was is left out."""
    rows = [_row(change) for change in changes if _text(change.old) != _text(change.new)]
    if rows:
        provenance, by_id = _cause_now()
        now = clock.now()
        session.execute(insert(FieldChange), [{**row, "provenance": provenance, "by_id": by_id, "at": now} for row in rows])


def _row(change: Change) -> dict[str, Any]:
    return {
        "contact_id": change.contact_id, "organisation_id": change.organisation_id, "record": change.record,
        "record_id": change.record_id or change.contact_id or change.organisation_id or 0, "field": change.field,
        "old": _text(change.old), "new": _text(change.new),
    }


def _cause_now() -> tuple[str, int | None]:
    if cause := _cause.get():
        return cause
    if not has_request_context():
        return "automation", None
    by = acting_user()
    return "api" if request.path.startswith("/api/") else "person" if by else "form", by.id if by else None


def _text(value: Any) -> str:
    if value is None or value is NO_VALUE:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)[:LONGEST]


# — what the session is about to write —


@event.listens_for(Session, "before_flush")
def _look_up(session: Session, _context: Any, _instances: Any) -> None:
    """A value that was set without having been read (after a commit rows are read anew) is not known to the session: the table still has it."""
    for row in session.dirty:
        watched = WATCHED.get(type(row))
        if watched is None:
            continue
        state = inspect(row)
        unknown = [name for name in watched.columns & state.committed_state.keys() if state.committed_state[name] is NO_VALUE]
        if unknown:
            table = type(row).__table__.c
            found = session.connection().execute(select(*(table[name] for name in unknown)).where(table.id == state.identity[0])).first()
            state.info["before"] = dict(zip(unknown, found, strict=True)) if found else {}


@event.listens_for(Session, "after_flush")
def _write(session: Session, _context: Any) -> None:
    changes = [change for row in session.dirty if type(row) in WATCHED for change in _of_changed(row, session)]
    for rows, gone in ((session.new, False), (session.deleted, True)):
        if parts := [row for row in rows if type(row) in PARTS]:
            owners = {(type(row), row.id) for row in rows if type(row) in WATCHED and type(row) not in PARTS}
            changes += [change for row in parts for change in _of_part(row, owners, gone)]
    if changes:
        note(session, changes)


def _of_changed(row: Any, session: Session) -> Iterator[Change]:
    watched, state = WATCHED[type(row)], inspect(row)
    touched = watched.columns & state.committed_state.keys()
    if not touched or row in session.deleted:
        return
    before = {**state.committed_state, **state.info.pop("before", {})}
    about = {**watched.owner(row), "record": watched.record, "record_id": row.id}
    for name in sorted(touched):
        if name == "tags":
            yield Change("tags", *_tags(state), **about)
        elif name == "custom":
            yield from _custom(before[name], row.custom, about)
        else:
            yield Change(name, before[name], state.dict.get(name), **about)


def _tags(state: InstanceState) -> tuple[str, str]:
    added, stayed, gone = ([tag.name for tag in part or ()] for part in state.attrs.tags.history)
    return ", ".join(sorted(stayed + gone)), ", ".join(sorted(stayed + added))


def _custom(before: Any, after: dict[str, Any] | None, about: dict[str, Any]) -> Iterator[Change]:
    old, new = before if isinstance(before, dict) else {}, after or {}
    for key in sorted({*old, *new}):
        yield Change(f"custom.{key}"[:80], old.get(key), new.get(key), **about)


def _of_part(row: Any, owners: set[tuple[type, int]], gone: bool) -> Iterator[Change]:
    """An address or affiliation that is new to somebody who was there before, or gone from somebody who stays."""
    watched = WATCHED[type(row)]
    about = watched.owner(row)
    owner = (Contact, row.contact_id) if about["contact_id"] else (Organisation, about["organisation_id"])
    if owner in owners or (isinstance(row, Affiliation) and row.primary):  # the primary one is a change of the contact itself
        return
    value = _named(row, watched.named)
    old, new = (value, "") if gone else ("", value)
    yield Change(watched.named, old, new, record=watched.record, record_id=row.id, **about)


def _named(row: Any, field: str) -> Any:
    if isinstance(row, PostalAddress):
        return ", ".join(part for part in (row.street, " ".join(filter(None, (row.postcode, row.city)))) if part)
    return getattr(row, field)
