"""Looking for duplicates: at everybody, or at those who came or changed since. Slices, for the caller to commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.contacts import matching
from crm.contacts.matching import Pair
from crm.duplicates import changing
from crm.duplicates.grouping import regroup
from crm.duplicates.keeping import put_down
from crm.duplicates.models import CLAIMED_FOR, DuplicateScan
from crm.extensions import db, transaction_mode

FOUND = 90  # percent when all pairs are found and only have to be put down


def begin(by: User | None = None) -> DuplicateScan:
    """A scan of everybody; the one that is running, if there is one."""
    found = running()
    if found is None:
        found = DuplicateScan(by_id=by.id if by else None, state="running", percent=0, marks={})
        db.session.add(found)
        db.session.flush()
    return found


def running() -> DuplicateScan | None:
    return db.session.scalars(select(DuplicateScan).where(DuplicateScan.state == "running").order_by(DuplicateScan.id).limit(1)).first()


def last() -> DuplicateScan | None:
    """The last one that reached its end."""
    return db.session.scalars(select(DuplicateScan).where(DuplicateScan.state == "done").order_by(DuplicateScan.id.desc()).limit(1)).first()


def carry_out(ident: int, find: Callable[[], list[Pair]]) -> Iterator[None]:
    """The whole scan. It stops where the caller may commit."""
    marks = changing.marks()
    pairs = find()
    for done in put_down(pairs):
        advance(ident, FOUND + (99 - FOUND) * done / max(len(pairs), 1))
        yield
    regroup()
    scan = db.session.get_one(DuplicateScan, ident)
    scan.marks, scan.found, scan.percent = marks, len(pairs), 100
    scan.finish()
    yield


def advance(ident: int, percent: float) -> None:
    scan = db.session.get_one(DuplicateScan, ident)
    scan.percent = max(scan.percent, int(percent))
    scan.claimed_until = clock.now() + CLAIMED_FOR


def changed_since(scan: DuplicateScan) -> tuple[dict[str, int], set[int], list[Pair]]:
    """How far the tables reach now, who came or changed since that scan, and the pairs they take part in."""
    marks = changing.marks()
    changed = changing.since(scan.marks) if marks != scan.marks else set()
    return marks, changed, list(matching.pairs(among=changed)) if changed else []


def remember(ident: int, marks: dict[str, int], *, anything: bool) -> None:
    if anything:
        regroup()
    db.session.get_one(DuplicateScan, ident).marks = marks


@contextmanager
def transactions(mode: str) -> Iterator[None]:
    """DEFERRED while we only read, so that on SQLite nobody who writes has to wait for us."""
    token = transaction_mode.set(mode)
    try:
        yield
    finally:
        transaction_mode.reset(token)
