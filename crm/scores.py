"""What customers think of each touchpoint, with n and margin: answers of the last year, for the register and its API."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from crm import clock
from crm.extensions import db
from crm.feedback.models import Answer, FeedbackRequest
from crm.feedback.scoring import score
from crm.touchpoints.models import Touchpoint

WINDOW = timedelta(days=365)


def by_touchpoint() -> dict[int, dict[str, dict[str, Any]]]:
    """{touchpoint id: {type of survey: {n, value, margin}}}; answers at a merged one count for its survivor."""
    place = func.coalesce(Touchpoint.merged_into_id, Touchpoint.id)
    counted = (
        select(place, Answer.survey_type, Answer.score, func.count())
        .join(FeedbackRequest, FeedbackRequest.touchpoint_id == Touchpoint.id)
        .join(Answer, Answer.request_id == FeedbackRequest.id)
        .where(Answer.answered_at > clock.now() - WINDOW, ~Answer.contested)
        .group_by(place, Answer.survey_type, Answer.score)
    )
    found: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for ident, kind, value, number in db.session.execute(counted):
        found[ident, kind][value] = number
    scores: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for (ident, kind), distribution in found.items():
        scores[ident][kind] = {name: value for name, value in asdict(score(kind, distribution)).items() if name != "type"}
    return scores
