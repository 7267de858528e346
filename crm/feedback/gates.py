"""May this person be asked, now, about this? Every gate in order, each with its outcome in words that staff can read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from crm import clock
from crm.accounts.preferences import preference
from crm.consent.ledger import allowed
from crm.extensions import db
from crm.feedback.models import FeedbackRequest
from crm.timeline.pressure import pressure

ASKED = ("sent", "opened", "answered", "expired")


@dataclass(frozen=True)
class Gate:
    gate: str  # consent, address, already_asked, cool_down, pressure
    passed: bool
    detail: str


def check(request: FeedbackRequest) -> list[Gate]:
    """The gates up to and including the first closed one."""
    outcomes = []
    for gate in GATES:
        outcomes.append(gate(request))
        if not outcomes[-1].passed:
            break
    return outcomes


def record(request: FeedbackRequest, outcomes: list[Gate]) -> bool:
    """Keep the outcomes on the request; True when every gate was open."""
    request.gates = [asdict(outcome) for outcome in outcomes]
    closed = next((outcome for outcome in outcomes if not outcome.passed), None)
    request.reason = closed.gate if closed else ""
    return closed is None


def _consent(request: FeedbackRequest) -> Gate:
    passed, reason = allowed(request.person, "feedback", "email")
    return Gate("consent", passed, str(reason or ""))


def _address(request: FeedbackRequest) -> Gate:
    found = mail_address(request) is not None
    return Gate("address", found, "" if found else _("No mail address that can be written to."))


def _already_asked(request: FeedbackRequest) -> Gate:
    query = select(FeedbackRequest.id).where(
        FeedbackRequest.interaction_id == request.interaction_id, FeedbackRequest.id != request.id, FeedbackRequest.state.in_(ASKED)
    )
    asked = request.interaction_id is not None and db.session.scalar(query.limit(1)) is not None
    return Gate("already_asked", not asked, _("Already asked about this.") if asked else "")


def _cool_down(request: FeedbackRequest) -> Gate:
    since = clock.now() - timedelta(days=request.survey.cooldown_days)
    query = select(func.max(FeedbackRequest.sent_at)).where(
        FeedbackRequest.contact_id == request.contact_id, FeedbackRequest.survey_id == request.survey_id,
        FeedbackRequest.id != request.id, FeedbackRequest.sent_at > since,
    )
    last = db.session.scalar(query)
    detail = _("Asked this survey within the last %(days)s days.", days=request.survey.cooldown_days) if last else ""
    return Gate("cool_down", last is None, detail)


def _pressure(request: FeedbackRequest) -> Gate:
    window = timedelta(days=preference("pressure_days"))
    budget = pressure(request.person.id, limit=preference("pressure_limit"), window=window)
    detail = _("%(used)s of %(limit)s messages in %(days)s days.", used=budget.spent, limit=budget.limit, days=budget.days)
    return Gate("pressure", budget.has_room, detail)


GATES: tuple[Callable[[FeedbackRequest], Gate], ...] = (_consent, _address, _already_asked, _cool_down, _pressure)


def mail_address(request: FeedbackRequest) -> str | None:
    """Where the question goes: the primary mail address that is neither ended, opted out nor invalid."""
    today = clock.today()
    usable = [
        a
        for a in request.person.addresses
        if a.kind == "email" and not a.opted_out_at and not a.invalid_at and (a.valid_until is None or a.valid_until >= today)
    ]
    return next((a.value for a in sorted(usable, key=lambda a: not a.primary)), None)
