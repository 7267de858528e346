"""An import taken back row by row, the last one first: what it made goes, what it overwrote returns. What a person changed since stays, and is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column, Table, delete, select, update

from crm.accounts.models import User
from crm.consent.models import Consent
from crm.contacts.changes import FieldChange, caused
from crm.contacts.models import Address, Affiliation, Contact, Organisation, PostalAddress
from crm.contacts.tags import Tag, contact_tags, organisation_tags
from crm.contacts.visiting import part_visits
from crm.extensions import Model, db, fetch, rows_changed
from crm.importing import firms
from crm.importing.known import chunks, loaded
from crm.importing.models import CLAIMED_FOR, Import, ImportRow
from crm.importing.running import Overtaken
from crm.search.models import SearchDocument
from crm.timeline.models import Interaction
from crm.timeline.statistics import recount

BATCH = 300
# What belongs to a contact itself and goes with it; everything else that points at it happened since.
PARTS = {"addresses", "postal_addresses", "affiliations", "contact_tags", "import_rows", "field_changes", "consents"}
DATES = ("customer_since", "birth_date")


def carry_out(import_: Import) -> Iterator[None]:
    """Stops after each batch: the caller commits."""
    ident, cursor = import_.id, import_.cursor
    by = db.session.get(User, import_.by_id) if import_.by_id else None
    db.session.rollback()
    with caused("import", by):
        while rows := _next(ident, cursor):
            kept = take_back(rows)
            _advance(ident, cursor, rows[-1].number - 1, kept)
            yield
            cursor = rows[-1].number - 1
        remove_unused(ident)
    db.session.get_one(Import, ident).finish("reverted")
    yield


def _next(ident: int, cursor: int) -> Sequence[ImportRow]:
    query = select(ImportRow).where(ImportRow.import_id == ident, ImportRow.number <= cursor).order_by(ImportRow.number.desc()).limit(BATCH)
    return db.session.scalars(query).all()


def _advance(ident: int, cursor: int, number: int, kept: int) -> None:
    from crm import clock

    moved = update(Import).where(Import.id == ident, Import.cursor == cursor).values(cursor=number, kept=Import.kept + kept, claimed_until=clock.now() + CLAIMED_FOR)
    if rows_changed(moved) != 1:
        db.session.rollback()
        raise Overtaken(ident)


def take_back(rows: Sequence[ImportRow]) -> int:
    """Undo what these rows did; how many could not be taken back entirely."""
    updated = [row for row in rows if row.action == "updated" and row.contact_id and not row.reverted]
    bound = {row.id for row in updated if row.before and row.before.get("joined") and not part_visits(row.before["joined"])}
    contacts = loaded(row.contact_id for row in updated if row.contact_id)
    for row in updated:
        _put_back(row, contacts.get(row.contact_id or 0), ["visitor"] if row.id in bound else [])
    db.session.flush()
    created = [row for row in rows if row.action == "created" and not row.reverted]
    for row in created:
        if row.before and row.before.get("firm"):
            firms.put_back(*row.before["firm"])
    _remove_contacts([row for row in created if row.interaction_id is None and row.contact_id])
    _remove_interactions([row for row in created if row.interaction_id])
    db.session.flush()
    return sum(row.reverted in ("partly", "kept") for row in rows)


# — updated ————————————————————————————————————————————————————————————————————————————————————————————————


def _put_back(row: ImportRow, contact: Contact | None, bound: Sequence[str]) -> None:
    if contact is None or contact.merged_into_id:
        row.reverted, row.reason = "kept", _("The person was merged with another one since.")
        return
    before = row.before or {}
    stayed = [*bound, *(name for name, pair in before.get("fields", {}).items() if not _field(contact, name, *pair))]
    stayed += [f"custom.{key}" for key, pair in before.get("custom", {}).items() if not _own_field(contact, key, *pair)]
    stayed += _put_back_addresses(contact, before)
    stayed += _put_back_places(contact, before)
    stayed += _put_back_belonging(contact, before)
    stayed += firms.put_back(*before["firm"]) if before.get("firm") else []
    if not (contact.first_name or contact.last_name):
        contact.last_name = ""  # called anew: the address that was their name may be gone
    contact.tags = [tag for tag in contact.tags if tag.id not in before.get("tags", ())]
    if before.get("consents"):
        db.session.execute(delete(Consent).where(Consent.id.in_(before["consents"])))
    row.reverted = "partly" if stayed else "reverted"
    if stayed:
        row.reason = _("Changed since and left as it is: %(fields)s", fields=", ".join(stayed))


def _field(contact: Contact, name: str, old: Any, new: Any) -> bool:
    present = getattr(contact, name)
    if (present.isoformat() if isinstance(present, date) else present) != new:
        return False
    setattr(contact, name, date.fromisoformat(old) if name in DATES and old else old)
    return True


def _own_field(contact: Contact, key: str, old: Any, new: Any) -> bool:
    present = contact.custom or {}
    if present.get(key) != new:
        return False
    contact.custom = {name: value for name, value in {**present, key: old}.items() if value is not None}
    return True


def _put_back_addresses(contact: Contact, before: dict[str, Any]) -> list[str]:
    """Added ones go, unless something is known of them by now that must not be lost."""
    stayed = []
    for address in [one for one in contact.addresses if one.id in before.get("addresses", ())]:
        if address.opted_out_at or address.invalid_at or address.valid_until:
            stayed.append(address.value)
        else:
            was_primary = address.primary
            contact.addresses.remove(address)
            if was_primary and (heir := contact.address(address.kind)):
                heir.primary = True
    for ident, old, new in before.get("types", ()):
        for address in contact.addresses:
            if address.id == ident and address.type == new:
                address.type = old
    return stayed


def _put_back_places(contact: Contact, before: dict[str, Any]) -> list[str]:
    stayed = []
    there = {place.id: place for place in contact.postal_addresses}
    for ident in before.get("places", ()):
        if ident in there:
            contact.postal_addresses.remove(there.pop(ident))
    for ident, parts in before.get("parts", ()):
        for part, (old, new) in parts.items():
            if ident in there and getattr(there[ident], part) == new:
                setattr(there[ident], part, old)
            else:
                stayed.append(part)
    return stayed


def _put_back_belonging(contact: Contact, before: dict[str, Any]) -> list[str]:
    there = {affiliation.id: affiliation for affiliation in contact.affiliations}
    for ident, old, new in before.get("roles", ()):
        if ident in there and there[ident].role == new:
            there[ident].role = old
    begun = [there[ident] for ident in before.get("begun", ()) if ident in there]
    if any(not affiliation.primary or affiliation.ended for affiliation in begun):
        return ["organisation"]
    for affiliation in begun:
        contact.affiliations.remove(affiliation)
        contact.organisation = None
    for ident, was_primary in before.get("ended", ()):
        if ident in there:
            there[ident].valid_until = None
            if was_primary:
                there[ident].make_primary()
    return []


# — created ————————————————————————————————————————————————————————————————————————————————————————————————


def _remove_contacts(rows: Sequence[ImportRow]) -> None:
    """People the import made go, unless something happened with them since."""
    by_id = {row.contact_id: row for row in rows if row.contact_id}
    busy = pointed_at(Contact.__table__, list(by_id), PARTS) | changed_since(by_id)
    for ident, row in by_id.items():
        row.reverted = "kept" if ident in busy else "reverted"
        if ident in busy:
            row.reason = _("Something happened with this person since; they stay.")
    gone = [ident for ident in by_id if ident not in busy]
    for part in chunks(gone):
        db.session.execute(update(ImportRow).where(ImportRow.contact_id.in_(part)).values(contact_id=None).execution_options(synchronize_session=False))
        for table in (Consent.__table__, FieldChange.__table__, contact_tags, Affiliation.__table__, PostalAddress.__table__, Address.__table__):
            db.session.execute(delete(table).where(table.c.contact_id.in_(part)))
        db.session.execute(delete(SearchDocument).where(SearchDocument.kind == "contact", SearchDocument.record_id.in_(part)))
        db.session.execute(delete(Contact.__table__).where(Contact.__table__.c.id.in_(part)))


def changed_since(by_id: dict[int, ImportRow]) -> set[int]:
    """Who was merged, or edited by a person, a program or another import: every edit has left its mark."""
    changed: set[int] = set()
    for part in chunks(list(by_id)):
        changed |= {ident for (ident,) in fetch(select(Contact.id).where(Contact.id.in_(part), Contact.merged_into_id.is_not(None)))}
        changed |= {ident for (ident,) in fetch(select(FieldChange.contact_id).where(FieldChange.contact_id.in_(part), FieldChange.provenance != "import"))}
        others = select(ImportRow.contact_id).join(Import, Import.id == ImportRow.import_id).where(
            ImportRow.contact_id.in_(part), ImportRow.action == "updated", ImportRow.import_id != next(iter(by_id.values())).import_id, Import.state.not_in(("reverted",)))
        changed |= {ident for (ident,) in fetch(others)}
    return changed


@cache
def references(table: Table) -> tuple[Column, ...]:
    """Every column of any feature that points at this table."""
    return tuple(key.parent for other in Model.metadata.tables.values() for key in other.foreign_keys if key.column.table is table)


def pointed_at(table: Table, idents: Sequence[int], parts: set[str]) -> set[int]:
    found: set[int] = set()
    for column in references(table):
        if column.table.name not in parts:
            for part in chunks(idents):
                found |= {ident for (ident,) in fetch(select(column).where(column.in_(part)).distinct())}
    return found


def _remove_interactions(rows: Sequence[ImportRow]) -> None:
    """Entries of the timeline go, unless somebody was asked about them or they were corrected; the figures are counted anew."""
    by_id = {row.interaction_id: row for row in rows if row.interaction_id}
    if not by_id:
        return
    busy = pointed_at(Interaction.__table__, list(by_id), {"import_rows"})
    interactions = [one for part in chunks(list(by_id)) for one in db.session.scalars(select(Interaction).where(Interaction.id.in_(part)))]
    people: dict[Contact, set[int | None]] = {}
    for interaction in interactions:
        row = by_id[interaction.id]
        if interaction.id in busy or interaction.superseded_by_id:
            row.reverted, row.reason = "kept", _("Something refers to this entry since; it stays.")
            continue
        row.reverted, row.interaction_id = "reverted", None
        people.setdefault(interaction.contact, set()).add(interaction.organisation_id)
    db.session.flush()
    gone = [ident for ident, row in by_id.items() if row.reverted == "reverted"]
    for part in chunks(gone):
        db.session.execute(delete(Interaction).where(Interaction.id.in_(part)).execution_options(synchronize_session=False))
    for contact, organisations in people.items():
        recount(contact, *organisations)


# — what the import made besides —————————————————————————————————————————————————————————————————————————————


def remove_unused(ident: int) -> None:
    """Organisations and tags that rows of this import were the first to name, if nobody uses them."""
    made: dict[str, list[int]] = {"organisations": [], "tags": []}
    for (before,) in fetch(select(ImportRow.before).where(ImportRow.import_id == ident, ImportRow.action != "refused")):
        for kind, idents in ((before or {}).get("made") or {}).items():
            made[kind] += idents
    _remove(Organisation.__table__, made["organisations"], {"field_changes", "organisation_tags", "postal_addresses"}, "organisation")
    _remove(Tag.__table__, made["tags"], set())


def _remove(table: Table, idents: Sequence[int], parts: set[str], kind: str = "") -> None:
    used = pointed_at(table, idents, parts)
    for part in chunks([ident for ident in idents if ident not in used]):
        if kind:
            db.session.execute(delete(PostalAddress).where(PostalAddress.organisation_id.in_(part)).execution_options(synchronize_session=False))
            db.session.execute(delete(organisation_tags).where(organisation_tags.c.organisation_id.in_(part)))
            db.session.execute(delete(FieldChange.__table__).where(FieldChange.__table__.c.organisation_id.in_(part)))
            db.session.execute(delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.record_id.in_(part)))
        db.session.execute(delete(table).where(table.c.id.in_(part)))
