"""Deliveries: the truth about what was to be sent and what became of it. The job queue only says when to look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String, Text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock, queue
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.errors import Refused
from crm.extensions import Identified, Model, db, rows_changed

STATES = ("held", "queued", "sending", "sent", "failed", "uncertain", "cancelled")
UNSENT = ("held", "queued")
AGAIN = ("held", "queued", "failed", "uncertain", "cancelled")


class Delivery(Identified, Model):
    """One mail to one recipient list. Written in the transaction that wants it sent; claimed by a conditional UPDATE.

    held: no mail server configured · uncertain: we crashed after handing it over, so it is shown rather than sent again.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(None, "state", "next_attempt_at"),
        Index(None, "about_type", "about_id"),
        Index(None, "recipient", "created_at"),
    )

    kind: Mapped[str] = mapped_column(String(10), default="mail")
    state: Mapped[str] = mapped_column(String(10), default="queued")
    sender: Mapped[str] = mapped_column(String(320), default="")  # envelope sender
    recipient: Mapped[str] = mapped_column(String(320), default="")  # the first of `recipients`: what the loop cap counts by
    recipients: Mapped[str] = mapped_column(Text)  # envelope recipients, comma-separated
    subject: Mapped[str] = mapped_column(String(500), default="")
    message_id: Mapped[str] = mapped_column(String(250), unique=True)
    blob: Mapped[str] = mapped_column(String(64))  # the finished message in the blob store
    purpose: Mapped[str] = mapped_column(String(20), default="service")  # service, feedback, marketing, account
    automatic: Mapped[bool] = mapped_column(default=False)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="SET NULL"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))  # who sent it
    about_type: Mapped[str | None] = mapped_column(String(20))
    about_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    next_attempt_at: Mapped[datetime | None] = mapped_column(default=clock.now)  # also the end of the undo delay
    wait: Mapped[int | None]  # seconds until then when that was decided: a clock that is set back makes nobody wait longer
    remaining: Mapped[str] = mapped_column(Text, default="", server_default="")  # those of `recipients` who are still to get it; empty: all
    refused: Mapped[str] = mapped_column(Text, default="", server_default="")  # a line for each who will not get it: "address: what the server said"
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(60))  # host:process:random
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)  # when a server first took it, be it for some of the recipients
    bounced_at: Mapped[datetime | None]  # it came back later
    reason: Mapped[str] = mapped_column(String(20), default="")  # a key of wording.REASONS
    last_error: Mapped[str] = mapped_column(Text, default="")  # what the server or the network said

    log: Mapped[list[DeliveryAttempt]] = relationship(order_by="DeliveryAttempt.id", cascade="all, delete-orphan")

    def cancel(self) -> None:
        """Take it back before it leaves. Refused once a worker holds it: by then nobody can tell."""
        if self.state == "cancelled":
            return
        if not self._change(UNSENT, state="cancelled", next_attempt_at=None):
            raise Refused(_("This mail has already left and cannot be taken back."))

    def retry(self) -> None:
        """Try again now, because a person says so. That person also decides about an uncertain one."""
        from crm.outbox.ways import has_way  # which knows deliveries

        if not has_way(self.sender):
            raise Refused(_("No mail server is configured yet. Set CRM_SMTP_URL; what is held then leaves by itself."))
        states = (*AGAIN, "sent") if self.refused else AGAIN  # those who have it get it no second time
        anew = {"attempts": 0, "next_attempt_at": clock.now(), "wait": 0, "reason": "", "last_error": "", "claimed_by": None}
        if not self._change(states, state="queued", remaining=",".join(self.unreached), refused="", **anew):
            raise Refused(_("This mail has already been sent."))
        queue.soon("outbox.send_due")

    @property
    def unreached(self) -> list[str]:
        """Who did not get it yet."""
        if self.sent_at is None:
            return self.recipients.split(",")
        return list(dict.fromkeys([*self.due, *self.refusals] if self.remaining else self.refusals))

    @property
    def due(self) -> list[str]:
        """Whom the next attempt is for."""
        return (self.remaining or self.recipients).split(",")

    @property
    def refusals(self) -> dict[str, str]:
        """By recipient: why they will not get it."""
        return {address: said for address, _colon, said in (line.partition(": ") for line in self.refused.splitlines())}

    def refuse(self, said: Mapping[str, str]) -> None:
        lines = {**self.refusals, **{address: " ".join(words.split()) for address, words in said.items()}}
        self.refused = "\n".join(f"{address}: {words}" for address, words in lines.items())

    def discard(self) -> None:
        """Give up what could not be sent; the entry and its log stay."""
        if self.state != "cancelled" and not self._change((*UNSENT, "failed", "uncertain"), state="cancelled", next_attempt_at=None):
            raise Refused(_("This mail has already been sent."))

    def bring_back(self, state: str) -> None:
        """What was discarded by mistake is again as it was."""
        due = clock.now() if state == "queued" else None
        if not self._change(("cancelled",), state=state, next_attempt_at=due, wait=0):
            raise Refused(_("This mail has been dealt with since."))

    def arrived(self) -> None:
        """Somebody answered it or it came back, so it did leave: an uncertain one is settled by its Message-ID."""
        if self.state == "uncertain":
            self.state, self.sent_at, self.reason = "sent", self.claimed_at, ""

    def bounced(self, status: str) -> None:
        self.arrived()
        self.bounced_at = self.bounced_at or clock.now()
        self.reason, self.last_error = "bounced", status

    def _change(self, states: tuple[str, ...], **values: object) -> bool:
        """Conditional UPDATE: workers change the state of rows behind a session's back."""
        db.session.flush()
        wanted = update(Delivery).where(Delivery.id == self.id, Delivery.state.in_(states)).values(**values)
        changed = rows_changed(wanted.execution_options(synchronize_session=False)) == 1
        db.session.refresh(self)
        return changed


class DeliveryAttempt(Identified, Model):
    __tablename__ = "delivery_attempts"

    delivery_id: Mapped[int] = mapped_column(ForeignKey(Delivery.id, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[str] = mapped_column(String(10))  # sent, later, failed, uncertain
    code: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
