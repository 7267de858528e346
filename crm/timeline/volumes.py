"""How much happens at each touchpoint."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from crm import clock
from crm.extensions import db
from crm.timeline.models import Interaction
from crm.timeline.statistics import BOOKKEEPING
from crm.touchpoints.models import Touchpoint


def by_touchpoint(days: int) -> dict[int, int]:
    """Interactions of the last `days` per touchpoint; those of a merged one count for the one that took it over."""
    place = func.coalesce(Touchpoint.merged_into_id, Touchpoint.id)
    counted = (
        select(place, func.count())
        .join(Interaction, Interaction.touchpoint_id == Touchpoint.id)
        .where(Interaction.happened_at > clock.now() - timedelta(days=days), Interaction.superseded_by_id.is_(None), Interaction.kind.not_in(BOOKKEEPING))
        .group_by(place)
    )
    return dict(list(db.session.execute(counted)))
