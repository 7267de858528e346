"""Verbs and pages of tasks. Now is Saturday, 21 November 2026, 10:00 in Berlin."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from crm import timeline
from crm.dates.due_dates import Due, end_of_day, whole_day
from crm.tasks.listing import buckets
from crm.tasks.models import Task
from crm.tasks.reacting import follow_up_unhappy_answer
from crm.timeline import rebuilding
from crm.timeline.models import Interaction
from tests.conftest import HTMX

BERLIN = "Europe/Berlin"
TODAY, TOMORROW, FRIDAY = (whole_day(date(2026, 11, day), BERLIN) for day in (21, 22, 27))
YESTERDAY = whole_day(date(2026, 11, 20), BERLIN)


@pytest.fixture
def ada(make):
    return make.contact("Ada", "Adler")


@pytest.fixture
def task(ada, agent, clock, db):
    task = Task.create("Send the offer", agent, TOMORROW, contact=ada, created_by=agent)
    db.session.commit()
    return task


def standing(db):
    return db.session.scalars(select(Interaction.kind).where(Interaction.superseded_by_id.is_(None), Interaction.kind == "task.done")).all()


# — verbs ————————————————————————————————————————————————————————————————————————————————————————————


def test_the_next_step_of_a_contact_is_its_earliest_open_task(ada, agent, task):
    assert ada.next_task_at == TOMORROW.at
    Task.create("Call", agent, TODAY, contact=ada)
    assert ada.next_task_at == TODAY.at


def test_done_moves_the_next_step_on_and_stands_on_the_timeline(ada, agent, task, db):
    task.complete(agent)
    assert (task.done_by_id, ada.next_task_at, standing(db)) == (agent.id, None, ["task.done"])


def test_done_twice_is_done_once(agent, task, db):
    task.complete(agent)
    task.complete(agent)
    assert standing(db) == ["task.done"]


def test_not_done_after_all_withdraws_the_entry(ada, agent, task, db):
    task.complete(agent)
    task.reopen(agent)
    task.reopen(agent)
    assert (task.done_at, ada.next_task_at, standing(db)) == (None, TOMORROW.at, [])


def test_rescheduled_cancelled_restored(ada, task):
    task.reschedule(FRIDAY)
    assert ada.next_task_at == FRIDAY.at
    task.cancel()
    assert ada.next_task_at is None
    task.restore()
    assert ada.next_task_at == FRIDAY.at


def test_a_whole_day_task_stays_on_its_day_when_it_moves_to_another_zone(make, task):
    task.reassign(make.user("Nora New York", timezone="America/New_York"), BERLIN, "America/New_York")
    assert task.due_at == end_of_day(date(2026, 11, 22), "America/New_York")


def test_a_task_taken_from_its_contact_is_not_their_next_step(ada, task):
    task.relate(None)
    assert ada.next_task_at is None


def test_the_next_steps_kept_equal_those_rebuilt(ada, agent, task):
    Task.create("Someday", agent, None, contact=ada)
    Task.create("Friday", agent, FRIDAY, contact=ada)
    task.complete(agent)
    assert list(rebuilding.drift()) == []


# — lists ————————————————————————————————————————————————————————————————————————————————————————————


def test_tasks_stand_under_overdue_today_this_week_later(app, agent, clock):
    week = [("Late", YESTERDAY), ("Now", TODAY), ("Sunday", TOMORROW), ("Then", FRIDAY), ("Someday", None)]
    with app.test_request_context():
        found = {bucket.key: [row.title for row in bucket.rows] for bucket in buckets([Task.create(title, agent, due) for title, due in week])}
    assert found == {"overdue": ["Late"], "today": ["Now"], "week": ["Sunday"], "later": ["Then"], "someday": ["Someday"]}


def test_a_task_of_this_morning_is_overdue_and_one_of_tonight_is_not(app, agent, clock):
    morning, tonight = (Due(datetime(2026, 11, 21, hour, tzinfo=UTC), False, date(2026, 11, 21)) for hour in (8, 18))
    with app.test_request_context():
        assert [bucket.key for bucket in buckets([Task.create("x", agent, morning), Task.create("y", agent, tonight)])] == ["overdue", "today"]


def test_the_list_shows_mine_the_departments_or_all(browse, agent, colleague, outsider, task, db):
    Task.create("Colleague's task", colleague, TODAY)
    Task.create("Outsider's task", outsider, TODAY)
    db.session.commit()
    client = browse(agent)
    shown = {whose: [name for name in ("Send the offer", "Colleague", "Outsider") if name in client.get(f"/tasks?whose={whose}", headers=HTMX).text]
             for whose in ("mine", "department", "all")}
    assert shown == {"mine": ["Send the offer"], "department": ["Send the offer", "Colleague"], "all": ["Send the offer", "Colleague", "Outsider"]}


def test_a_long_list_goes_on(client, agent, clock, db):
    for number in range(120):
        Task.create(f"Task {number:03}.", agent, TODAY)
    db.session.commit()
    first = client.get("/tasks").text
    further = first.split('class="more" href="')[1].split('"')[0].replace("&amp;", "&")
    assert first.count('id="task-') == 100
    assert client.get(further, headers=HTMX).text.count('id="task-') == 20


def test_contacts_without_a_next_step_are_listed(client, make, agent, ada, task):
    make.contact("Berta", "Busch", owner_id=agent.id, lifecycle="customer")
    make.contact("Former", "Friend", owner_id=agent.id, lifecycle="former")
    ada.owner_id = agent.id
    text = client.get("/tasks/missing").text
    assert "Berta Busch" in text
    assert "Former Friend" not in text
    assert "Ada Adler" not in text


# — pages ————————————————————————————————————————————————————————————————————————————————————————————


def test_a_task_is_added_in_one_line(client, agent, clock, db):
    assert client.post("/tasks", data={"title": "Vertrag prüfen morgen 14:00"}).status_code == 303
    task = db.session.scalars(select(Task)).one()
    assert (task.title, task.due_at, task.all_day, task.assignee_id) == ("Vertrag prüfen", datetime(2026, 11, 22, 13, tzinfo=UTC), False, agent.id)


def test_the_date_has_a_field_of_its_own_too(client, clock, db):
    client.post("/tasks", data={"title": "Prüfen", "due": "in 2 weeks"}, headers=HTMX | {"HX-Target": "tasks"})
    assert db.session.scalars(select(Task)).one().due_at == whole_day(date(2026, 12, 5), BERLIN).at


@pytest.mark.parametrize(("fields", "why"), [
    ({"title": " "}, "Write what is to be done"), ({"title": "x" * 301}, "at most 300 characters"), ({"title": "x", "due": "gestern"}, "has passed"),
    ({"title": "x", "due": "soonish"}, "not understood"), ({"title": "x", "contact_id": "99"}, ""),
])
@pytest.mark.parametrize("target", ["tasks", "task-1-next"])
def test_a_faulty_task_is_refused_with_the_reason(client, clock, db, fields, why, target):
    answer = client.post("/tasks", data=fields, headers=HTMX | {"HX-Target": target})
    assert answer.status_code == 422
    assert why in answer.text
    assert db.session.scalars(select(Task)).all() == []


@pytest.mark.parametrize(("typed", "said"), [("in 3 Tagen", "Tuesday, 24 November 2026"), ("fr 14:30", "Friday, 27 November 2026, 14:30"),
                                             ("gestern", "has passed"), ("soonish", "not understood"), ("", "")])
def test_a_date_is_read_back_as_understood(client, clock, typed, said):
    assert said in client.get("/tasks/due", query_string={"next_due": typed}).text


def test_ticking_off_asks_what_next_and_can_be_undone(client, task, ada, db):
    answer = client.post(f"/tasks/{task.id}/completion", headers=HTMX)
    assert "What next?" in answer.text
    assert task.done_at
    step = answer.text.split("/undo/")[1].split('"')[0]
    client.post(f"/undo/{step}")
    assert (task.done_at, ada.next_task_at) == (None, TOMORROW.at)


def test_the_follow_up_belongs_to_the_same_contact(client, task, ada, db):
    client.post(f"/tasks/{task.id}/completion", headers=HTMX)
    answer = client.post("/tasks", data={"title": "Call again in 3 days", "contact_id": ada.id}, headers=HTMX)
    assert "Call again" in answer.text
    assert ada.next_task_at == whole_day(date(2026, 11, 24), BERLIN).at


def test_unticking_makes_it_open_again(client, task):
    client.post(f"/tasks/{task.id}/completion")
    client.delete(f"/tasks/{task.id}/completion")
    assert task.is_open


def test_a_task_is_edited_and_an_overdue_date_may_stay(client, task, colleague, db):
    task.reschedule(YESTERDAY)
    db.session.commit()
    assert 'value="2026-11-20"' in client.get(f"/tasks/{task.id}").text
    answer = client.post(f"/tasks/{task.id}", data={"title": "Send it", "due": "2026-11-20", "notes": "By mail", "assignee_id": colleague.id})
    assert answer.status_code == 303
    assert (task.title, task.notes, task.assignee_id, task.due_at) == ("Send it", "By mail", colleague.id, YESTERDAY.at)


def test_a_faulty_edit_keeps_what_was_typed_and_changes_nothing(client, task, agent):
    answer = client.post(f"/tasks/{task.id}", data={"title": "Send it", "due": "soonish", "assignee_id": agent.id})
    assert answer.status_code == 422
    assert "soonish" in answer.text
    assert task.title == "Send the offer"


def test_a_task_is_dropped_and_taken_up_again(client, task, ada):
    client.post(f"/tasks/{task.id}/cancellation")
    assert ada.next_task_at is None
    client.delete(f"/tasks/{task.id}/cancellation")
    assert ada.next_task_at == TOMORROW.at


@pytest.mark.parametrize("path", ["completion", "cancellation"])
def test_actions_refuse_get_and_strangers(client, nobody, task, path):
    assert client.get(f"/tasks/{task.id}/{path}").status_code == 405
    assert nobody.post(f"/tasks/{task.id}/{path}").status_code == 401
    assert client.post(f"/tasks/999999/{path}").status_code == 404
    assert task.is_open


# — the reaction ————————————————————————————————————————————————————————————————————————————————————


def answered(ada, **data):
    return timeline.record("feedback.answered", ada, channel="web", direction="inbound", about=("answer", 7), data={"survey": "csat", "score": 2, "unhappy": True} | data)


def follow_ups(db):
    return db.session.scalars(select(Task).where(Task.about_type == "answer")).all()


def test_an_unhappy_answer_becomes_a_task_of_the_owner_within_48_hours(ada, colleague, clock, db):
    ada.owner = colleague
    answered(ada)
    task = follow_ups(db)[0]
    assert (task.assignee_id, task.contact_id, (task.due_at - clock.time).total_seconds()) == (colleague.id, ada.id, 48 * 3600)


def test_it_becomes_one_task_only(ada, agent, db):
    ada.owner = agent
    follow_up_unhappy_answer(answered(ada))
    assert len(follow_ups(db)) == 1


def test_a_happy_answer_becomes_none(ada, agent, db):
    ada.owner = agent
    answered(ada, unhappy=False)
    assert follow_ups(db) == []


def test_without_an_owner_it_is_the_one_who_was_asked_about_then_the_lead(ada, agent, lead, clock, db):
    answered(ada, staff_id=agent.id)
    assert follow_ups(db)[0].assignee_id == agent.id
    agent.deactivated_at = clock.time
    db.session.delete(follow_ups(db)[0])
    answered(ada, staff_id=agent.id)
    assert follow_ups(db)[0].assignee_id == lead.id


def test_it_is_worded_in_the_language_of_who_gets_it(ada, agent, db, monkeypatch):
    ada.owner = agent
    answered(ada)
    assert follow_ups(db)[0].title == "Call back: Ada Adler was unhappy"


def test_a_contact_that_is_gone_is_said_though_its_field_is_hidden(client, db):
    answer = client.post("/tasks/new", data={"title": "Call", "contact_id": "999999", "assignee_id": "1"})
    assert (answer.status_code, "This contact does not exist." in answer.text) == (422, True)
    assert db.session.scalars(db.select(Task)).all() == []
