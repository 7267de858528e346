"""Every derived column and its definition: what `crm stats rebuild` proves. Each is kept up to date where it changes."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from sqlalchemy import Select, func, select

from crm.contacts.models import Contact, Organisation
from crm.feedback.models import Answer
from crm.inbox.models import Conversation
from crm.tasks import queries as tasks
from crm.timeline import statistics
from crm.timeline.rebuilding import Derived

CONTACTS, ORGANISATIONS = Contact.__table__, Organisation.__table__


def open_conversations() -> Select:
    """Conversations that still need somebody: open, waiting, snoozed."""
    return (
        select(Conversation.contact_id, func.count().label("open_conversations"))
        .where(Conversation.status.in_(("open", "waiting", "snoozed")))
        .group_by(Conversation.contact_id)
    )


def latest_answers(survey_type: str) -> Select:
    """The last answer of each contact to surveys of this type that nobody contests."""
    newest_first = func.row_number().over(partition_by=Answer.contact_id, order_by=(Answer.answered_at.desc(), Answer.id.desc()))
    ranked = (
        select(Answer.contact_id, Answer.score, Answer.answered_at, newest_first.label("place"))
        .where(Answer.survey_type == survey_type, Answer.contested.is_(False), Answer.contact_id.is_not(None))
        .subquery()
    )
    score, at = func.max(ranked.c.score).label(f"{survey_type}_score"), func.max(ranked.c.answered_at).label(f"{survey_type}_at")
    # one row each: grouped only so that SQLite makes an index of the result, instead of reading all of it for every contact
    return select(ranked.c.contact_id, score, at).where(ranked.c.place == 1).group_by(ranked.c.contact_id)


DERIVED: Mapping[str, Derived] = {
    "interactions": Derived(CONTACTS, statistics.COLUMNS, statistics.figures, statistics.EMPTY),
    "organisations": Derived(ORGANISATIONS, ("last_interaction_at",), statistics.organisation_figures),
    "conversations": Derived(CONTACTS, ("open_conversations",), open_conversations, {"open_conversations": 0}),
    "tasks": Derived(CONTACTS, ("next_task_at",), tasks.next_steps),
    "nps": Derived(CONTACTS, ("nps_score", "nps_at"), lambda: latest_answers("nps")),
    "csat": Derived(CONTACTS, ("csat_score", "csat_at"), lambda: latest_answers("csat")),
}


def register(app: Flask) -> None:
    app.extensions["statistics"] = DERIVED
