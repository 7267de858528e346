"""Imports, what each of their rows did, and mappings that are kept for the next file of the same kind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, or_, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import Identified, Model, rows_changed
from crm.timeline.models import Interaction

KINDS = ("contacts", "interactions", "purchases")
MODES = ("create", "update", "both")
SIMILAR = ("create", "update", "skip")  # what becomes of a row that looks like somebody known, though no address says so
STATES = ("uploaded", "checking", "checked", "running", "done", "failed", "reverting", "reverted")
OPEN = ("uploaded", "checked")  # may still be changed, checked, imported
BUSY = ("checking", "running", "reverting")
ACTIONS = ("created", "updated", "unchanged", "refused")
CLAIMED_FOR = timedelta(seconds=90)  # a worker that says nothing for so long is gone


class Import(Identified, Model):
    """One file and what became of it. `cursor` is the number of the last row whose effect is committed."""

    __tablename__ = "imports"
    __table_args__ = (Index(None, "state"),)

    kind: Mapped[str] = mapped_column(String(12), default="contacts")
    filename: Mapped[str] = mapped_column(String(200), default="")
    blob: Mapped[str] = mapped_column(String(64), default="")  # the file as it came
    table_blob: Mapped[str] = mapped_column(String(64), default="")  # the text table rows are read from; of a CSV the file itself
    format: Mapped[str] = mapped_column(String(12), default="csv")
    encoding: Mapped[str] = mapped_column(String(20), default="utf-8")
    delimiter: Mapped[str] = mapped_column(String(1), default=",")
    system: Mapped[str] = mapped_column(String(20), default="")  # whose export it is, as far as its header tells
    header: Mapped[list[str]] = mapped_column(JSON, default=list)
    begins: Mapped[int] = mapped_column(default=1)  # records before the first row
    mapping: Mapped[list[str]] = mapped_column(JSON, default=list)  # our field per column, "" for none
    mode: Mapped[str] = mapped_column(String(8), default="create")
    similar: Mapped[str] = mapped_column(String(8), default="create")
    state: Mapped[str] = mapped_column(String(10), default="uploaded")
    fault: Mapped[str] = mapped_column(Text, default="")
    total: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)  # rows a reversal could not take back entirely
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)  # nobody: a command
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    reverted_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]

    by: Mapped[User | None] = relationship()

    @property
    def busy(self) -> bool:
        return self.state in BUSY

    @property
    def share(self) -> int:
        """How far it is, in percent."""
        done = self.cursor if self.state != "reverting" else self.total - self.cursor
        return min(100, round(100 * done / self.total)) if self.total else 0

    def begin(self, state: str) -> None:
        """Set out to check, to run or to revert: what an earlier check counted is forgotten."""
        self.state, self.fault, self.claimed_until = state, "", None
        if state == "reverting":
            self.cursor, self.kept = self.total, 0
            return
        self.cursor = self.created = self.updated = self.unchanged = self.refused = 0
        self.started_at = clock.now()
        self.finished_at = None

    def resume(self) -> None:
        """Carry on behind the last row that was taken."""
        self.state, self.fault, self.claimed_until = "running", "", None

    def finish(self, state: str) -> None:
        self.state, self.claimed_until = state, None
        if state == "reverted":
            self.reverted_at = clock.now()
        else:
            self.finished_at = clock.now()

    def forget_file(self) -> set[str]:
        """The file is needed no more. The names of what is to be removed once this is committed."""
        names, self.blob, self.table_blob = {self.blob, self.table_blob}, "", ""
        return names

    def fail(self, reason: str) -> None:
        self.state, self.fault, self.claimed_until = "failed", reason, None


class ImportRow(Identified, Model):
    """What one row of the file did, written by the transaction that did it. `before` is what a reversal needs."""

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        Index(None, "ident"),
        Index(None, "contact_id"),
        Index(None, "interaction_id"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey(Import.id, ondelete="CASCADE"))
    number: Mapped[int]
    action: Mapped[str] = mapped_column(String(10))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="SET NULL"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey(Interaction.id, ondelete="SET NULL"))
    ident: Mapped[str] = mapped_column(String(24), default="")  # told.Told.ident
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    reverted: Mapped[str] = mapped_column(String(8), default="")  # reverted, partly, kept


class ImportMapping(Identified, Model):
    """A mapping somebody made by hand, offered again for the next file with these columns."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("kind", "fingerprint"),)

    kind: Mapped[str] = mapped_column(String(12))
    fingerprint: Mapped[str] = mapped_column(String(64))  # of the column names, in their order
    name: Mapped[str] = mapped_column(String(200), default="")
    mapping: Mapped[list[str]] = mapped_column(JSON, default=list)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    used_at: Mapped[datetime] = mapped_column(default=clock.now)


def claim(ident: int) -> bool:
    """Let this process carry on with the import; False when another one does."""
    now = clock.now()
    free = or_(Import.claimed_until.is_(None), Import.claimed_until < now)
    return rows_changed(update(Import).where(Import.id == ident, Import.state.in_(BUSY), free).values(claimed_until=now + CLAIMED_FOR)) == 1
