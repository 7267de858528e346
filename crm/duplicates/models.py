"""Pairs of contacts that may be one person, and the scans that find them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, or_, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.contacts.matching import Evidence
from crm.contacts.matching.evidence import because
from crm.contacts.models import Contact
from crm.extensions import Identified, Model, rows_changed

STATES = ("open", "later", "rejected")  # a pair of which one was merged is no question any more, until the merge is undone
VERDICTS = ("same", "likely")
CLAIMED_FOR = timedelta(minutes=5)  # a worker that says nothing for so long is gone


class DuplicatePair(Identified, Model):
    """Two contacts who may be one person; left_id < right_id. What people decided about it outlives every scan.

    `cluster` is the smallest id of all who hang together by open pairs, `rank` the best score among these: the order of the queue.
    """

    __tablename__ = "duplicate_pairs"
    __table_args__ = (UniqueConstraint("left_id", "right_id"), Index(None, "right_id"), Index(None, "state", "rank", "cluster"), Index(None, "cluster"))

    left_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    right_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    score: Mapped[float]  # the probability that they are one, 0 to 1
    verdict: Mapped[str] = mapped_column(String(8))
    evidence: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [key, parameter …] each
    state: Mapped[str] = mapped_column(String(8), default="open")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime | None]
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    cluster: Mapped[int] = mapped_column(default=0)
    rank: Mapped[float] = mapped_column(default=0.0)

    left: Mapped[Contact] = relationship(foreign_keys=[left_id])
    right: Mapped[Contact] = relationship(foreign_keys=[right_id])
    decided_by: Mapped[User | None] = relationship()

    @property
    def because(self) -> str:
        """"same phone, similar name", in the reader's language."""
        return because(tuple(Evidence(key, tuple(params)) for key, *params in self.evidence))

    @property
    def other_of(self) -> dict[int, int]:
        return {self.left_id: self.right_id, self.right_id: self.left_id}

    def decide(self, state: str, by: User | None) -> None:
        if self.state != state:
            self.state, self.decided_at, self.decided_by_id = state, clock.now(), by.id if by else None


class DuplicateScan(Identified, Model):
    """One look at everybody. `marks`: table → the highest id that was looked at; what is higher came or changed later."""

    __tablename__ = "duplicate_scans"
    __table_args__ = (Index(None, "state"),)

    state: Mapped[str] = mapped_column(String(8), default="running")  # running, done, failed
    percent: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    marks: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]

    @property
    def busy(self) -> bool:
        return self.state == "running"

    def finish(self, state: str = "done") -> None:
        self.state, self.finished_at, self.claimed_until = state, clock.now(), None


def claim(ident: int) -> bool:
    """Let this process carry out the scan; False when another one does."""
    now = clock.now()
    free = or_(DuplicateScan.claimed_until.is_(None), DuplicateScan.claimed_until < now)
    running = (DuplicateScan.id == ident) & (DuplicateScan.state == "running")
    return rows_changed(update(DuplicateScan).where(running, free).values(claimed_until=now + CLAIMED_FOR)) == 1
