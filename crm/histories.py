"""The histories a segment rule may ask about, and which table of which feature answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy import Select, extract, select

from crm.accounts.models import Department
from crm.extensions import db
from crm.feedback import scales
from crm.feedback.models import Answer
from crm.inbox.models import PRIORITIES, STATUSES, Conversation
from crm.marks import STATUSES as STATUS_WORDS
from crm.marks import channel_word
from crm.segments.vocabulary import Field, History, listed
from crm.timeline.kinds import KINDS
from crm.timeline.models import DIRECTIONS, Interaction
from crm.timeline.statistics import BOOKKEEPING
from crm.touchpoints.models import CHANNELS, Touchpoint

DIRECTION_WORDS = {"inbound": _l("from the customer"), "outbound": _l("from us"), "internal": _l("internal")}
PRIORITY_WORDS = {"low": _l("low"), "normal": _l("normal"), "high": _l("high"), "urgent": _l("urgent")}
assert set(DIRECTION_WORDS) == set(DIRECTIONS)
assert set(PRIORITY_WORDS) == set(PRIORITIES)


def channels() -> list[tuple[str, object]]:
    return [(key, channel_word(key)) for key in CHANNELS]


def touchpoints() -> list[tuple[str, str]]:
    return [(row.key, row.label) for row in db.session.scalars(select(Touchpoint).order_by(Touchpoint.position, Touchpoint.id))]


def departments() -> list[tuple[str, str]]:
    return [(row.key, row.label) for row in db.session.scalars(select(Department).order_by(Department.position, Department.id))]


def words(table: dict[str, Any]) -> Callable[[], list[tuple[str, Any]]]:
    return lambda: list(table.items())


def keyed(label: object, key: str, column: Any, model: Any, values: Callable[[], list[tuple[str, str]]]) -> Field:
    """A field that rules write by the key of the row it points at: the ids are looked up once, inside the one statement."""

    def ids(*keys: str) -> Select:
        return select(model.id).where(model.key.in_(keys))

    def test(comparison: Any) -> Any:
        if comparison.operator == "empty":
            return column.is_(None) if comparison.value else column.is_not(None)
        found = column.in_(ids(*(comparison.value if comparison.operator == "in" else (comparison.value,))))
        return ~found | column.is_(None) if comparison.operator == "is_not" else found

    return Field(key, label, "choice", column, values=values, test=test)


def shared(table: Any) -> list[Field]:
    """What every history with a channel and a place has."""
    return [Field("channel", _l("Channel"), "choice", table.channel, values=channels), *placed(table)]


def placed(table: Any) -> list[Field]:
    return [
        keyed(_l("Touchpoint"), "touchpoint", table.touchpoint_id, Touchpoint, touchpoints),
        keyed(_l("Department"), "department", table.department_id, Department, departments),
    ]


def on_the_timeline(key: str, label: object, kind: str, *fields: Field) -> History:
    """The interactions of one kind."""
    return History(key, label, Interaction.contact_id, Interaction.happened_at, listed(*fields, *shared(Interaction)),
                   base=(*VALID, Interaction.kind == kind))


VALID = (Interaction.superseded_by_id.is_(None), Interaction.visibility == "all")
SUBJECT = Field("subject", _l("Subject"), "text", Interaction.subject)
AMOUNT = Field("amount", _l("Amount"), "number", Interaction.amount)
RESOLUTION = (extract("epoch", Conversation.resolved_at) - extract("epoch", Conversation.created_at)) / 3600.0

INTERACTIONS = History(
    "interactions", _l("Interactions"), Interaction.contact_id, Interaction.happened_at,
    listed(
        *shared(Interaction),
        Field("direction", _l("Direction"), "choice", Interaction.direction, values=words(DIRECTION_WORDS)),
        Field("kind", lazy_pgettext("of an entry", "Kind"), "choice", Interaction.kind, values=lambda: [(key, kind.label) for key, kind in KINDS.items() if kind.shown]),
        SUBJECT, AMOUNT,
        Field("self_rating", _l("Staff rating"), "number", Interaction.self_rating),
    ),
    base=(*VALID, Interaction.kind != "interaction.retracted"),
    unless_asked={"kind": Interaction.kind.not_in(BOOKKEEPING)},
)

CONVERSATIONS = History(
    "conversations", _l("Conversations"), Conversation.contact_id, Conversation.created_at,
    listed(
        Field("status", _l("Status"), "choice", Conversation.status, values=lambda: [(key, STATUS_WORDS[key][0]) for key in STATUSES]),
        Field("priority", _l("Priority"), "choice", Conversation.priority, values=words(PRIORITY_WORDS)),
        *placed(Conversation),
        Field("subject", _l("Subject"), "text", Conversation.subject),
        Field("messages", _l("Messages"), "number", Conversation.messages_count),
        Field("resolution_hours", _l("Hours to resolution"), "number", RESOLUTION),
        Field("resolved_at", _l("Resolved"), "time", Conversation.resolved_at),
    ),
    unless_asked={"status": Conversation.status.not_in(("spam", "merged"))},
)

ANSWERS = History(
    "answers", _l("Answers"), Answer.contact_id, Answer.answered_at,
    listed(
        Field("survey", _l("Survey"), "choice", Answer.survey_type, values=lambda: [(key, scale.label) for key, scale in scales.SCALES.items()]),
        Field("score", _l("Score"), "number", Answer.score),
        Field("comment", _l("Comment"), "text", Answer.comment),
        *shared(Answer),
    ),
    base=(Answer.contested.is_(False),),
)

HISTORIES: dict[str, History] = {
    history.key: history
    for history in (
        INTERACTIONS,
        CONVERSATIONS,
        ANSWERS,
        on_the_timeline("purchases", _l("Purchases"), "purchase.made", AMOUNT, SUBJECT),
        on_the_timeline("campaigns", _l("Campaigns"), "campaign.sent", SUBJECT),
        on_the_timeline("referrals", _l("Referrals"), "referral.made", SUBJECT),
    )
}


def register(app: Flask) -> None:
    app.extensions["histories"] = HISTORIES
