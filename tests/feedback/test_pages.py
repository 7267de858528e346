import pytest
from sqlalchemy import select

from crm.consent.ledger import refuse
from crm.extensions import db
from crm.feedback.models import Answer, FeedbackRule, Survey


def test_an_empty_list_says_what_will_stand_here(client, surveys):
    assert "No answers here yet" in client.get("/feedback").text
    assert "Nobody has been asked yet" in client.get("/feedback/requests").text


def test_answers_and_scores_are_shown_with_their_n(client, nobody, give, customer):
    give(nobody, 1)
    page = client.get("/feedback").text
    assert "Klara Kunde" in page
    assert "too few answers" in page
    assert "n = 1, at least 10 needed" in page
    assert "Klara Kunde" not in client.get("/feedback?mood=contested").text


def test_one_answer_shows_what_it_is_about(client, nobody, give):
    give(nobody, 1)
    ident = db.session.scalar(select(Answer.id))
    page = client.get(f"/feedback/answers/{ident}").text
    assert "Answer of Klara Kunde" in page
    assert client.get("/feedback/answers/999999").status_code == 404


def test_why_nobody_was_asked_is_said(client, surveys, customer, resolve):
    from crm.feedback.jobs import send_due

    refuse(customer, "feedback", "email", source="test")
    resolve(customer)
    send_due()
    assert "Refused" in client.get("/feedback/requests?state=held").text


def test_surveys_and_rules_are_for_leads(client, browse, lead, surveys):
    for path in ("/feedback/surveys", "/feedback/rules", "/feedback/rules/new"):
        assert client.get(path).status_code == 403
        assert browse(lead).get(path).status_code == 200


@pytest.fixture
def rule_fields(surveys):
    return {"kind": "call.logged", "survey_id": surveys["nps"].id, "touchpoint_id": 0, "channel": "", "delay_minutes": 5, "share": 50, "active": "y"}


def test_a_rule_is_added(browse, lead, rule_fields, surveys):
    assert browse(lead).post("/feedback/rules/new", data=rule_fields).status_code == 303
    added = db.session.scalars(select(FeedbackRule).where(FeedbackRule.kind == "call.logged")).one()
    assert (added.survey.key, added.delay_minutes, added.share, added.touchpoint_id, added.channel, added.active) == ("nps", 5, 50, None, None, True)


@pytest.mark.parametrize(("field", "value"), [("delay_minutes", "-1"), ("delay_minutes", "soon"), ("share", "0"), ("share", ""), ("survey_id", "999")])
def test_a_bad_rule_is_refused_and_says_why(browse, lead, rule_fields, field, value):
    reply = browse(lead).post("/feedback/rules/new", data={**rule_fields, field: value})
    assert reply.status_code == 422
    assert f'id="{field}-error"' in reply.text
    assert db.session.scalars(select(FeedbackRule).where(FeedbackRule.kind == "call.logged")).all() == []


def test_the_wording_of_a_survey_is_changed_and_shown(browse, lead, surveys):
    data = {"name": "Our CSAT", "question_en": "Happy with {firm}?", "question_de": "", "question_de_du": "", "cooldown_days": 7, "expires_days": 14}
    assert browse(lead).post(f"/feedback/surveys/{surveys['csat'].id}", data=data).status_code == 303
    assert db.session.get(Survey, surveys["csat"].id).wording == {"en": {"question": "Happy with {firm}?"}}
    assert "Happy with Backbone?" in browse(lead).get("/feedback/surveys").text
    assert browse(lead).post(f"/feedback/surveys/{surveys['csat'].id}", data={**data, "name": ""}).status_code == 422
