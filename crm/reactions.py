"""THE switchboard: what happened → who answers, in this order, in the same transaction. A reaction touches only the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from crm.desk import open_conversation
from crm.feedback.asking import plan_request
from crm.tasks.reacting import follow_up_unhappy_answer
from crm.timeline.models import Interaction

REACTIONS: Mapping[str, Sequence[Callable[[Interaction], object]]] = {
    "conversation.resolved": [plan_request],
    "call.logged": [plan_request],
    "visit.logged": [plan_request],
    "form.submitted": [open_conversation, plan_request],
    "purchase.made": [plan_request],
    "feedback.answered": [follow_up_unhappy_answer],
}
