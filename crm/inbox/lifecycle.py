"""What can be done with a conversation. Each change leaves an event line; each verb done twice changes nothing the second time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import bindparam
from sqlalchemy.orm import attributes

from crm import clock
from crm.accounts.models import Department, User
from crm.contacts.models import Contact
from crm.errors import Refused
from crm.extensions import db
from crm.timeline.recording import record

if TYPE_CHECKING:
    from crm.inbox.models import Conversation, Mailbox, Message

UNRESOLVED = ("open", "waiting", "snoozed")
PREVIEW = 200
BLANKS = re.compile(r"\s+")
CONTACTS = Contact.__table__
COUNTING = (
    CONTACTS.update()
    .where(CONTACTS.c.id == bindparam("ident"))
    .values(open_conversations=CONTACTS.c.open_conversations + bindparam("delta"), updated_at=CONTACTS.c.updated_at)
)


def preview(text: str) -> str:
    """The first words, on one line."""
    return BLANKS.sub(" ", text[: 3 * PREVIEW]).strip()[:PREVIEW]


class Lifecycle:
    """The verbs of Conversation."""

    if TYPE_CHECKING:
        id: Any
        subject: Any
        status: Any
        priority: Any
        contact: Any
        contact_id: Any
        assignee: Any
        assignee_id: Any
        mailbox_id: Any
        touchpoint_id: Any
        department_id: Any
        snoozed_until: Any
        resolved_at: Any
        resolved_by_id: Any
        created_at: Any
        waiting_since: Any
        event: Any
        add: Any

    def assign(self, to: User | None, by: User | None) -> None:
        if (to.id if to else None) == self.assignee_id:
            return
        if to is not None and not to.is_active:
            raise Refused(_("%(name)s no longer works here.", name=to.name), "assignee")
        self.assignee_id = to.id if to else None
        self.event("assigned" if to else "unassigned", by, to=to.name if to else "")
        if to is not None and to is not by:
            self._given(to, by)

    def hand_to(self, department: Department | None, by: User | None) -> None:
        """It is the department's now. Whoever has it keeps it only if they belong there."""
        if (department.id if department else None) == self.department_id:
            return
        self.department_id = department.id if department else None
        self.event("handed", by, to=department.name if department else "")
        if department is None:
            return
        if self.assignee_id and self.assignee.department_id != department.id:
            self.assign(None, by)
        if self.assignee_id is None:
            from crm.inbox.teamwork.assigning import tell_department

            tell_department(self, department, by)  # type: ignore[arg-type]

    def _given(self, to: User, by: User | None) -> None:
        from crm.inbox.teamwork.assigning import tell_assignee
        from crm.inbox.teamwork.watching import begin_to_watch

        db.session.flush()
        begin_to_watch(self.id, [to], "assigned")
        tell_assignee(self, to, by)  # type: ignore[arg-type]

    def move_to(self, mailbox: Mailbox, by: User) -> None:
        """Another mailbox answers from now on."""
        if self.mailbox_id != mailbox.id:
            self.mailbox_id = mailbox.id
            self.event("moved", by, to=mailbox.name)

    def resolve(self, by: User | None) -> None:
        """Done. The reactions to "conversation.resolved" ask the customer how it was."""
        if self.status == "resolved":
            return
        if self.status == "spam":
            raise Refused(_("This is spam. Say that it is none before you resolve it."))
        self.become("resolved")
        self.resolved_at, self.resolved_by_id, self.snoozed_until = clock.now(), by.id if by else None, None
        self.event("resolved", by)
        self._record("conversation.resolved", by, asked=self._was_asked_by_a_person())

    def reopen(self, by: User | None = None, because: str = "") -> None:
        """Back to open, from whatever it was. `because`: a key of events.BECAUSE."""
        if self.status == "open":
            return
        before = self.status
        self.become("open")
        self.resolved_at = self.resolved_by_id = self.snoozed_until = None
        self.event("reopened", by, before=before, because=because)
        if before == "resolved":
            self._record("conversation.reopened", by)

    def snooze(self, until: datetime | None, by: User) -> None:
        """Out of sight until `until`, or until the customer writes (None)."""
        self._rest("snoozed", until, by)

    def wait(self, by: User, until: datetime | None = None) -> None:
        """The customer has to answer now; with `until` it comes back by itself."""
        self._rest("waiting", until, by)

    def _rest(self, status: str, until: datetime | None, by: User) -> None:
        if (self.status, self.snoozed_until) == (status, until):
            return
        if self.status in ("resolved", "spam"):
            raise Refused(_("Reopen the conversation first."))
        if until is not None and until <= clock.now():
            raise Refused(_("Choose a time that is still to come."), "until")
        self.become(status)
        self.snoozed_until = until
        self.event(status, by, until=until.isoformat() if until else None)

    def mark_spam(self, by: User) -> None:
        if self.status == "spam":
            return
        self.become("spam")
        self.snoozed_until = None
        self.event("spam", by)
        from crm.inbox.scheduling.planning import became_spam

        became_spam(self, by)  # type: ignore[arg-type]

    def prioritise(self, priority: str, by: User) -> None:
        if self.priority != priority:
            self.priority = priority
            self.event("prioritised", by, priority=priority)

    def point_at(self, touchpoint: Any, by: User) -> None:
        """Correct the touchpoint; what stands on the timeline already stays as it was recorded."""
        if self.touchpoint_id != (touchpoint.id if touchpoint else None):
            self.touchpoint_id = touchpoint.id if touchpoint else None
            self.event("touchpoint", by, to=touchpoint.name if touchpoint else "")

    def note(self, by: User, text: str) -> Message:
        """An internal note: colleagues see it, the customer never does."""
        message = self.add("note", author=by, text=text, reply_text=text)
        if "@" in text:
            from crm.inbox.teamwork.mentioning import follow_note

            db.session.flush()
            follow_note(self, by, text)  # type: ignore[arg-type]
        return message

    def become(self, status: str) -> None:
        """The bare change of status, with the contact's count of unresolved conversations."""
        delta = (status in UNRESOLVED) - (self.status in UNRESOLVED)
        self.status = status
        if delta:
            count_open(self.contact, delta)

    def counted(self) -> None:
        """A new conversation joins the contact's count."""
        count_open(self.contact, int(self.status in UNRESOLVED))

    def _record(self, kind: str, by: User | None, **data: Any) -> None:
        record(kind, self.contact, channel="email", direction="internal", staff=by, about=("conversation", self.id), subject=self.subject,
               touchpoint_id=self.touchpoint_id, provenance="person" if by else "automation", data=data,
               **({"department_id": self.department_id} if self.department_id else {}))

    def _was_asked_by_a_person(self) -> bool:
        """Whether a human being wrote at all: machines are not asked how it was."""
        from crm.inbox.models import FROM_CUSTOMER, Message

        written = db.select(Message.id).where(Message.conversation_id == self.id, Message.kind.in_(FROM_CUSTOMER), ~Message.automatic)
        return db.session.scalar(written.limit(1)) is not None


def count_open(contact: Contact, delta: int) -> None:
    db.session.flush()
    count_open_all({contact: delta})


def count_open_all(deltas: Mapping[Contact, int]) -> None:
    """Keep the contacts' counts. The database adds, so that two processes at the same moment both count."""
    rows = [{"ident": contact.id, "delta": delta} for contact, delta in deltas.items() if delta]
    if rows:
        db.session.connection().execute(COUNTING, rows)
    for contact, delta in deltas.items():
        attributes.set_committed_value(contact, "open_conversations", (contact.open_conversations or 0) + delta)


def wake_due() -> int:
    """Bring back what was snoozed, or waited for an answer, until now. A job."""
    from crm.inbox.models import Conversation

    resting = db.select(Conversation).where(Conversation.snoozed_until <= clock.now(), Conversation.status.in_(("snoozed", "waiting")))
    woken: list[Conversation] = list(db.session.scalars(resting.limit(500)))
    for conversation in woken:
        conversation.reopen(because=conversation.status)
    db.session.commit()
    return len(woken)
