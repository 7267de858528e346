"""/feedback/requests and /feedback/answers: asking at once, and what customers said."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.api import Endpoint, ListArguments, Resource, Schema, fields, found, paged, referenced, refuse, sorting
from crm.contacts.models import Contact
from crm.extensions import db
from crm.feedback import asking, links
from crm.feedback.models import STATES, Answer, FeedbackRequest, Survey
from crm.feedback.scales import SCALES
from crm.timeline.models import Interaction

REASONS = ("consent", "address", "already_asked", "cool_down", "pressure")


class FeedbackRequestSchema(Schema):
    id = fields.Id(dump_only=True)
    contact_id = fields.Id(required=True, allow_none=True)
    interaction_id = fields.Id(allow_none=True)
    survey = fields.Method("survey_key", dump_only=True)
    state = fields.Choice(*STATES, dump_only=True)
    reason = fields.Text(40, dump_only=True, metadata={"description": f"The gate that held it: one of {', '.join(REASONS)}; empty when none did."})
    due_at = fields.Moment(dump_only=True)
    sent_at = fields.Moment(dump_only=True, allow_none=True)
    expires_at = fields.Moment(dump_only=True, allow_none=True)
    url = fields.Function(links.url, dump_only=True, metadata={"type": "string", "description": "The personal link of the answer page."})

    def survey_key(self, request: FeedbackRequest) -> str:
        return request.survey.key


class AskSchema(Schema):
    contact_id = fields.Id(required=True)
    interaction_id = fields.Id(allow_none=True)
    survey = fields.Text(40, 1, required=True, metadata={"description": "nps, csat, ces, expectation or the key of a survey of yours."})
    override = fields.Boolean(metadata={"description": "Ask in spite of cool-down and contact-pressure budget; never in spite of a refusal."})


class RequestList(ListArguments):
    sort = sorting("due_at", default="-due_at")
    state = fields.Choice(*STATES)
    contact_id = fields.Number()


class AnswerSchema(Schema):
    id = fields.Id(dump_only=True)
    request_id = fields.Id(dump_only=True)
    contact_id = fields.Id(dump_only=True, allow_none=True)
    survey = fields.Function(lambda answer: answer.survey.key, dump_only=True, metadata={"type": "string"})
    type = fields.Choice(*SCALES, dump_only=True, attribute="survey_type")
    score = fields.Whole(dump_only=True)
    comment = fields.Text(5000, dump_only=True)
    call_me = fields.Boolean(dump_only=True)
    touchpoint = fields.Function(lambda answer: answer.request.touchpoint.key if answer.request.touchpoint else None, dump_only=True, metadata={"type": ["string", "null"]})
    channel = fields.Text(12, dump_only=True)
    department_id = fields.Id(dump_only=True, allow_none=True)
    answered_at = fields.Moment(dump_only=True)
    contested = fields.Boolean(dump_only=True)


class AnswerList(ListArguments):
    sort = sorting("answered_at", default="-answered_at")
    contact_id = fields.Number()
    type = fields.Choice(*SCALES)
    contested = fields.Boolean()


requests = Resource("feedback_requests", "Questions to customers: planned, held with the reason, sent, answered.", prefix="/feedback/requests")
answers = Resource("feedback_answers", "What customers said.", prefix="/feedback/answers")


@requests.route("")
class Requests(Endpoint):
    @requests.listed(FeedbackRequestSchema, RequestList)
    def get(self, arguments):
        """Requests, latest due first."""
        query = select(FeedbackRequest).options(joinedload(FeedbackRequest.survey))
        for name in ("state", "contact_id"):
            if name in arguments:
                query = query.where(getattr(FeedbackRequest, name) == arguments[name])
        return paged(query, arguments, {"due_at": FeedbackRequest.due_at}, FeedbackRequest.id)

    @requests.created(FeedbackRequestSchema, body=AskSchema)
    def post(self, values):
        """Ask one contact at once. `state` says whether the question left, `reason` which gate held it."""
        contact = referenced(Contact, values["contact_id"], "contact_id")
        interaction = referenced(Interaction, values.get("interaction_id"), "interaction_id")
        if interaction and interaction.contact_id != contact.id:
            refuse("interaction_id", "This interaction belongs to another contact.")
        survey = db.session.scalars(select(Survey).where(Survey.key == values["survey"], Survey.archived_at.is_(None))).one_or_none()
        if survey is None:
            refuse("survey", "There is no such survey.")
        return asking.ask_now(contact, survey, interaction, override=values.get("override", False))


@requests.route("/<int:request_id>")
class OneRequest(Endpoint):
    @requests.shown(FeedbackRequestSchema)
    def get(self, request_id):
        """One request."""
        return found(select(FeedbackRequest).where(FeedbackRequest.id == request_id))


@answers.route("")
class Answers(Endpoint):
    @answers.listed(AnswerSchema, AnswerList)
    def get(self, arguments):
        """Answers, newest first."""
        query = select(Answer).options(joinedload(Answer.survey), joinedload(Answer.request).joinedload(FeedbackRequest.touchpoint))
        for name, column in (("contact_id", Answer.contact_id), ("type", Answer.survey_type), ("contested", Answer.contested)):
            if name in arguments:
                query = query.where(column == arguments[name])
        return paged(query, arguments, {"answered_at": Answer.answered_at}, Answer.id)


@answers.route("/<int:answer_id>")
class OneAnswer(Endpoint):
    @answers.shown(AnswerSchema)
    def get(self, answer_id):
        """One answer."""
        return found(select(Answer).where(Answer.id == answer_id))


RESOURCES = (requests, answers)
