"""What staff see of feedback: answers with their scores, who was asked and why not, surveys, rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy import select

from crm import clock, fields, web
from crm.accounts.once import leads_to, once
from crm.accounts.preferences import preference
from crm.extensions import db
from crm.feedback import answer_page, qr_page, queries, scales, scoring
from crm.feedback.forms import KINDS, RuleForm, SurveyForm
from crm.feedback.models import STATES, Answer, AnswerVersion, FeedbackRequest, FeedbackRule, Survey
from crm.feedback.wording import question
from crm.frame import needs
from crm.touchpoints.models import Touchpoint

blueprint = Blueprint("feedback", __name__)
blueprint.register_blueprint(answer_page.blueprint)
blueprint.register_blueprint(qr_page.blueprint)
WINDOW = timedelta(days=90)


@blueprint.get("/feedback")
def index():
    filters = {"type": request.args.get("type", ""), "mood": request.args.get("mood", ""),
               "touchpoint_id": request.args.get("touchpoint", type=fields.ident)}
    here = _here(type=filters["type"], mood=filters["mood"], touchpoint=filters["touchpoint_id"])
    page = web.paginate(queries.answers(**filters), Answer.answered_at, Answer.id, cursor=request.args.get("cursor"))
    if request.args.get("cursor") and web.wants_partial():
        return web.page("feedback/_answers.html", page=page, filters=filters, here=here)
    return web.page("feedback/index.html", page=page, filters=filters, scores=_scores(), scales=scales.SCALES, here=here)


def _here(**filters: Any) -> str:
    """This list's address with its filters, without the cursor."""
    return f"{request.path}?{urlencode({name: value for name, value in filters.items() if value})}".rstrip("?")


def _scores() -> list[dict]:
    """The four scores of the last 90 days by the date of the answer, each with n, margin and response rate."""
    since = clock.now() - WINDOW
    counts, rates = queries.distributions(since), queries.response_rates(since)
    minimum = preference("min_n")
    return [
        {"scale": scale, "score": scoring.score(key, counts.get(key, {}), minimum), "counts": counts.get(key, {}), "rate": rates.get(key, (0, 0)), "min_n": minimum}
        for key, scale in scales.SCALES.items()
    ]


@blueprint.get("/feedback/answers/<int:ident>")
def answer(ident: int):
    found = db.get_or_404(Answer, ident)
    versions = db.session.scalars(select(AnswerVersion).where(AnswerVersion.answer_id == ident).order_by(AnswerVersion.id)).all()
    return web.page("feedback/show.html", answer=found, asked=found.request, versions=versions)


@blueprint.get("/feedback/requests")
def requests():
    state, contact = request.args.get("state", ""), request.args.get("contact", type=fields.ident)
    state = state if state in STATES else ""
    query = queries.requests(state, contact)
    page = web.paginate(query, FeedbackRequest.due_at, FeedbackRequest.id, cursor=request.args.get("cursor"))
    return web.page("feedback/requests.html", page=page, state=state, states=STATES, here=_here(state=state, contact=contact))


@blueprint.get("/feedback/surveys")
@needs("surveys")
def surveys():
    rows = db.session.scalars(select(Survey).order_by(Survey.archived_at.is_not(None), Survey.id)).all()
    return web.page("feedback/surveys.html", surveys=rows, firm=preference("firm_name"), question=question)


@blueprint.route("/feedback/surveys/<int:ident>", methods=["GET", "POST"])
@needs("surveys")
def survey(ident: int):
    row = db.get_or_404(Survey, ident)
    form = SurveyForm(obj=row, data={f"question_{key.replace('-', '_')}": texts.get("question", "") for key, texts in (row.wording or {}).items()})
    if not form.validate_on_submit():
        return web.page("feedback/survey.html", status=422 if form.errors else 200, form=form, survey=row, question=question,
                        firm=preference("firm_name"), scale=scales.SCALES[row.type])
    row.name, row.cooldown_days, row.expires_days, row.wording = form.name.data, form.cooldown_days.data, form.expires_days.data, form.wording()
    db.session.commit()
    web.toast(_("Survey saved."))
    return web.done("/feedback/surveys")


@blueprint.get("/feedback/rules")
@needs("surveys")
def rules():
    rows = db.session.scalars(select(FeedbackRule).order_by(FeedbackRule.active.desc(), FeedbackRule.id)).all()
    return web.page("feedback/rules.html", rules=rows, kinds=dict(KINDS), touchpoints=_touchpoint_names())


@blueprint.route("/feedback/rules/new", methods=["GET", "POST"])
@needs("surveys")
@once
def new_rule():
    return _edit_rule(FeedbackRule(delay_minutes=30, share=100, active=True), _("New rule"))


@blueprint.route("/feedback/rules/<int:ident>", methods=["GET", "POST"])
@needs("surveys")
def rule(ident: int):
    return _edit_rule(db.get_or_404(FeedbackRule, ident), _("Rule"))


def _edit_rule(row: FeedbackRule, title: str):
    form = RuleForm(obj=row, touchpoint_id=row.touchpoint_id or 0)
    form.survey_id.choices = fields.options((row.id, row.name) for row in db.session.scalars(select(Survey).where(Survey.archived_at.is_(None)).order_by(Survey.id)))
    form.touchpoint_id.choices = fields.options({0: _("any touchpoint")} | _touchpoint_names())
    if not form.validate_on_submit():
        return web.page("feedback/rule.html", status=422 if form.errors else 200, form=form, title=title)
    form.populate_obj(row)
    row.touchpoint_id, row.channel = form.touchpoint_id.data or None, form.channel.data or None
    db.session.add(row)
    location = leads_to("/feedback/rules")
    db.session.commit()
    web.toast(_("Rule saved."))
    return web.done(location)


def _touchpoint_names() -> dict[int, str]:
    found = db.session.scalars(select(Touchpoint).where(Touchpoint.retired_at.is_(None)).order_by(Touchpoint.position))
    return {touchpoint.id: touchpoint.label for touchpoint in found}
