"""What there can be only one of: a primary address of each kind, a first organisation, a parent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crm.contacts.models import Address, Affiliation, Contact, Organisation
from crm.extensions import db
from crm.merging.journal import Journal, rows_where

ADDRESSES, AFFILIATIONS, ORGANISATIONS = Address.__table__, Affiliation.__table__, Organisation.__table__


def one_first_of_each(journal: Journal, organisation_id: int | None) -> None:
    """The survivor's primary addresses stay the primary ones; of the affiliations it is the one with the organisation that was chosen."""
    merge = journal.merge
    mine, others = (rows_where(ADDRESSES, (ADDRESSES.c.contact_id == ident) & ADDRESSES.c.primary) for ident in (merge.survivor_id, merge.merged_id))
    taken = {row["kind"] for row in mine}
    for row in others:
        if row["kind"] in taken:
            journal.overwrite(ADDRESSES, row, {"primary": False})
    first = AFFILIATIONS.c.contact_id.in_((merge.survivor_id, merge.merged_id)) & AFFILIATIONS.c.primary
    for row in rows_where(AFFILIATIONS, first & AFFILIATIONS.c.valid_until.is_(None)):
        if row["organisation_id"] != organisation_id:
            journal.overwrite(AFFILIATIONS, row, {"primary": False})


def untangle_parents(journal: Journal, values: dict[str, Any]) -> None:
    """No organisation may come to stand above itself: between the two, and further up."""
    merge = journal.merge
    kept, gone = (rows_where(ORGANISATIONS, ORGANISATIONS.c.id == ident)[0] for ident in (merge.survivor_id, merge.merged_id))
    if kept["parent_id"] == merge.merged_id:
        journal.overwrite(ORGANISATIONS, kept, {"parent_id": None})
        values.setdefault("parent_id", gone["parent_id"])
    wanted = values.get("parent_id", kept["parent_id"])
    if wanted == merge.merged_id:
        wanted = gone["parent_id"]
    values["parent_id"] = None if _stands_below(wanted, {merge.survivor_id, merge.merged_id}) else wanted


def _stands_below(ident: int | None, tops: set[int]) -> bool:
    """Whether one comes, going up from `ident`, to one of `tops`."""
    seen: set[int] = set()
    while ident and ident not in seen:
        if ident in tops:
            return True
        seen.add(ident)
        ident = db.session.scalar(select(Organisation.parent_id).where(Organisation.id == ident))
    return False


def fit_again(merged: Contact, survivor: Contact, before: int | None) -> None:
    """After undoing: what was made the first on the survivor meanwhile may have gone back. Nobody has two firsts, nor belongs
    where only the other does; `before`: where the survivor belonged when they were merged."""
    for contact in (merged, survivor):
        for kind in {address.kind for address in contact.addresses}:
            firsts = [address for address in contact.addresses if address.kind == kind and address.primary]
            for address in firsts[1:]:
                address.primary = False
        present = [one for one in contact.affiliations if one.primary and not one.ended]
        for affiliation in present[1:]:
            affiliation.primary = False
    if survivor.organisation_id not in (None, before) and _went_back(merged, survivor):
        survivor.organisation = None
        heir = next((one for one in survivor.affiliations if not one.ended), None)
        if heir is not None:
            heir.make_primary()


def _went_back(merged: Contact, survivor: Contact) -> bool:
    """The affiliation that the survivor's organisation comes from is the merged one's."""
    firm = survivor.organisation_id
    return any(one.organisation_id == firm for one in merged.affiliations) and all(one.organisation_id != firm for one in survivor.affiliations)
