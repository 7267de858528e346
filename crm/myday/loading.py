"""What My day shows: each loader is one bounded statement, built once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Row, and_, bindparam, case, func, or_, select

from crm import clock
from crm.accounts.preferences import preference
from crm.contacts.birthdays import coming, turning
from crm.contacts.models import Contact
from crm.dates.due_dates import at_time, end_of_day
from crm.extensions import UtcDateTime, fetch
from crm.feedback.models import Answer
from crm.feedback.scales import SCALES
from crm.formatting import formats
from crm.inbox.clocks.models import SlaPolicy
from crm.inbox.models import Conversation
from crm.inbox.queries import remembered
from crm.tasks import queries as tasks
from crm.tasks.models import Task
from crm.timeline.models import Interaction
from crm.timeline.statistics import BOOKKEEPING

SILENT_AFTER = timedelta(days=90)
CALL_BACK_WITHIN = timedelta(days=14)
PRAISE_FROM = timedelta(days=60)
SHOWN = 8
LOOKED_AT = 100  # unhappy answers among which those to call back are looked for
TASKS_SHOWN = 40
BIRTHDAYS_SHOWN = 20
ME: BindParameter[int] = bindparam("me")
MY_DEPARTMENT: BindParameter[int | None] = bindparam("my_department")
MOMENT = bindparam("moment", type_=UtcDateTime())


def _scored(limit: str, sign: str) -> ColumnElement[bool]:
    """Answers at or beyond a limit of their scale: "happy" and above, "unhappy" and below."""
    limits = {kind: getattr(scale, limit) for kind, scale in SCALES.items()}
    return Answer.score.op(sign)(case(limits, value=Answer.survey_type))  # one condition, not four with OR: the index on the time serves


SINCE = and_(Answer.answered_at >= MOMENT, Answer.contested.is_(False))
UNHAPPY, HAPPY = _scored("unhappy", "<="), _scored("happy", ">=")

DUE = tasks.due_until(ME, MOMENT).limit(TASKS_SHOWN)
LATEST_UNHAPPY = select(Answer.id).where(SINCE, UNHAPPY).order_by(Answer.answered_at.desc(), Answer.id.desc()).limit(LOOKED_AT).subquery()
CALL_BACK = (
    select(Answer.id, Answer.survey_type, Answer.score, Answer.comment, Answer.call_me, Answer.answered_at, Answer.contact_id, Contact.display_name)
    .join(LATEST_UNHAPPY, LATEST_UNHAPPY.c.id == Answer.id).join(Contact, Contact.id == Answer.contact_id)
    .where(
        or_(Contact.last_out_at.is_(None), Contact.last_out_at < Answer.answered_at),
        func.coalesce(Contact.owner_id, ME) == ME,  # mine and nobody's, without leading through the index of owners
    )
    .order_by(Answer.answered_at).limit(SHOWN)
)
NOBODYS = and_(Conversation.assignee_id.is_(None), or_(Conversation.department_id.is_(None), Conversation.department_id == MY_DEPARTMENT))
WAITING = (
    select(Conversation.id, Conversation.subject, Conversation.preview, func.coalesce(Conversation.waiting_since, Conversation.last_message_at).label("since"), Conversation.assignee_id, Contact.display_name)
    .join(Contact, Contact.id == Conversation.contact_id)
    .where(Conversation.status == "open", or_(Conversation.assignee_id == ME, NOBODYS))
    .order_by(Conversation.last_message_at, Conversation.id).limit(SHOWN)
)
SOON = timedelta(hours=2)
RUNNING_OUT = (
    select(Conversation.id, Conversation.subject, Conversation.clock_due, Conversation.clock_kind, Conversation.assignee_id, SlaPolicy.name.label("policy"), Contact.display_name)
    .join(Contact, Contact.id == Conversation.contact_id).outerjoin(SlaPolicy, SlaPolicy.id == Conversation.sla_policy_id)
    .where(
        Conversation.clock_due <= MOMENT,
        func.coalesce(Conversation.assignee_id, ME) == ME,  # WAITING's people, without leading through the indexes of assignees and departments
        or_(Conversation.assignee_id.is_not(None), func.coalesce(Conversation.department_id, MY_DEPARTMENT, 0) == func.coalesce(MY_DEPARTMENT, 0)),
    )
    .order_by(Conversation.clock_due, Conversation.id).limit(SHOWN)
)
SILENT = (
    select(Contact.id, Contact.display_name, Contact.last_interaction_at, Contact.value, Contact.customer_since)
    .where(
        Contact.owner_id == ME, Contact.lifecycle == "customer", Contact.archived_at.is_(None), Contact.merged_into_id.is_(None),
        Contact.last_interaction_at < MOMENT, Contact.next_task_at.is_(None),
    )
    .order_by(Contact.last_interaction_at.desc(), Contact.id.desc()).limit(SHOWN)
)
BIRTHDAYS = (
    select(Contact.id, Contact.display_name, Contact.birth_date, Contact.birthday)
    .where(Contact.birthday.in_(bindparam("near", expanding=True)), Contact.owner_id == ME, Contact.archived_at.is_(None), Contact.merged_into_id.is_(None),
           Contact.restricted_at.is_(None), Contact.lifecycle != "former")
    .limit(BIRTHDAYS_SHOWN)
)
DONE = select(func.count()).select_from(Task).where(Task.assignee_id == ME, Task.done_at >= MOMENT).scalar_subquery()
ABOUT_ME = select(func.count()).select_from(Answer).where(SINCE, Answer.staff_id == ME)
WEEK = select(
    func.count(), func.count(Interaction.contact_id.distinct()), DONE, ABOUT_ME.scalar_subquery(), ABOUT_ME.where(HAPPY).scalar_subquery(),
).where(Interaction.staff_id == ME, Interaction.happened_at >= MOMENT, Interaction.superseded_by_id.is_(None), Interaction.kind.not_in(BOOKKEEPING))
PRAISE = (
    select(Answer.id, Answer.comment, Answer.survey_type, Answer.score, Answer.answered_at, Answer.contact_id, Contact.display_name)
    .outerjoin(Contact, Contact.id == Answer.contact_id)
    .where(SINCE, HAPPY, Answer.comment != "")
    .order_by(Answer.answered_at.desc(), Answer.id.desc()).limit(1)
)
PRAISE_OF_ME = PRAISE.where(Answer.staff_id == ME)


def due_tasks(viewer: Any) -> Sequence[Row]:
    """Overdue and due today."""
    zone = formats().zone
    return fetch(DUE, {"me": viewer.id, "moment": end_of_day(clock.today(zone), zone)})


def answers_to_call_back(viewer: Any) -> Sequence[Row]:
    """Unhappy answers nobody has acted on: no contact with the person since. The viewer's own people, and those of nobody."""
    return fetch(CALL_BACK, {"me": viewer.id, "moment": clock.now() - CALL_BACK_WITHIN})


