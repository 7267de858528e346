"""The start page. Now is Saturday, 21 November 2026, 10:00 in Berlin."""

from datetime import date, timedelta

import pytest

from crm import timeline
from crm.dates.due_dates import whole_day
from crm.feedback.models import Answer, FeedbackRequest, Survey
from crm.inbox.models import Conversation
from crm.tasks.models import Task


@pytest.fixture
def ada(make, agent):
    return make.contact("Ada", "Adler", owner_id=agent.id, lifecycle="customer")


@pytest.fixture
def answer(make, clock):
    def made(contact, score, comment="", **fields):
        survey = make.save(Survey(key=f"csat{score}{comment}", type="csat", name="CSAT"))
        request = make.save(FeedbackRequest(contact_id=contact.id, survey=survey, state="answered"))
        return make.save(Answer(request=request, contact_id=contact.id, survey=survey, survey_type="csat", score=score, comment=comment, **fields))

    return made


def test_an_empty_day_is_a_reward(client, clock):
    text = client.get("/").text
    assert "Good morning, Anna" in text
    assert "Nothing is waiting for you" in text


def test_what_is_overdue_and_due_today_comes_first(client, agent, ada, clock, db):
    for title, day in (("Late one", 20), ("Today's one", 21), ("Next week's", 27)):
        Task.create(title, agent, whole_day(date(2026, 11, day), "Europe/Berlin"), contact=ada)
    db.session.commit()
    text = client.get("/").text
    assert text.index("Late one") < text.index("Today&#39;s one")
    assert "Next week" not in text


def test_an_unhappy_answer_is_called_back_until_somebody_was_in_touch(client, ada, answer, agent, db, clock):
    answer(ada, 2, "Nobody called me")
    assert "Nobody called me" in client.get("/").text
    clock.advance(hours=1)
    timeline.record("call.logged", ada, channel="phone", direction="outbound", staff=agent)
    assert "Nobody called me" not in client.get("/").text


def test_conversations_nobody_has_taken_wait_for_everybody_of_the_department(client, browse, outsider, ada, service, make, clock):
    make.save(Conversation(subject="Broken pallet", contact_id=ada.id, department_id=service.id, waiting_since=clock.time))
    assert "Broken pallet" in client.get("/").text
    assert "Broken pallet" not in browse(outsider).get("/").text


def test_a_conversation_nobody_waits_in_has_an_age_all_the_same(client, ada, service, make, clock):
    make.save(Conversation(subject="Open again", contact_id=ada.id, department_id=service.id, last_message_at=clock.time - timedelta(days=2)))
    row = client.get("/").text.partition("Open again")[2].partition("</li>")[0]
    assert "<time" in row


def test_customers_gone_silent_are_named(client, ada, make, agent, clock, db):
    timeline.record("call.logged", ada, channel="phone", direction="outbound", happened_at=clock.time - timedelta(days=100))
    assert "Ada Adler" in client.get("/").text
    Task.create("Call", agent, whole_day(date(2026, 12, 1), "Europe/Berlin"), contact=ada)
    assert "Ada Adler" not in client.get("/").text


def test_my_week_and_the_latest_praise(client, ada, answer, agent, clock, db):
    timeline.record("call.logged", ada, channel="phone", direction="outbound", staff=agent)
    answer(ada, 5, "Wonderful service", staff_id=agent.id)
    text = client.get("/").text
    assert "Wonderful service" in text
    assert "n = 1" in text


def test_the_number_of_statements_does_not_grow_with_the_work(client, ada, agent, answer, make, clock, db, statements):
    client.get("/")
    with statements() as few:
        client.get("/")
    for number in range(20):
        Task.create(f"Task {number}", agent, whole_day(date(2026, 11, 21), "Europe/Berlin"), contact=ada)
        answer(ada, 1, f"Bad {number}")
        make.save(Conversation(subject=f"Subject {number}", contact_id=ada.id, waiting_since=clock.time))
    with statements() as many:
        client.get("/")
    assert len(many) <= len(few) <= 12


def test_nobody_has_no_day(nobody):
    assert nobody.get("/").status_code == 303


def test_times_that_run_out_are_shown_to_who_can_do_something_about_it(client, browse, outsider, ada, agent, colleague, service, make, clock):
    running = {"contact_id": ada.id, "clock_due": clock.time + timedelta(hours=1), "clock_kind": "first_response"}
    make.save(Conversation(subject="Mine", assignee_id=agent.id, department_id=outsider.department_id, **running))
    make.save(Conversation(subject="A colleague's", assignee_id=colleague.id, department_id=service.id, **running))
    make.save(Conversation(subject="Of my department", department_id=service.id, **running))
    make.save(Conversation(subject="Of no department", **running))
    mine, theirs = client.get("/").text, browse(outsider).get("/").text
    assert [name in mine for name in ("Mine", "A colleague&#39;s", "Of my department", "Of no department")] == [True, False, True, True]
    assert [name in theirs for name in (">Mine<", "Of my department", "Of no department")] == [False, False, True]
