"""Reads of imports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select

from crm.accounts.models import User
from crm.importing.models import BUSY, Import, ImportRow


def listing() -> Select:
    """The columns of the history of imports."""
    return select(
        Import.id, Import.filename, Import.kind, Import.state, Import.created, Import.updated, Import.unchanged, Import.refused, Import.kept, Import.created_at, User.name.label("by_name"),
    ).outerjoin(User, User.id == Import.by_id)


def at_rest_since(moment: datetime) -> Select[Import]:
    """Those whose file is still there although nobody did anything with it since."""
    last = func.coalesce(Import.reverted_at, Import.finished_at, Import.started_at, Import.created_at)
    return select(Import).where(Import.blob != "", Import.state.not_in(BUSY), last < moment).order_by(Import.id)


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
