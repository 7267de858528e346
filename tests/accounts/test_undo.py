import pytest

from crm.accounts import undo
from crm.accounts.models import UndoStep

FORGOTTEN = []


@pytest.fixture
def step(app, session, agent, clock, monkeypatch):
    monkeypatch.setitem(app.extensions, "undoers", {"thing.done": lambda user, payload: FORGOTTEN.append((user.name, payload))})
    FORGOTTEN.clear()
    step = UndoStep(user_id=agent.id, action="thing.done", label="Thing done", payload={"id": 7})
    session.add(step)
    session.commit()
    return step


def test_an_undo_step_is_carried_out_by_its_owner(client, step):
    assert client.post(f"/undo/{step.id}").status_code == 303
    assert FORGOTTEN == [("Anna Agent", {"id": 7})]


def test_it_is_carried_out_only_once(client, step):
    client.post(f"/undo/{step.id}")
    client.post(f"/undo/{step.id}")
    assert len(FORGOTTEN) == 1


def test_somebody_elses_step_does_not_exist_for_me(browse, colleague, step):
    assert browse(colleague).post(f"/undo/{step.id}").status_code == 404
    assert FORGOTTEN == []


def test_nobody_undoes_nothing(nobody, step):
    assert nobody.post(f"/undo/{step.id}").status_code == 401
    assert FORGOTTEN == []


def test_reading_does_not_undo(client, step):
    assert client.get(f"/undo/{step.id}").status_code == 405


def test_after_ten_minutes_it_is_refused(client, step, clock):
    clock.advance(minutes=11)
    assert client.post(f"/undo/{step.id}").status_code == 409
    assert FORGOTTEN == []


def test_one_comes_back_to_the_page_one_was_on(client, step):
    answer = client.post(f"/undo/{step.id}", headers={"Referer": "http://localhost/contacts?q=a"})
    assert answer.location == "/contacts?q=a"


def test_a_foreign_referrer_leads_nowhere(client, step):
    answer = client.post(f"/undo/{step.id}", headers={"Referer": "http://evil.example/contacts"})
    assert answer.location == "/"


def test_an_offer_shows_a_toast_with_its_undo_address(app, session, agent):
    from flask import get_flashed_messages

    from crm.accounts.sessions import SignedIn, act_as

    with app.test_request_context():
        act_as(SignedIn(id=agent.id))
        step = undo.offer("thing.done", "Thing done", id=7)
        assert f'"/undo/{step.id}"' in get_flashed_messages()[0]
