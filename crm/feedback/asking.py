"""From an interaction to a question in a customer's mailbox: planned by a rule, checked at the gates, sent when due."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select

from crm import clock, queue, timeline
from crm.contacts.models import Contact
from crm.extensions import db
from crm.feedback import gates, mails
from crm.feedback.models import FeedbackRequest, FeedbackRule, Survey
from crm.timeline.models import Interaction

JOB = "feedback.send_due"


def plan_request(interaction: Interaction) -> FeedbackRequest | None:
    """The reaction to an interaction: the first active rule that fits plans one request about it."""
    rule = db.session.scalars(fitting(interaction)).first()
    if rule is None or not _in_share(rule, interaction) or _planned(interaction):
        return None
    return plan(interaction.contact, rule.survey, interaction, delay=timedelta(minutes=rule.delay_minutes), rule=rule)


def fitting(interaction: Interaction) -> Select:
    """Active rules for what happened, the most particular first."""
    rule = FeedbackRule
    return (
        select(rule)
        .join(Survey)
        .where(
            rule.active, Survey.archived_at.is_(None), rule.kind == interaction.kind,
            or_(rule.touchpoint_id.is_(None), rule.touchpoint_id == interaction.touchpoint_id),
            or_(rule.channel.is_(None), rule.channel == interaction.channel),
        )
        .order_by(rule.touchpoint_id.is_(None), rule.channel.is_(None), rule.id)
    )


def plan(contact: Contact, survey: Survey, interaction: Interaction | None = None, *, delay: timedelta = timedelta(0),
         rule: FeedbackRule | None = None) -> FeedbackRequest:
    """A request due after `delay`. What the answer will be counted under is frozen here."""
    request = FeedbackRequest(
        contact=contact, survey=survey, interaction=interaction, rule_id=rule.id if rule else None, due_at=clock.now() + delay,
        touchpoint_id=interaction.touchpoint_id if interaction else None,
        channel=interaction.channel if interaction else "email",
        department_id=interaction.department_id if interaction else None,
        staff_id=interaction.staff_id if interaction else None,
        language=contact.language,
    )
    db.session.add(request)
    db.session.flush()
    queue.soon(JOB, delay=delay.total_seconds())
    return request


def ask_now(contact: Contact, survey: Survey, interaction: Interaction | None = None, *, override: bool = False) -> FeedbackRequest:
    """Ask at once (API, button). `override` passes the cool-down and the budget, never consent."""
    request = plan(contact, survey, interaction)
    send(request, override=override)
    return request


def send(request: FeedbackRequest, *, override: bool = False) -> None:
    """Put one planned request through the gates and, if they are open, into the outbox and onto the timeline."""
    if request.state not in ("planned", "held"):
        return
    outcomes = gates.check(request)
    if not gates.record(request, outcomes) and not (override and request.reason in ("already_asked", "cool_down", "pressure")):
        request.state = "held"
        return
    request.state, request.sent_at = "sent", clock.now()
    request.expires_at = clock.now() + timedelta(days=request.survey.expires_days)
    delivery = mails.invite(request)
    request.delivery_id = delivery.id
    timeline.record(
        "feedback.requested", request.person, channel="email", direction="outbound", provenance="automation",
        subject=delivery.subject, touchpoint_id=request.touchpoint_id, department_id=request.department_id,
        about=("feedback_request", request.id), data={"survey": request.survey.type},
    )


def due(now: datetime) -> Select:
    return select(FeedbackRequest).where(FeedbackRequest.state == "planned", FeedbackRequest.due_at <= now).order_by(FeedbackRequest.due_at)


def outlived(now: datetime) -> ColumnElement[bool]:
    return FeedbackRequest.state.in_(("sent", "opened")) & (FeedbackRequest.expires_at <= now)


def _planned(interaction: Interaction) -> bool:
    return db.session.scalar(select(FeedbackRequest.id).where(FeedbackRequest.interaction_id == interaction.id).limit(1)) is not None


def _in_share(rule: FeedbackRule, interaction: Interaction) -> bool:
    """Whether this case falls into the share that is asked; the same case always gives the same answer."""
    return zlib.crc32(f"{rule.id}:{interaction.id}".encode()) % 100 < rule.share
