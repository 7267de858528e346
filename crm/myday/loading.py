"""What My day shows: each loader is one bounded statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from crm import clock
from crm.contacts.models import Contact
from crm.extensions import db
from crm.feedback.models import Answer
from crm.feedback.scales import SCALES
from crm.formatting import formats
from crm.inbox.models import Conversation
from crm.tasks import queries as tasks
from crm.tasks.due_dates import at_time, end_of_day
from crm.tasks.models import Task
from crm.timeline.models import Interaction
from crm.timeline.statistics import BOOKKEEPING

SILENT_AFTER = timedelta(days=90)
CALL_BACK_WITHIN = timedelta(days=14)
PRAISE_FROM = timedelta(days=60)
SHOWN = 8
TASKS_SHOWN = 40


def due_tasks(viewer: Any) -> Sequence[Row]:
    """Overdue and due today."""
    zone = formats().zone
    tonight = end_of_day(clock.today(zone), zone)
    return db.session.execute(tasks.due_until(viewer, tonight).limit(TASKS_SHOWN)).all()


def answers_to_call_back(viewer: Any) -> Sequence[Row]:
    """Unhappy answers nobody has acted on: no contact with the person since. The viewer's own people, and those of nobody."""
    query = (
        select(Answer.id, Answer.survey_type, Answer.score, Answer.comment, Answer.call_me, Answer.answered_at, Answer.contact_id, Contact.display_name)
        .join(Contact, Contact.id == Answer.contact_id)
        .where(
            _answered_since(clock.now() - CALL_BACK_WITHIN), _scored("unhappy", "<="), Answer.contested.is_(False),
            or_(Contact.last_out_at.is_(None), Contact.last_out_at < Answer.answered_at),
            or_(Contact.owner_id == viewer.id, Contact.owner_id.is_(None)),
        )
        .order_by(Answer.answered_at).limit(SHOWN)
    )
    return db.session.execute(query).all()


def waiting_conversations(viewer: Any) -> Sequence[Row]:
    """Customers waiting for an answer from the viewer, or from anybody of their department."""
    nobodys = and_(Conversation.assignee_id.is_(None), or_(Conversation.department_id.is_(None), Conversation.department_id == viewer.department_id))
    query = (
        select(Conversation.id, Conversation.subject, Conversation.preview, Conversation.waiting_since, Conversation.assignee_id, Contact.display_name)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Conversation.status == "open", or_(Conversation.assignee_id == viewer.id, nobodys))
        .order_by(Conversation.last_message_at, Conversation.id).limit(SHOWN)
    )
    return db.session.execute(query).all()


def gone_silent(viewer: Any) -> Sequence[Row]:
    """The viewer's customers nobody has been in touch with for 90 days and nothing is planned for, the latest first."""
    query = (
        select(Contact.id, Contact.display_name, Contact.last_interaction_at, Contact.value, Contact.customer_since)
        .where(
            Contact.owner_id == viewer.id, Contact.lifecycle == "customer", Contact.archived_at.is_(None), Contact.merged_into_id.is_(None),
            Contact.last_interaction_at < clock.now() - SILENT_AFTER, Contact.next_task_at.is_(None),
        )
        .order_by(Contact.last_interaction_at.desc(), Contact.id.desc()).limit(SHOWN)
    )
    return db.session.execute(query).all()


class Numbers(NamedTuple):
    """My week so far."""

    entries: int
    people: int
    tasks: int
    answers: int
    satisfied: int


def numbers(viewer: Any) -> Numbers:
    monday = _monday()
    mine = and_(Interaction.staff_id == viewer.id, Interaction.happened_at >= monday, Interaction.superseded_by_id.is_(None), Interaction.kind.not_in(BOOKKEEPING))
    done = select(func.count()).select_from(Task).where(Task.assignee_id == viewer.id, Task.done_at >= monday).scalar_subquery()
    about_me = and_(_answered_since(monday), Answer.staff_id == viewer.id, Answer.contested.is_(False))
    happy = select(func.count()).select_from(Answer).where(about_me, _scored("happy", ">=")).scalar_subquery()
    answers = select(func.count()).select_from(Answer).where(about_me).scalar_subquery()
    return Numbers(*db.session.execute(select(func.count(), func.count(Interaction.contact_id.distinct()), done, answers, happy).where(mine)).one())


def praise(viewer: Any) -> Row | None:
    """The latest good word of a customer, about the viewer if there is one, else about the firm."""
    query = (
        select(Answer.id, Answer.comment, Answer.survey_type, Answer.score, Answer.answered_at, Answer.contact_id, Contact.display_name)
        .outerjoin(Contact, Contact.id == Answer.contact_id)
        .where(_answered_since(clock.now() - PRAISE_FROM), _scored("happy", ">="), Answer.comment != "", Answer.contested.is_(False))
        .order_by((Answer.staff_id == viewer.id).desc().nulls_last(), Answer.answered_at.desc(), Answer.id.desc()).limit(1)
    )
    return db.session.execute(query).first()


def _scored(limit: str, sign: str) -> ColumnElement[bool]:
    """Answers at or beyond a limit of their scale: "happy" and above, "unhappy" and below."""
    return or_(*(and_(Answer.survey_type == kind, Answer.score.op(sign)(getattr(scale, limit))) for kind, scale in SCALES.items()))


def _answered_since(moment: datetime) -> ColumnElement[bool]:
    return and_(Answer.survey_type.in_(tuple(SCALES)), Answer.answered_at >= moment)


def _monday() -> datetime:
    zone = formats().zone
    today = clock.today(zone)
    return at_time(today - timedelta(days=today.weekday()), time(0), zone)
