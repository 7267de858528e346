"""Reads of imports."""

from __future__ import annotations

from sqlalchemy import Select, select

from crm.accounts.models import User
from crm.importing.models import Import, ImportRow


def listing() -> Select:
    """The columns of the history of imports."""
    return select(
        Import.id, Import.filename, Import.kind, Import.state, Import.created, Import.updated, Import.unchanged, Import.refused, Import.kept, Import.created_at, User.name.label("by_name"),
    ).outerjoin(User, User.id == Import.by_id)


def refusals(ident: int, limit: int = 20) -> Select:
    """The first rows that were not taken."""
    return select(ImportRow.number, ImportRow.reason).where(ImportRow.import_id == ident, ImportRow.action == "refused").order_by(ImportRow.number).limit(limit)


def remarks(ident: int, limit: int = 20) -> Select:
    """Rows that were taken, but of which something was left out or kept elsewhere."""
    taken = select(ImportRow.number, ImportRow.reason).where(ImportRow.import_id == ident, ImportRow.action != "refused", ImportRow.reason != "", ImportRow.reverted == "")
    return taken.order_by(ImportRow.number).limit(limit)


def stayed(ident: int, limit: int = 100) -> Select:
    """What a reversal could not take back, and why."""
    kept = select(ImportRow.number, ImportRow.reason, ImportRow.contact_id).where(ImportRow.import_id == ident, ImportRow.reverted.in_(("partly", "kept")))
    return kept.order_by(ImportRow.number).limit(limit)
