"""What customers think of each touchpoint, with n and margin: answers of the last year, for the register, its pages and its API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask_login import current_user
from sqlalchemy import Select, func, select

from crm import clock
from crm.accounts.preferences import preference
from crm.extensions import db, fetch
from crm.feedback import queries
from crm.feedback.models import Answer
from crm.feedback.scales import SCALES
from crm.feedback.scoring import score
from crm.timeline import feeds
from crm.touchpoints.models import Touchpoint
from crm.touchpoints.queries import absorbed_by

WINDOW = timedelta(days=365)
SHOWN = 5  # answers in words


def by_touchpoint() -> dict[int, dict[str, dict[str, Any]]]:
    """{touchpoint id: {type of survey: {n, value, margin}}}; answers at a merged one count for its survivor."""
    place = func.coalesce(Touchpoint.merged_into_id, Touchpoint.id)
    counted = _counted(place).join(Touchpoint, Answer.touchpoint_id == Touchpoint.id)
    found: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for ident, kind, value, number in db.session.execute(counted):
        found[ident, kind][value] = number
    scores: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for (ident, kind), distribution in found.items():
        scores[ident][kind] = {name: value for name, value in asdict(score(kind, distribution)).items() if name != "type"}
    return scores


def answers_at(touchpoint: Touchpoint) -> Mapping[str, Any]:
    """On a touchpoint's page: its scores, and what customers wrote there last."""
    places, minimum = places_of(touchpoint), preference("min_n")
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for kind, value, number in db.session.execute(_counted().where(Answer.touchpoint_id.in_(places))):
        found[kind][value] = number
    written = queries.answers(mood="commented").where(Answer.touchpoint_id.in_(places), ~Answer.contested).order_by(Answer.answered_at.desc(), Answer.id.desc())
    return {"scores": [(SCALES[kind], score(kind, found[kind], minimum)) for kind in SCALES if kind in found], "answers": fetch(written.limit(SHOWN)), "min_n": minimum}


def happened_at(touchpoint: Touchpoint) -> Mapping[str, Any]:
    return {"feed": feeds.latest_at(places_of(touchpoint), current_user)}


def places_of(touchpoint: Touchpoint) -> list[int]:
    """Its id and those of what was merged into it."""
    return [touchpoint.id, *db.session.scalars(absorbed_by(touchpoint).with_only_columns(Touchpoint.id))]


def _counted(*by: Any) -> Select:
    """How often which score was given in the last year."""
    query = select(*by, Answer.survey_type, Answer.score, func.count()).select_from(Answer)
    return query.where(Answer.answered_at > clock.now() - WINDOW, ~Answer.contested).group_by(*by, Answer.survey_type, Answer.score)
