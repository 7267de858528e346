"""Merging for programs."""

from __future__ import annotations

import pytest

from crm import timeline
from crm.contacts.models import Organisation
from crm.extensions import db


@pytest.fixture
def pair(make):
    anna, ann = make.contact("Anna", "Berg", title="Dr."), make.contact("Ann", "Berg")
    timeline.record("call.logged", anna, channel="phone", direction="inbound")
    db.session.commit()
    return anna, ann


@pytest.fixture
def api(program, lead):
    return program("write", lead)


def test_a_program_merges_and_undoes(api, pair):
    anna, ann = pair
    answer = api.post(f"/contacts/{anna.id}/merge", into=ann.id)
    assert answer.status_code == 201
    done = answer.json
    assert (done["kind"], done["survivor_id"], done["merged_id"], done["moved"]["interactions.contact_id"]) == ("contact", ann.id, anna.id, 1)
    assert api.get(f"/contacts/{ann.id}").json["title"] == "Dr."
    assert api.delete(f"/merges/{done['id']}").status_code == 204
    assert api.get(f"/merges/{done['id']}").json["undone_at"]
    assert api.get(f"/contacts/{anna.id}").json["stats"]["interactions"] == 1


def test_undoing_twice_is_no_fault(api, pair):
    anna, ann = pair
    number = api.post(f"/contacts/{anna.id}/merge", into=ann.id).json["id"]
    assert [api.delete(f"/merges/{number}").status_code for _ in range(2)] == [204, 204]


def test_merging_twice_answers_the_same_merge(api, pair):
    anna, ann = pair
    assert api.post(f"/contacts/{anna.id}/merge", into=ann.id).json["id"] == api.post(f"/contacts/{anna.id}/merge", into=ann.id).json["id"]


def test_fields_are_chosen_by_name(api, pair):
    anna, ann = pair
    api.post(f"/contacts/{anna.id}/merge", into=ann.id, choices={"first_name": "merged", "title": "survivor"})
    assert api.get(f"/contacts/{ann.id}").json["display_name"] == "Anna Berg"


@pytest.mark.parametrize(("body", "status", "field"), [
    ({}, 422, "into"), ({"into": 0}, 422, "into"), ({"into": 99999}, 422, "into"), ({"into": "x"}, 422, "into"),
    ({"into": None, "colour": 1}, 422, "colour"), ({"into": "ann", "choices": {"first_name": "nobody"}}, 422, "choices.first_name.value"),
])
def test_what_makes_no_sense_is_refused_with_its_reason(api, pair, body, status, field):
    anna, ann = pair
    body = {name: ann.id if value == "ann" else value for name, value in body.items()}
    answer = api.post(f"/contacts/{anna.id}/merge", **body)
    assert answer.status_code == status
    assert field in answer.json["errors"]
    assert anna.merged_into_id is None


def test_nobody_is_merged_with_themselves(api, pair):
    assert "into" in api.post(f"/contacts/{pair[0].id}/merge", into=pair[0].id).json["errors"]


def test_one_who_is_not_there_is_not_found(api, pair):
    assert api.post("/contacts/99999/merge", into=pair[1].id).status_code == 404
    assert api.delete("/merges/99999").status_code == 404


def test_reading_does_not_merge(api, pair):
    assert api.get(f"/contacts/{pair[0].id}/merge").status_code == 405


def test_it_needs_the_right_and_the_scope(program, pair, agent, lead):
    anna, ann = pair
    assert program("write", agent).post(f"/contacts/{anna.id}/merge", into=ann.id).status_code == 403
    assert program("read", lead).post(f"/contacts/{anna.id}/merge", into=ann.id).status_code == 403
    assert program("write", agent).get("/merges").status_code == 403


def test_what_must_be_undone_first_is_said(api, pair, make):
    anna, ann = pair
    first = api.post(f"/contacts/{anna.id}/merge", into=ann.id).json["id"]
    api.post(f"/contacts/{ann.id}/merge", into=make.contact("Carla", "Third").id)
    answer = api.delete(f"/merges/{first}")
    assert answer.status_code == 409
    assert "Carla Third first" in answer.json["detail"]


def test_the_list_can_be_narrowed(api, pair, make):
    anna, ann = pair
    number = api.post(f"/contacts/{anna.id}/merge", into=ann.id).json["id"]
    assert [one["id"] for one in api.get("/merges", kind="contact", survivor_id=ann.id).json["items"]] == [number]
    assert api.get("/merges", undone="true").json["items"] == []


def test_organisations_merge_too(api, make):
    old, new = make.save(Organisation(name="Acme GmbH")), make.save(Organisation(name="Acme"))
    assert api.post(f"/organisations/{old.id}/merge", into=new.id).json["kind"] == "organisation"
    assert api.get(f"/organisations/{old.id}").status_code == 308