def waiting_conversations(viewer: Any) -> Sequence[Row]:
    """Customers waiting for an answer from the viewer, or from anybody of their department."""
    return fetch(WAITING, {"me": viewer.id, "my_department": viewer.department_id})


def running_out(viewer: Any) -> Sequence[Row]:
    """Conversations of the viewer, or of nobody, whose promised time passes within two hours or has passed."""
    return fetch(RUNNING_OUT, {"me": viewer.id, "my_department": viewer.department_id, "moment": clock.now() + SOON})


def gone_silent(viewer: Any) -> Sequence[Row]:
    """The viewer's customers nobody has been in touch with for 90 days and nothing is planned for, the latest first."""
    return fetch(SILENT, {"me": viewer.id, "moment": clock.now() - SILENT_AFTER})


class Birthday(NamedTuple):
    """Who celebrates in so many days, and what they turn."""

    id: int
    name: str
    ahead: int
    turning: int


def birthdays(viewer: Any) -> list[Birthday]:
    """Of the viewer's people, in the next seven days, the next first; none where the firm does not want to know."""
    if not preference("birthdays"):
        return []
    today = clock.today(formats().zone)
    near = coming(today)
    rows = fetch(BIRTHDAYS, {"near": list(near), "me": viewer.id})
    found = [Birthday(row.id, row.display_name, near[row.birthday], turning(row.birth_date, today, near[row.birthday])) for row in rows]
    return sorted(found, key=lambda one: (one.ahead, one.name))


class Numbers(NamedTuple):
    """My week so far."""

    entries: int
    people: int
    tasks: int
    answers: int
    satisfied: int


def numbers(viewer: Any) -> Numbers:
    """Of this week; some seconds old at most, since at its end there are thousands to count."""
    monday = _monday()
    return remembered(f"week of {viewer.id} from {monday}", lambda: Numbers(*fetch(WEEK, {"me": viewer.id, "moment": monday})[0]))


def praise(viewer: Any) -> Row | None:
    """The latest good word of a customer, about the viewer if there is one, else about the firm."""
    asked = {"me": viewer.id, "moment": clock.now() - PRAISE_FROM}
    return next(iter(fetch(PRAISE_OF_ME, asked) or fetch(PRAISE, asked)), None)


def _monday() -> datetime:
    zone = formats().zone
    today = clock.today(zone)
    return at_time(today - timedelta(days=today.weekday()), time(0), zone)
