"""What a new firm starts with: the four surveys, and the rule that asks after a resolved conversation."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from crm.extensions import db
from crm.feedback.models import FeedbackRule, Survey
from crm.feedback.wording import NAMES

DELAY = 30  # minutes after the resolution


def create_defaults(delay: int = DELAY) -> None:
    """Idempotent, named in the firm's language. The default rule: CSAT, 30 minutes after a conversation was resolved."""
    known = {survey.key: survey for survey in db.session.scalars(select(Survey))}
    for key, name in NAMES[current_app.config["SETTINGS"].locale].items():
        if key not in known:
            known[key] = Survey(key=key, type=key, name=name)
            db.session.add(known[key])
    db.session.flush()
    if db.session.scalar(select(FeedbackRule.id).limit(1)) is None:
        db.session.add(FeedbackRule(survey=known["csat"], kind="conversation.resolved", delay_minutes=delay))
