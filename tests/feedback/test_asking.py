from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.consent.ledger import refuse
from crm.extensions import db
from crm.feedback.asking import ask_now
from crm.feedback.jobs import expire, send_due
from crm.feedback.models import FeedbackRequest, FeedbackRule
from crm.outbox.models import Delivery
from crm.timeline.models import Interaction


def requests():
    return list(db.session.scalars(select(FeedbackRequest).order_by(FeedbackRequest.id)))


def test_a_resolved_conversation_plans_a_request_after_the_delay(rule, customer, resolve, clock):
    rule.delay_minutes = 30
    entry = resolve(customer)
    [planned] = requests()
    assert (planned.state, planned.interaction_id, planned.due_at) == ("planned", entry.id, clock() + timedelta(minutes=30))
    assert send_due() == 0
    clock.advance(minutes=31)
    assert send_due() == 1
    assert planned.state == "sent"


def test_the_question_leaves_in_the_customers_language_and_stands_in_the_timeline(asked):
    delivery = db.session.get(Delivery, asked.delivery_id)
    assert delivery.recipients == "klara@kunde.example"
    assert delivery.automatic
    assert delivery.subject.startswith("Eine Frage von")
    kinds = db.session.scalars(select(Interaction.kind).order_by(Interaction.id)).all()
    assert kinds == ["conversation.resolved", "feedback.requested"]


def test_who_is_counted_is_frozen_when_asked(asked, agent, service):
    assert (asked.staff_id, asked.department_id, asked.channel) == (agent.id, service.id, "email")


def test_nobody_is_asked_twice_about_the_same_thing(surveys, customer, resolve, clock):
    entry = resolve(customer)
    send_due()
    again = ask_now(customer, surveys["nps"], entry)
    assert (again.state, again.reason) == ("held", "already_asked")


def test_a_refusal_holds_the_request_and_says_so(surveys, customer, resolve):
    refuse(customer, "feedback", "email", source="test")
    resolve(customer)
    send_due()
    [held] = requests()
    assert (held.state, held.reason) == ("held", "consent")
    assert [gate["gate"] for gate in held.gates] == ["consent"]
    assert held.gates[0]["detail"]


def test_the_cool_down_of_a_survey_holds(surveys, customer, resolve, clock):
    resolve(customer)
    send_due()
    clock.advance(days=3)
    resolve(customer)
    send_due()
    assert [(r.state, r.reason) for r in requests()] == [("sent", ""), ("held", "cool_down")]
    clock.advance(days=30)
    resolve(customer)
    send_due()
    assert requests()[-1].state == "sent"


def test_surveys_share_one_budget_of_attention(surveys, customer, make):
    for survey in ("nps", "csat", "ces"):
        assert ask_now(customer, surveys[survey]).state == "sent"
    held = ask_now(customer, surveys["expectation"])
    assert (held.state, held.reason) == ("held", "pressure")


def test_an_override_passes_the_budget_but_never_a_refusal(surveys, customer):
    ask_now(customer, surveys["nps"])
    assert ask_now(customer, surveys["nps"], override=True).state == "sent"
    refuse(customer, "feedback", "email", source="test")
    assert ask_now(customer, surveys["csat"], override=True).state == "held"


def test_somebody_without_a_usable_address_is_not_asked(surveys, make):
    assert ask_now(make.contact(), surveys["csat"]).state == "held"


@pytest.mark.parametrize("share", [0, 100])
def test_only_the_share_that_the_rule_says_is_asked(rule, customer, resolve, share):
    rule.share = share
    resolve(customer)
    assert len(requests()) == (1 if share else 0)


def test_the_most_particular_rule_asks(surveys, customer, resolve):
    db.session.add(FeedbackRule(survey=surveys["nps"], kind="conversation.resolved", channel="phone", delay_minutes=0))
    resolve(customer, channel="phone")
    assert requests()[0].survey.key == "nps"


def test_a_rule_switched_off_asks_nobody(rule, customer, resolve):
    rule.active = False
    resolve(customer)
    assert requests() == []


def test_links_expire(asked, clock):
    clock.advance(days=29)
    expire()
    assert asked.state == "sent"
    clock.advance(days=2)
    expire()
    db.session.refresh(asked)
    assert asked.state == "expired"
