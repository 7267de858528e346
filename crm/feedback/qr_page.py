"""Feedback at an offline touchpoint: a printed QR code leads here, nobody is known, one answer a page view."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Blueprint, abort, g, make_response, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from crm import clock
from crm.accounts.preferences import preference
from crm.extensions import csrf, db, limiter
from crm.feedback import answering, links, scales
from crm.feedback.answer_page import COOKIE, remember
from crm.feedback.models import FeedbackRequest, Survey
from crm.feedback.wording import question, wording
from crm.frame import choose_locale, public
from crm.settings import LOCALES
from crm.touchpoints.models import Touchpoint

blueprint = Blueprint("qr_page", __name__)
csrf.exempt(blueprint)


@blueprint.get("/t/<key>")
@public
def show(key: str):
    return _page(*_load(key), chosen=None, error="")


@blueprint.post("/t/<key>")
@public
@limiter.limit("30 per hour")
def submit(key: str):
    touchpoint, survey = _load(key)
    visitor = links.read_nonce(request.form.get("nonce", ""), f"t:{key}")
    score = scales.read_score(survey.type, request.form.get("score"))
    if visitor is None or score is None:
        return _page(touchpoint, survey, chosen=score, error=_("Please choose one of the answers.") if visitor else _("Please press Send once more."), status=422)
    asked = _anonymous_request(touchpoint, survey)
    if answering.use_nonce(asked, request.form["nonce"]):
        answering.answer(asked, score, visitor, g.locale)
        db.session.commit()
        return remember(redirect(f"/f/{links.token(asked.id)}/thanks", 303), visitor)
    db.session.rollback()
    return redirect(f"/t/{key}", 303)


def _load(key: str) -> tuple[Touchpoint, Survey]:
    touchpoint = db.session.scalars(select(Touchpoint).where(Touchpoint.key == key, Touchpoint.retired_at.is_(None))).one_or_none()
    wanted = request.args.get("s", "csat")
    survey = db.session.scalars(select(Survey).where(Survey.key == wanted, Survey.archived_at.is_(None))).one_or_none()
    if touchpoint is None or survey is None:
        abort(404)
    language = request.values.get("language", "")
    g.locale = language if language in LOCALES else choose_locale()
    return touchpoint, survey


def _anonymous_request(touchpoint: Touchpoint, survey: Survey) -> FeedbackRequest:
    asked = FeedbackRequest(
        survey=survey, touchpoint_id=touchpoint.id, channel=touchpoint.channel, department_id=touchpoint.department_id, state="sent",
        sent_at=clock.now(), expires_at=clock.now() + timedelta(days=survey.expires_days), language=g.locale,
    )
    db.session.add(asked)
    db.session.flush()
    return asked


def _page(touchpoint: Touchpoint, survey: Survey, chosen: int | None, error: str, status: int = 200):
    visitor = request.cookies.get(COOKIE) or secrets.token_urlsafe(16)
    firm = preference("firm_name")
    body = render_template(
        "feedback/at_touchpoint.html", touchpoint=touchpoint, nonce=links.make_nonce(f"t:{touchpoint.key}", visitor), chosen=chosen, error=error,
        survey=survey, scores=list(scales.SCALES[survey.type].scores), question=question(survey, g.locale, "sie", firm), word=scales.word,
        wording=wording(survey, g.locale), firm={"name": firm}, privacy_url=preference("privacy_url"),
        other_language="en" if g.locale == "de" else "de", survey_key=survey.key,
    )
    return remember(make_response(body, status), visitor)
