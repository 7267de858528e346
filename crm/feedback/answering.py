"""Taking an answer: the first one counts, its author may correct it for some days, a later one from elsewhere is only kept."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crm import clock, timeline
from crm.errors import Refused
from crm.extensions import db
from crm.feedback import links, scales
from crm.feedback.models import Answer, AnswerVersion, FeedbackNonce, FeedbackRequest
from crm.timeline.models import Interaction

CORRECTABLE = timedelta(days=7)


def answer(request: FeedbackRequest, score: int, visitor: str, language: str, comment: str = "") -> Answer:
    """Take `score` for `request` from the browser that holds the cookie `visitor`.

    Raises Refused when the link has expired. A second answer of the same visitor corrects the first; one from another
    browser, or one from a browser that followed the hidden link, is stored as contested, changes no score and starts nothing.
    """
    if is_over(request):
        raise Refused(_l("This link has expired."))
    own = links.fingerprint(visitor)
    first = counted(request)
    if own == request.decoy_visitor:
        return _contested(request, score, own, language)
    if first is None:
        return _first(request, score, own, language, comment)
    if first.visitor == own and clock.now() - first.answered_at <= CORRECTABLE:
        return correct(first, score=score)
    return _contested(request, score, own, language)


def counted(request: FeedbackRequest) -> Answer | None:
    """The answer of this request that counts, if there is one."""
    return db.session.scalars(select(Answer).where(Answer.request_id == request.id, ~Answer.contested).limit(1)).first()


def is_over(request: FeedbackRequest) -> bool:
    return request.state == "expired" or (request.expires_at is not None and request.expires_at <= clock.now())


def use_nonce(request: FeedbackRequest, nonce: str) -> bool:
    """Whether this page view may still write: each may once."""
    try:
        with db.session.begin_nested():
            db.session.add(FeedbackNonce(digest=links.fingerprint(nonce), request_id=request.id))
    except IntegrityError:
        return False
    return True


def correct(answer: Answer, *, score: int | None = None, comment: str | None = None) -> Answer:
    """Change an answer and keep what it said before; the timeline gets a correcting entry."""
    score = answer.score if score is None else score
    comment = answer.comment if comment is None else comment
    if (score, comment) == (answer.score, answer.comment):
        return answer
    if score != answer.score or answer.comment:
        db.session.add(AnswerVersion(answer_id=answer.id, score=answer.score, comment=answer.comment))
    answer.score, answer.comment = score, comment
    _keep_latest_score(answer)
    entry = db.session.get(Interaction, answer.interaction_id) if answer.interaction_id else None
    if entry is not None:
        answer.interaction_id = timeline.correct(entry, None, body=comment, data=_data(answer)).id
    return answer


def _first(request: FeedbackRequest, score: int, visitor: str, language: str, comment: str) -> Answer:
    taken = _row(request, score, visitor, language)
    taken.comment = comment
    db.session.flush()
    request.state = "answered"
    request.opened_at = request.opened_at or clock.now()
    if request.contact is not None:
        _keep_latest_score(taken)
        entry = timeline.record(
            "feedback.answered", request.contact, channel="web", direction="inbound", provenance="form",
            touchpoint_id=request.touchpoint_id, department_id=request.department_id, body=comment,
            about=("answer", taken.id), data=_data(taken),
        )
        taken.interaction_id = entry.id
    return taken


def _contested(request: FeedbackRequest, score: int, visitor: str, language: str) -> Answer:
    late = _row(request, score, visitor, language)
    late.contested = True
    db.session.flush()
    return late


def _row(request: FeedbackRequest, score: int, visitor: str, language: str) -> Answer:
    row = Answer(
        request=request, contact_id=request.contact_id, survey_id=request.survey_id, survey_type=request.survey.type, score=score,
        visitor=visitor, language=language, touchpoint_id=request.touchpoint_id, channel=request.channel,
        department_id=request.department_id, staff_id=request.staff_id,
    )
    db.session.add(row)
    return row


def _data(answer: Answer) -> dict:
    scale = scales.SCALES[answer.survey_type]
    return {"survey": answer.survey_type, "score": answer.score, "unhappy": scale.is_unhappy(answer.score), "staff_id": answer.staff_id}


def _keep_latest_score(answer: Answer) -> None:
    contact = answer.request.contact
    if contact is None or answer.survey_type not in ("nps", "csat"):
        return
    setattr(contact, f"{answer.survey_type}_score", answer.score)
    setattr(contact, f"{answer.survey_type}_at", answer.answered_at or clock.now())
