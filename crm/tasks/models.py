"""A task: something a member of staff has to do by a date."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock, timeline
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.dates.due_dates import Due, Zone, day_of, end_of_day
from crm.extensions import Identified, Model, db
from crm.timeline.models import Interaction


class Task(Identified, Model):
    """`due_at` is the moment it falls overdue; with `all_day` that is the end of the owner's day."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index(None, "assignee_id", "done_at", "due_at"),
        Index(None, "contact_id", "done_at", "due_at"),
        Index(None, "about_type", "about_id"),
    )

    title: Mapped[str] = mapped_column(String(300))
    notes: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime | None]
    all_day: Mapped[bool] = mapped_column(default=True)
    assignee_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))  # None: a rule made it
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    about_type: Mapped[str | None] = mapped_column(String(20))  # where the promise was made: "conversation", "feedback", "interaction"
    about_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    cancelled_at: Mapped[datetime | None]

    contact: Mapped[Contact | None] = relationship()
    assignee: Mapped[User] = relationship(foreign_keys=[assignee_id])

    @classmethod
    def create(cls, title: str, assignee: User, due: Due | None = None, *, contact: Contact | None = None,
               created_by: User | None = None, about: tuple[str, int] | None = None, notes: str = "") -> Task:
        """A new task for `assignee`; the contact's next step follows."""
        about_type, about_id = about or (None, None)
        task = cls(
            title=title[:300], notes=notes, assignee=assignee, contact=contact, about_type=about_type, about_id=about_id,
            due_at=due.at if due else None, all_day=due.all_day if due else True, created_by_id=created_by.id if created_by else None,
        )
        db.session.add(task)
        task.keep_next_step()
        return task

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.cancelled_at is None

    def complete(self, by: User) -> None:
        """Done. Stands on the timeline of its contact."""
        if not self.is_open:
            return
        self.done_at, self.done_by_id = clock.now(), by.id
        if self.contact:
            timeline.record("task.done", self.contact, channel="other", direction="internal", staff=by, about=("task", self.id),
                            subject=self.title)
        self.keep_next_step()

    def reopen(self, by: User) -> None:
        """Not done after all: its entry on the timeline is withdrawn."""
        if self.done_at is None:
            return
        self.done_at = self.done_by_id = None
        for entry in db.session.scalars(select(Interaction).where(*self._its_entries())):
            timeline.retract(entry, by)
        self.keep_next_step()

    def reschedule(self, due: Due | None) -> None:
        self.due_at, self.all_day = (due.at, due.all_day) if due else (None, True)
        self.keep_next_step()

    def reassign(self, to: User, zone_before: Zone, zone_after: Zone) -> None:
        """Another owner. A whole-day task stays on its calendar day, which may end at another moment where they work."""
        if self.all_day and self.due_at:
            self.due_at = end_of_day(day_of(self.due_at, zone_before), zone_after)
        self.assignee = to
        self.keep_next_step()

    def cancel(self) -> None:
        """It need not be done any more. Kept, but in no list."""
        if self.is_open:
            self.cancelled_at = clock.now()
            self.keep_next_step()

    def restore(self) -> None:
        self.cancelled_at = None
        self.keep_next_step()

    def relate(self, contact: Contact | None) -> None:
        """It concerns `contact` from now on (or nobody)."""
        before, self.contact = self.contact, contact
        for one in {person for person in (before, contact) if person}:
            keep_next_step(one)

    def keep_next_step(self) -> None:
        if self.contact:
            keep_next_step(self.contact)

    def _its_entries(self) -> tuple[Any, ...]:
        return (Interaction.about_type == "task", Interaction.about_id == self.id, Interaction.kind == "task.done",
                Interaction.superseded_by_id.is_(None))


def keep_next_step(contact: Contact) -> None:
    """contact.next_task_at is the due moment of the next open task."""
    db.session.flush()
    still_open = (Task.contact_id == contact.id, Task.done_at.is_(None), Task.cancelled_at.is_(None))
    contact.next_task_at = db.session.scalar(select(func.min(Task.due_at)).where(*still_open))
