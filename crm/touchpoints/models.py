"""A touchpoint: a place in the journey where customers meet the firm."""

from __future__ import annotations

from datetime import datetime

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String, Text, event, select, update
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from crm import clock
from crm.accounts.models import Department, User
from crm.errors import Refused
from crm.extensions import Identified, Model, db

PHASES = ("before", "during", "after")  # the purchase
REACHES = ("direct", "indirect")
CHANNELS = ("email", "phone", "in_person", "chat", "web", "letter", "sms", "social", "review", "event", "other")
IMPORTANCE = (1, 2, 3, 4, 5)  # 1 marginal … 5 decides about staying
DIRECTORY = "touchpoints"  # where a session keeps what crm/touchpoints/guessing.py has read


class Touchpoint(Identified, Model):
    """Retired ones keep their history; merged ones point at the touchpoint that took it over."""

    __tablename__ = "touchpoints"

    key: Mapped[str] = mapped_column(String(60), unique=True)  # stands in printed links: never changes
    name: Mapped[str] = mapped_column(String(120))
    name_de: Mapped[str] = mapped_column(String(120), default="")
    phase: Mapped[str] = mapped_column(String(10))
    reach: Mapped[str] = mapped_column(String(10), default="direct")
    channel: Mapped[str] = mapped_column(String(12))
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    promise: Mapped[str] = mapped_column(Text, default="")
    promise_de: Mapped[str] = mapped_column(Text, default="")
    importance: Mapped[int] = mapped_column(default=3)  # see IMPORTANCE
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    retired_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("touchpoints.id"), index=True)

    department: Mapped[Department | None] = relationship()
    owner: Mapped[User | None] = relationship()
    merged_into: Mapped[Touchpoint | None] = relationship(remote_side="Touchpoint.id")

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return self.name_de if self.name_de and str(get_locale()) == "de" else self.name

    @property
    def promise_text(self) -> str:
        """What the firm promises there, in the reader's language."""
        return self.promise_de if self.promise_de and str(get_locale()) == "de" else self.promise

    @property
    def active(self) -> bool:
        return self.retired_at is None

    def retire(self) -> None:
        self.retired_at = self.retired_at or clock.now()

    def unretire(self) -> None:
        """Bring it back; one that was merged is on its own again from now on."""
        self.retired_at = None
        self.merged_into = None

    def merge_into(self, survivor: Touchpoint) -> None:
        """Retire this one in favour of `survivor`. Interactions are append-only and keep pointing here; whoever reads
        them follows `merged_into_id`, which is never more than one step: those merged into this one move along.
        """
        if survivor is self or survivor.merged_into_id is not None or not survivor.active:
            raise Refused(_("Choose another touchpoint that is in use."), "into")
        db.session.flush()
        db.session.execute(update(Touchpoint).where(Touchpoint.merged_into_id == self.id).values(merged_into_id=survivor.id))
        self.retire()
        self.merged_into = survivor


def absorbed(ident: int):
    """The ids whose interactions count as those of touchpoint `ident`: itself and all that were merged into it."""
    return select(Touchpoint.id).where((Touchpoint.id == ident) | (Touchpoint.merged_into_id == ident))


def _forget_directory(_mapper: object, _connection: object, touchpoint: Touchpoint) -> None:
    session = object_session(touchpoint)
    if session is not None:
        session.info.pop(DIRECTORY, None)


for change in ("after_insert", "after_update", "after_delete"):
    event.listen(Touchpoint, change, _forget_directory)
