"""Where a conversation that was merged lives on."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from crm.extensions import db
from crm.inbox.joining.models import ConversationJoin

STANDING = (ConversationJoin.kind == "merge") & ConversationJoin.undone_at.is_(None)


def survivors(idents: Iterable[int]) -> dict[int, int]:
    """Of those that were merged: number → number of the one that lives, however many steps further."""
    found = {ident: ident for ident in idents}
    while found and (step := _next(set(found.values()))):
        found = {ident: step.get(survivor, survivor) for ident, survivor in found.items()}
    return {ident: survivor for ident, survivor in found.items() if ident != survivor}


def _next(idents: set[int]) -> dict[int, int]:
    rows = select(ConversationJoin.source_id, ConversationJoin.target_id).where(STANDING, ConversationJoin.source_id.in_(idents))
    return {row.source_id: row.target_id for row in db.session.execute(rows)}
