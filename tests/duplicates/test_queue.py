"""The page of likely duplicates, and the same for programs."""

from __future__ import annotations

import pytest

from crm.duplicates import jobs, queries
from crm.duplicates.models import DuplicatePair, DuplicateScan
from crm.extensions import db
from tests.conftest import HTMX


@pytest.fixture
def pair(anna, double):
    jobs.scan()
    return db.session.scalars(queries.pairs()).one()


@pytest.fixture
def boss(browse, lead):
    return browse(lead)


def state_of(pair):
    return db.session.get(DuplicatePair, pair.id, populate_existing=True).state


def test_the_queue_shows_both_side_by_side_with_the_reasons(boss, pair, anna, double):
    page = boss.get("/duplicates").text
    assert "Anna Müller" in page
    assert "Anna Mueller" in page
    assert "same mail address" in page
    assert "K-1" in page
    assert "different" in page
    assert f"/contacts/{double.id}/merge/{anna.id}?next=/duplicates" in page


def test_who_may_not_merge_looks_but_decides_nothing(client, pair):
    assert "Not a duplicate</button>" not in client.get("/duplicates").text
    assert client.post(f"/duplicates/{pair.id}/rejection").status_code == 403
    assert state_of(pair) == "open"


def test_not_a_duplicate_is_remembered_and_can_be_undone(boss, pair):
    answer = boss.post(f"/duplicates/{pair.id}/rejection", follow_redirects=True)
    assert state_of(pair) == "rejected"
    assert "No likely duplicates" in answer.text
    step = answer.text.split("/undo/")[1].split('"')[0]
    boss.post(f"/undo/{step}")
    assert state_of(pair) == "open"


def test_later_waits_in_a_list_of_its_own_and_comes_back_from_there(boss, pair):
    boss.post(f"/duplicates/{pair.id}/postponement", headers=HTMX)
    assert state_of(pair) == "later"
    assert "Back into the queue" in boss.get("/duplicates?state=later").text
    boss.delete(f"/duplicates/{pair.id}/postponement", headers=HTMX)
    assert state_of(pair) == "open"


def test_a_decision_refuses_get_strangers_and_pairs_that_are_not_there(boss, nobody, pair):
    assert boss.get(f"/duplicates/{pair.id}/rejection").status_code == 405
    assert nobody.post(f"/duplicates/{pair.id}/rejection").status_code == 401
    assert boss.post("/duplicates/99999/rejection").status_code == 404
    assert boss.post(f"/duplicates/{pair.id}/burning").status_code == 404
    assert state_of(pair) == "open"


def test_what_is_left_of_a_group_stays(boss, anna, double, person):
    third = person("Anna", "Müller", "anna.mueller@nordlicht.example", "+49 30 1234567")
    jobs.scan()
    first = db.session.scalars(queries.of_contact(third.id)).first()
    answer = boss.post(f"/duplicates/{first.id}/rejection", headers=HTMX)
    assert "data-item" in answer.text
    assert "Anna Mueller" in answer.text


def test_merging_from_the_queue_leads_back_to_it(boss, pair, anna, double):
    preview = boss.get(f"/contacts/{double.id}/merge/{anna.id}?next=/duplicates").text
    assert f'action="/contacts/{double.id}/merge/{anna.id}?next=/duplicates"' in preview.replace("%2F", "/")
    answer = boss.post(f"/contacts/{double.id}/merge/{anna.id}?next=/duplicates")
    assert answer.location == "/duplicates"
    assert "No likely duplicates" in boss.get("/duplicates").text


def test_a_scan_is_begun_by_hand_and_tells_how_far_it_is(app, boss, anna, double):
    assert "Nobody has looked yet" in boss.get("/duplicates").text
    assert "are being compared" in boss.post("/duplicates/scan", headers=HTMX).text
    boss.post("/duplicates/scan")
    assert db.session.scalar(db.select(db.func.count()).select_from(DuplicateScan)) == 1
    assert "0 %" in boss.get("/duplicates/scan").text
    app.extensions["queue"].drain()
    assert boss.get("/duplicates/scan", headers=HTMX).headers["HX-Redirect"] == "/duplicates"
    assert "same mail address" in boss.get("/duplicates").text


def test_the_queue_asks_no_more_of_the_database_when_it_is_longer(boss, person, statements):
    def asked():
        with statements() as seen:
            boss.get("/duplicates")
        return len(seen)

    def twice(name):
        for _time in range(2):
            person(name, "Doppel", f"{name}@doppel.example", None)

    twice("Xaver")
    jobs.scan()
    few = asked()
    for name in ("Berta", "Cäsar", "Dora", "Emil"):
        twice(name)
    jobs.scan()
    assert asked() == few


def test_the_page_of_a_contact_names_its_likely_duplicate(client, pair, anna, double):
    page = client.get(f"/contacts/{anna.id}").text
    assert "Likely duplicate of" in page
    assert f"/contacts/{double.id}" in page


def test_programs_list_and_decide(program, lead, pair, anna, double):
    api = program(user=lead)
    found = api.get("/duplicates?state=open").json["items"]
    assert [(one["left_id"], one["right_id"], one["state"]) for one in found] == [(anna.id, double.id, "open")]
    assert "same mail address" in found[0]["evidence"]
    assert api.patch(f"/duplicates/{pair.id}", state="rejected").json["state"] == "rejected"
    assert api.get("/duplicates?state=open").json["items"] == []
    assert api.patch(f"/duplicates/{pair.id}", state="merged").status_code == 422
    assert state_of(pair) == "rejected"


def test_a_program_without_the_right_decides_nothing(program, pair):
    assert program().patch(f"/duplicates/{pair.id}", state="rejected").status_code == 403
    assert state_of(pair) == "open"
