import pytest
from sqlalchemy import select

from crm.tasks.models import Task


@pytest.fixture
def ada(make):
    return make.contact("Ada", "Adler")


def test_a_task_is_added_shown_ticked_off_and_dropped(program, ada, agent, clock):
    api = program()
    added = api.post("/tasks", title="Call", due_at="2026-11-27T14:30:00+01:00", contact_id=ada.id, conversation_id=7)
    assert added.status_code == 201, added.text
    task = added.json
    assert (task["due_at"], task["assignee_id"], task["done"], task["conversation_id"]) == ("2026-11-27T13:30:00+00:00", agent.id, False, 7)
    assert api.get(f"/tasks/{task['id']}").json == task
    assert api.patch(f"/tasks/{task['id']}", done=True).json["done"] is True
    assert ada.next_task_at is None
    assert api.patch(f"/tasks/{task['id']}", done=False, title="Call again").json["title"] == "Call again"
    assert api.delete(f"/tasks/{task['id']}").status_code == 204
    assert api.get("/tasks").json["items"] == []


def test_an_all_day_task_ends_with_the_day_and_reads_back_the_same(program, clock):
    api = program()
    task = api.post("/tasks", title="Call", due_at="2026-11-27T10:00:00+01:00", all_day=True).json
    assert task["due_at"] == "2026-11-27T23:00:00+00:00"
    assert api.patch(f"/tasks/{task['id']}", due_at=task["due_at"]).json["due_at"] == task["due_at"]


@pytest.mark.parametrize(("fields", "at"), [
    ({"title": ""}, "title"), ({"contact_id": 999}, "contact_id"), ({"assignee_id": 999}, "assignee_id"), ({"due_at": "tomorrow"}, "due_at"),
    ({"due_at": "2026-11-27T10:00:00"}, "due_at"), ({"done": "perhaps"}, "done"), ({"conversation_id": "x"}, "conversation_id"), ({"colour": 1}, "colour"),
])
def test_what_does_not_fit_is_refused_by_the_field(program, db, fields, at):
    answer = program().post("/tasks", **{"title": "Call"} | fields)
    assert answer.status_code == 422
    assert at in answer.get_json(force=True)["errors"]
    assert db.session.scalars(select(Task)).all() == []


def test_lists_are_filtered(program, ada, agent, colleague, clock, db):
    Task.create("Mine", agent, None, contact=ada)
    Task.create("Theirs", colleague, None).complete(colleague)
    db.session.commit()
    api = program("read")
    titles = lambda **query: [task["title"] for task in api.get("/tasks", **query).json["items"]]  # noqa: E731
    assert (titles(assignee_id=agent.id), titles(done="true"), titles(contact_id=ada.id)) == (["Mine"], ["Theirs"], ["Mine"])


def test_a_token_that_reads_may_not_write(program):
    assert program("read").post("/tasks", title="x").status_code == 403
