"""Reading answers, requests and their figures."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from crm.contacts.models import Contact
from crm.extensions import db
from crm.feedback.models import Answer, FeedbackRequest, Survey
from crm.feedback.scales import SCALES
from crm.touchpoints.models import Touchpoint


def answers(**filters: Any) -> Select:
    """Answer rows for lists, newest first by the caller's paging: columns, with the names they show."""
    query = select(
        Answer.id, Answer.answered_at, Answer.survey_type, Answer.score, Answer.comment, Answer.contested, Answer.call_me, Answer.contact_id,
        Contact.display_name.label("contact_name"), Touchpoint.name.label("touchpoint_name"), Touchpoint.name_de.label("touchpoint_name_de"),
    ).outerjoin(Contact, Contact.id == Answer.contact_id).outerjoin(Touchpoint, Touchpoint.id == Answer.touchpoint_id)
    return query.where(*_conditions(**filters))


def _conditions(type: str = "", mood: str = "", touchpoint_id: int | None = None, since: datetime | None = None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if type in SCALES:
        conditions.append(Answer.survey_type == type)
    if mood == "unhappy":
        conditions.append(unhappy())
    elif mood == "commented":
        conditions.append(Answer.comment != "")
    elif mood == "contested":
        conditions.append(Answer.contested.is_(True))
    if touchpoint_id:
        conditions.append(Answer.touchpoint_id == touchpoint_id)
    if since:
        conditions.append(Answer.answered_at >= since)
    return conditions


def unhappy() -> ColumnElement[bool]:
    """Answers that call for somebody to act."""
    return and_(~Answer.contested, or_(*(and_(Answer.survey_type == s.type, Answer.score <= s.unhappy) for s in SCALES.values())))


def distributions(since: datetime) -> dict[str, dict[int, int]]:
    """{type: {score: how many}} of the answers that count, by the date of the answer."""
    query = (
        select(Answer.survey_type, Answer.score, func.count())
        .where(Answer.answered_at >= since, ~Answer.contested)
        .group_by(Answer.survey_type, Answer.score)
    )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for type_, score, count in db.session.execute(query):
        found[type_][score] = count
    return found


def response_rates(since: datetime) -> dict[str, tuple[int, int]]:
    """{type: (answered, sent)} of the requests sent since then."""
    query = (
        select(Survey.type, func.sum(case((FeedbackRequest.state == "answered", 1), else_=0)), func.count())
        .join(Survey, Survey.id == FeedbackRequest.survey_id)
        .where(FeedbackRequest.sent_at >= since, FeedbackRequest.contact_id.is_not(None))
        .group_by(Survey.type)
    )
    return {type_: (int(answered), sent) for type_, answered, sent in db.session.execute(query)}


def requests(state: str = "", contact_id: int | None = None) -> Select:
    """Request rows for the list that says who was asked, and why somebody was not."""
    query = (
        select(
            FeedbackRequest.id, FeedbackRequest.state, FeedbackRequest.due_at, FeedbackRequest.sent_at, FeedbackRequest.reason,
            FeedbackRequest.gates, FeedbackRequest.contact_id, Contact.display_name.label("contact_name"), Survey.name.label("survey_name"),
        )
        .join(Survey, Survey.id == FeedbackRequest.survey_id)
        .outerjoin(Contact, Contact.id == FeedbackRequest.contact_id)
    )
    if state:
        query = query.where(FeedbackRequest.state == state)
    if contact_id:
        query = query.where(FeedbackRequest.contact_id == contact_id)
    return query
