"""Scores, response rates, times and volumes by group, each with its n."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, case, extract, func, select

from crm.accounts.models import Department
from crm.accounts.preferences import preference
from crm.extensions import db
from crm.feedback.models import Answer, FeedbackRequest
from crm.feedback.scales import SCALES
from crm.feedback.scoring import score
from crm.inbox.clocks import figures
from crm.inbox.clocks.figures import Wanted
from crm.timeline.models import Interaction
from crm.timeline.statistics import BOOKKEEPING
from crm.touchpoints.models import Touchpoint

Groups = dict[str, dict[str, Any]]


def gather(wanted: Wanted, contacts: Select | None) -> Groups:
    """{group: its figures}; `contacts`: only of these people."""
    keys = _keys(wanted.by)
    found: Groups = defaultdict(dict)
    for group, measured in figures.by_group(wanted, contacts).items():
        name = figures.CHANNELS[group] if wanted.by == "channel" else keys(group)
        found[name] |= {kind: {"n": one.n, "p50": one.p50, "p90": one.p90, "breached": one.broken} for kind, one in measured.items()}
    _scores(found, keys, wanted, contacts)
    asked = _rows(FeedbackRequest, FeedbackRequest.sent_at, wanted, contacts, func.count(), func.sum(case((FeedbackRequest.state == "answered", 1), else_=0)))
    for group, sent, answered in db.session.execute(asked):
        found[keys(group)]["responses"] = {"n": sent, "answered": int(answered), "rate": round(int(answered) / sent, 4)}
    counted = _rows(Interaction, Interaction.happened_at, wanted, contacts, func.count())
    for group, number in db.session.execute(counted.where(Interaction.superseded_by_id.is_(None), Interaction.kind.not_in(BOOKKEEPING))):
        found[keys(group)]["interactions"] = number
    return found


def _scores(found: Groups, keys: Callable[[Any], str], wanted: Wanted, contacts: Select | None) -> None:
    given: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    counted = _rows(Answer, Answer.answered_at, wanted, contacts, Answer.survey_type, Answer.score, func.count(), grouped=2)
    for group, kind, value, number in db.session.execute(counted.where(~Answer.contested)):
        given[keys(group), kind][value] = number
    minimum = preference("min_n")
    for (group, kind), distribution in given.items():
        if kind in SCALES:
            found[group][kind] = {name: value for name, value in asdict(score(kind, distribution, minimum)).items() if name != "type"}


def _rows(table: Any, at: Any, wanted: Wanted, contacts: Select | None, *columns: Any, grouped: int = 0) -> Select:
    """`columns` by group, of what happened in those days; the first `grouped` of them group too."""
    group = {
        "touchpoint": func.coalesce(table.touchpoint_id, 0), "department": func.coalesce(table.department_id, 0), "channel": table.channel,
        "month": extract("year", at) * 100 + extract("month", at),
    }[wanted.by]
    start, end = wanted.span
    query = select(group.label("grouped"), *columns).where(at >= start, at < end).group_by(group, *columns[:grouped])
    return query if contacts is None else query.where(table.contact_id.in_(contacts))


def _keys(by: str) -> Callable[[Any], str]:
    """What a group is called: the key of a touchpoint or department ("" for none), a channel, 2026-11."""
    if by == "month":
        return lambda group: f"{int(group) // 100}-{int(group) % 100:02}"
    if by == "channel":
        return str
    table: Any = Touchpoint if by == "touchpoint" else Department
    known: dict[int, str] = dict(db.session.execute(select(table.id, table.key)).all())  # type: ignore[arg-type]  # rows are pairs
    return lambda group: known.get(group, "")
