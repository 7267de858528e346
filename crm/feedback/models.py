"""Surveys, the rules that ask, requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import Department, User
from crm.contacts.models import Contact
from crm.extensions import Identified, Model
from crm.outbox.models import Delivery
from crm.timeline.models import Interaction
from crm.touchpoints.models import Touchpoint

TYPES = ("nps", "csat", "ces", "expectation")
STATES = ("planned", "held", "sent", "opened", "answered", "expired")


class Survey(Identified, Model):
    """A question type with its wording per language."""

    __tablename__ = "surveys"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    type: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    wording: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # {"de": {"question": …, "low": …, "high": …, "thanks_low": …}}
    cooldown_days: Mapped[int] = mapped_column(default=30)
    expires_days: Mapped[int] = mapped_column(default=30)
    archived_at: Mapped[datetime | None]


class FeedbackRule(Identified, Model):
    """Who is asked what, after which kind of interaction."""

    __tablename__ = "feedback_rules"

    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id))
    kind: Mapped[str] = mapped_column(String(40), index=True)  # of the interaction that triggers it
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey(Touchpoint.id))  # None: any
    channel: Mapped[str | None] = mapped_column(String(12))
    delay_minutes: Mapped[int] = mapped_column(default=30)
    share: Mapped[int] = mapped_column(default=100)  # per cent of cases asked
    active: Mapped[bool] = mapped_column(default=True)

    survey: Mapped[Survey] = relationship()


class FeedbackRequest(Identified, Model):
    """One invitation to one contact after one interaction. Touchpoint, channel, department and staff are frozen when asked.

    Its link is computed from id and secret (feedback/links.py), so a stolen table opens no answer page.
    """

    __tablename__ = "feedback_requests"
    __table_args__ = (Index(None, "state", "due_at"), Index(None, "contact_id", "created_at"))

    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))  # None: anonymous, from a QR code
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey(Interaction.id, ondelete="SET NULL"), index=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey(FeedbackRule.id))
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey(Touchpoint.id), index=True)
    channel: Mapped[str] = mapped_column(String(12), default="email")
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    state: Mapped[str] = mapped_column(String(10), default="planned")
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    reason: Mapped[str] = mapped_column(String(40), default="")  # the gate that held it
    gates: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [{"gate", "passed", "detail"}], in order
    language: Mapped[str] = mapped_column(String(5), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]  # the first page view that a person made (a button was pressed)
    expires_at: Mapped[datetime | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey(Delivery.id))
    decoy_hit_at: Mapped[datetime | None]  # a scanning gateway followed the hidden link …
    decoy_visitor: Mapped[str] = mapped_column(String(64), default="")  # … in this browser, whose answer does not count

    contact: Mapped[Contact | None] = relationship()
    survey: Mapped[Survey] = relationship()
    touchpoint: Mapped[Touchpoint | None] = relationship()
    interaction: Mapped[Interaction | None] = relationship()

    @property
    def person(self) -> Contact:
        """Whom we ask. Only requests from a QR code have nobody, and those are not sent."""
        assert self.contact is not None
        return self.contact


class Answer(Identified, Model):
    """What the customer said. A correction changes the row and keeps the earlier version in `answer_versions`."""

    __tablename__ = "answers"
    __table_args__ = (
        Index(None, "contact_id", "answered_at"),
        Index(None, "survey_type", "answered_at"),
        Index(None, "touchpoint_id", "answered_at"),
        # the latest unhappy ones, and those about somebody, are found without reading the rows
        Index("ix_answers_latest", "answered_at", "id", "survey_type", "score", "contested"),
        Index("ix_answers_about_staff", "staff_id", "answered_at", "id", "survey_type", "score", "contested"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey(FeedbackRequest.id, ondelete="CASCADE"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id))
    survey_type: Mapped[str] = mapped_column(String(12))
    score: Mapped[int]  # nps 0–10, csat 1–5, ces 1–7, expectation 1 fell_short, 2 met, 3 exceeded
    comment: Mapped[str] = mapped_column(Text, default="")
    call_me: Mapped[bool] = mapped_column(default=False)
    call_me_phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(5), default="")
    answered_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    visitor: Mapped[str] = mapped_column(String(64), default="")  # digest of the cookie: only the same visitor may correct
    contested: Mapped[bool] = mapped_column(default=False)  # a later POST from elsewhere: kept, but counts for nothing
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey(Touchpoint.id))
    channel: Mapped[str] = mapped_column(String(12), default="email")
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey(Interaction.id, ondelete="SET NULL"))  # its own entry on the timeline

    request: Mapped[FeedbackRequest] = relationship()
    survey: Mapped[Survey] = relationship()


class AnswerVersion(Identified, Model):
    """What an answer said before it was corrected."""

    __tablename__ = "answer_versions"

    answer_id: Mapped[int] = mapped_column(ForeignKey(Answer.id, ondelete="CASCADE"), index=True)
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    replaced_at: Mapped[datetime] = mapped_column(default=clock.now)


class FeedbackNonce(Identified, Model):
    """One view of an answer page. A POST needs the nonce of the view it came from, once."""

    __tablename__ = "feedback_nonces"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(FeedbackRequest.id, ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime] = mapped_column(default=clock.now)
