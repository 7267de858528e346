"""The page a customer answers on. Showing it (GET, HEAD) writes nothing; a score in the link only preselects."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, make_response, redirect, render_template, request
from flask_babel import gettext as _

from crm import clock
from crm.accounts.preferences import preference
from crm.consent.ledger import refuse
from crm.errors import Refused
from crm.extensions import csrf, db, limiter, transaction_mode
from crm.feedback import answering, links, mails, scales
from crm.feedback.models import Answer, FeedbackRequest
from crm.feedback.wording import question, wording
from crm.frame import public
from crm.settings import LOCALES

blueprint = Blueprint("answer_page", __name__)
csrf.exempt(blueprint)  # the nonce of the page view does that work, also where cookies are refused
COOKIE = "feedback_visitor"
COOKIE_LIFE = 60 * 86400
COMMENT_LENGTH = 5000


@blueprint.get("/f/<token>")
@public
def show(token: str):
    asked = _load(token)
    if answering.is_over(asked):
        return _answer_page("feedback/over.html", asked, 410)
    chosen = scales.read_score(asked.survey.type, request.args.get("score"))
    own = _own_answer(asked)
    return _answer_page("feedback/answer.html", asked, chosen=own.score if own and chosen is None else chosen, own=own, error="")


@blueprint.post("/f/<token>")
@public
@limiter.limit("60 per hour")
def submit(token: str):
    asked = _load(token)
    visitor = links.read_nonce(request.form.get("nonce", ""), token)
    score = scales.read_score(asked.survey.type, request.form.get("score"))
    if visitor is None or score is None:
        return _again(asked, score, _("Please choose one of the answers.") if visitor else _("Please press Send once more."))
    if not answering.use_nonce(asked, request.form["nonce"]):
        return redirect(f"/f/{token}/thanks", 303)  # a double click: the first one was taken
    try:
        answering.answer(asked, score, visitor, mails.language_of(asked))
    except Refused:
        return _answer_page("feedback/over.html", asked, 410)
    db.session.commit()
    return remember(redirect(f"/f/{token}/thanks", 303), visitor)


@blueprint.get("/f/<token>/thanks")
@public
def thanks(token: str):
    asked = _load(token)
    own = _own_answer(asked)
    return _answer_page("feedback/thanks.html", asked, own=own, scale=scales.SCALES[asked.survey.type], purpose=":comment",
                        review_url=preference("review_url"), saved="saved" in request.args)


@blueprint.post("/f/<token>/comment")
@public
@limiter.limit("60 per hour")
def comment(token: str):
    asked = _load(token)
    visitor = links.read_nonce(request.form.get("nonce", ""), f"{token}:comment")
    own = _answer_of(asked, visitor) if visitor else None
    if own is None:
        abort(409)
    answering.correct(own, comment=request.form.get("comment", "").strip()[:COMMENT_LENGTH])
    own.call_me = "call_me" in request.form
    own.call_me_phone = request.form.get("phone", "").strip()[:40]
    db.session.commit()
    return redirect(f"/f/{token}/thanks?saved=1", 303)


@blueprint.route("/f/<token>/stop", methods=["GET", "POST"])
@public
def stop(token: str):
    """Don't ask me again: a page with a button, and what the button does."""
    asked = _load(token)
    if request.method == "POST":
        if links.read_nonce(request.form.get("nonce", ""), f"{token}:stop") is None:
            return _answer_page("feedback/stop.html", asked, 409, stopped=False, purpose=":stop")
        _mark_opened(asked)
        if asked.contact is not None:
            refuse(asked.contact, "feedback", "email", source="answer page", wording=_("Please do not ask me again."))
        db.session.commit()
    return _answer_page("feedback/stop.html", asked, stopped=request.method == "POST", purpose=":stop")


@blueprint.get("/f/<token>/more")
@public
def decoy(token: str):
    """A link no person sees: who follows it is a machine, and its answer will not count. Marks nothing else."""
    transaction_mode.set("IMMEDIATE")
    asked = _load(token)
    if asked.decoy_hit_at is None:
        asked.decoy_hit_at = clock.now()
        asked.decoy_visitor = links.fingerprint(request.cookies.get(COOKIE, "")) if COOKIE in request.cookies else ""
        db.session.commit()
    return _answer_page("feedback/over.html", asked, 410)


def _load(token: str) -> FeedbackRequest:
    asked = links.find(token)
    if asked is None:
        abort(404)
    wanted = request.values.get("language", "")
    g.locale = wanted if wanted in LOCALES else mails.language_of(asked)
    return asked


def _again(asked: FeedbackRequest, chosen: int | None, error: str) -> Response:
    _mark_opened(asked)
    db.session.commit()
    return _answer_page("feedback/answer.html", asked, 422, chosen=chosen, own=None, error=error)


def _mark_opened(asked: FeedbackRequest) -> None:
    """Somebody pressed a button: the page was really opened, by whoever it was."""
    asked.opened_at = asked.opened_at or clock.now()
    if asked.state == "sent":
        asked.state = "opened"


def _own_answer(asked: FeedbackRequest) -> Answer | None:
    return _answer_of(asked, request.cookies.get(COOKIE, ""))


def _answer_of(asked: FeedbackRequest, visitor: str) -> Answer | None:
    counted = answering.counted(asked)
    return counted if counted and visitor and counted.visitor == links.fingerprint(visitor) else None


def _answer_page(template: str, asked: FeedbackRequest, status: int = 200, *, purpose: str = "", **context: Any) -> Response:
    visitor = request.cookies.get(COOKIE) or secrets.token_urlsafe(16)
    token = links.token(asked.id)
    form = asked.contact.address_form if asked.contact else "sie"
    firm = preference("firm_name")
    body = render_template(
        template, token=token, nonce=links.make_nonce(token + purpose, visitor), firm={"name": firm}, survey=asked.survey, form=form,
        scores=list(scales.SCALES[asked.survey.type].scores), question=question(asked.survey, g.locale, form, firm), word=scales.word,
        wording=wording(asked.survey, g.locale, form), about=mails.about_what(asked), privacy_url=preference("privacy_url"),
        personal=asked.contact is not None, other_language="en" if g.locale == "de" else "de", **context,
    )
    return remember(make_response(body, status), visitor)


def remember(response: Any, visitor: str) -> Any:
    secure = current_app.config["SETTINGS"].is_https
    response.set_cookie(COOKIE, visitor, max_age=COOKIE_LIFE, httponly=True, samesite="Lax", secure=secure)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
