"""THE switchboard: what happened → who answers, in this order, in the same transaction. A reaction touches only the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from crm.timeline.models import Interaction

REACTIONS: Mapping[str, Sequence[Callable[[Interaction], None]]] = {
    # "conversation.resolved": [feedback.asking.plan_request],
    # "feedback.answered": [tasks.reacting.follow_up_if_unhappy],
}
