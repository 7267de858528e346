"""The worker's part: scan everybody, look at what changed, and take up what a worker left."""

from __future__ import annotations

import logging

from crm import queue
from crm.contacts import matching
from crm.contacts.matching import Pair
from crm.duplicates import scanning
from crm.duplicates.models import DuplicateScan, claim
from crm.extensions import db

log = logging.getLogger(__name__)


def scan(ident: int | None = None) -> None:
    """Look at everybody. Harmless when another process does already."""
    if ident is None:
        ident = scanning.begin().id
    mine = claim(ident)
    db.session.commit()
    if mine:
        try:
            carry_out(ident)
        except Exception:
            db.session.rollback()
            db.session.get_one(DuplicateScan, ident).finish("failed")
            db.session.commit()
            log.exception("The scan for duplicates %s broke off", ident)


def carry_out(ident: int) -> None:
    for _slice in scanning.carry_out(ident, lambda: everybody(ident)):
        db.session.commit()


def everybody(ident: int) -> list[Pair]:
    """The pairs among all contacts."""
    db.session.commit()
    with scanning.transactions("DEFERRED"):
        found = list(matching.pairs(progress=lambda done: tell(ident, done)))
        db.session.commit()
    return found


def tell(ident: int, done: float) -> None:
    """Say how far the search is. The commits also end what was read: nobody has to wait while we think."""
    db.session.commit()
    with scanning.transactions("IMMEDIATE"):
        scanning.advance(ident, scanning.FOUND * done)
        db.session.commit()


def look() -> int:
    """Those who came or changed since the last scan; the first scan of all, where there was none; what a worker left undone."""
    busy, last = scanning.running(), scanning.last()
    changed = 0
    if busy is not None or last is None:
        queue.soon("duplicates.scan", (busy or scanning.begin()).id)
    else:
        changed = look_again(last.id)
    db.session.commit()
    return changed


def look_again(ident: int) -> int:
    """Look at those who came or changed since that scan, and remember how far. How many they were."""
    db.session.commit()
    with scanning.transactions("DEFERRED"):
        marks, changed, pairs = scanning.changed_since(db.session.get_one(DuplicateScan, ident))
        db.session.commit()
    for _slice in scanning.put_down(pairs, changed) if changed else ():
        db.session.commit()
    scanning.remember(ident, marks, anything=bool(changed))
    return len(changed)
