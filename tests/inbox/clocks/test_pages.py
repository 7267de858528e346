"""Pages of promised times: settings, the ledger, the list, figures."""

from __future__ import annotations

import pytest

from crm.inbox import replying
from crm.inbox.clocks.forms import read_length, write_length
from crm.inbox.clocks.models import SlaPolicy, ordered
from tests.inbox.clocks.test_recounting import policy as policy  # the fixture

FORM = {"name": "Hotline", "first_response_minutes": "30 min", "resolution_minutes": "1 h 30 min", "warn_minutes": "10 min", "priority": "", "lifecycle": "",
        **dict.fromkeys(("mailbox_id", "department_id", "touchpoint_id", "tag_id", "calendar_id"), "0")}


@pytest.fixture
def owner(browse, admin):
    return browse(admin)


@pytest.mark.parametrize(("written", "minutes"), [("4 h", 240), ("30 min", 30), ("1 h 30 min", 90), ("2", 120), ("1,5", 90), ("", None), ("8 Std.", 480)])
def test_lengths_are_read_as_people_write_them(app, written, minutes):
    assert read_length(written) == minutes
    assert read_length(write_length(minutes)) == minutes


def test_a_policy_is_made_and_holds_at_once_for_what_is_there(policy, arrive, owner, db):
    conversation = arrive()
    db.session.delete(policy)
    db.session.commit()
    owner.post("/settings/service-levels", data=FORM)
    made = db.session.scalars(ordered()).one()
    assert (made.first_response_minutes, made.resolution_minutes, made.warn_minutes) == (30, 90, 10)
    assert (conversation.sla_policy_id, conversation.clock_kind) == (made.id, "first_response")
    assert "1 h 30 min" in owner.get("/settings/service-levels").text
    owner.post(f"/settings/service-levels/{made.id}", data=FORM | {"priority": "urgent"})
    assert "Priority: urgent" in owner.get("/settings/service-levels").text
    owner.post(f"/settings/service-levels/{made.id}", data=FORM)
    owner.delete(f"/settings/service-levels/{made.id}")
    assert (conversation.sla_policy_id, conversation.clock_due) == (None, None)


@pytest.mark.parametrize("wrong", [{"first_response_minutes": "soon"}, {"first_response_minutes": "", "resolution_minutes": ""}, {"name": ""}, {"first_response_minutes": "0"}])
def test_what_nobody_can_promise_is_refused(policy, owner, db, wrong):
    assert owner.post("/settings/service-levels", data=FORM | wrong).status_code == 422
    assert db.session.query(SlaPolicy).count() == 1


def test_policies_change_places(policy, owner, db):
    owner.post("/settings/service-levels", data=FORM)
    second = db.session.query(SlaPolicy).filter_by(name="Hotline").one()
    owner.post(f"/settings/service-levels/{second.id}/position", data={"step": "up"})
    assert [row.name for row in db.session.scalars(ordered())] == ["Hotline", "Standard"]
    owner.post(f"/settings/service-levels/{second.id}", data=FORM | {"name": "Line"})
    assert [row.name for row in db.session.scalars(ordered())] == ["Line", "Standard"]


def test_only_administrators_promise(policy, browse, lead):
    client = browse(lead)
    assert {client.get(path).status_code for path in ("/settings/service-levels", f"/settings/service-levels/{policy.id}")} == {403}
    assert client.post("/settings/service-levels", data=FORM).status_code == 403
    assert client.delete(f"/settings/service-levels/{policy.id}").status_code == 403


def test_the_ledger_says_what_was_counted_and_why(policy, arrive, agent, client, clock, db):
    conversation = arrive()
    clock.advance(hours=1)
    replying.reply(conversation, agent, "Guten Tag")
    db.session.commit()
    page = client.get(f"/inbox/{conversation.id}/clocks").text
    assert "It was our turn" in page
    assert "Waiting for the customer" in page
    assert "not counted" in page
    assert client.get("/inbox/999999/clocks").status_code == 404
    assert "/clocks" in client.get(f"/inbox/{conversation.id}").text


def test_the_list_shows_a_clock_below_two_hours_and_red_when_it_has_passed(policy, arrive, client, clock):
    arrive(subject="Router")
    assert "due in" not in client.get("/inbox").text
    assert "Router" not in client.get("/inbox?view=breaching").text
    clock.set(2026, 11, 23, 12)
    assert "due in 1 h" in client.get("/inbox").text
    assert "Router" in client.get("/inbox?view=breaching").text
    clock.set(2026, 11, 23, 14)
    assert "mark-alarm" in client.get("/inbox?view=breaching").text


def test_my_day_names_what_runs_out_with_the_reason(policy, arrive, client, clock):
    arrive(subject="Router")
    clock.set(2026, 11, 23, 12)
    page = client.get("/").text
    assert "Time running out" in page
    assert "First answer, Standard" in page


def test_figures_have_n_median_and_p90_and_the_rows_behind_them(policy, arrive, agent, client, clock, db):
    for minutes in (10, 20, 30, 40):
        clock.set(2026, 11, 23, 9)
        conversation = arrive(subject=f"after {minutes}", sender=f"a{minutes}@kunde.example")
        clock.advance(minutes=minutes)
        replying.reply(conversation, agent, "Guten Tag")
        db.session.commit()
    for by in ("touchpoint", "channel", "department", "month"):
        page = client.get(f"/inbox/figures?by={by}").text
        assert "20 min" in page
        assert "40 min" in page
        assert ">4</a>" in page
    behind = client.get("/inbox/figures?by=channel&group=0&kind=first_response").text
    assert behind.index("after 40") < behind.index("after 10")
    assert client.get("/inbox/figures?by=nonsense&from=x&to=y&group=z&kind=q").status_code == 200


def test_the_api_gives_due_times(policy, arrive, program):
    conversation = arrive()
    shown = program("read").get(f"/conversations/{conversation.id}").json
    assert shown["first_response_due"].startswith("2026-11-23T13:30:00")
