"""/segments of the API, as the contract has it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm.accounts.models import AuditEntry
from crm.extensions import db
from crm.segments.models import Segment
from tests.segments.conftest import JOURNEY


@pytest.fixture
def ada(make, past):
    contact = make.contact("Ada", "Adler", lifecycle="customer", sort_name="adler ada")
    past.interaction(contact)
    past.answer(contact, 3)
    make.contact("Ben", "Biber", lifecycle="customer", sort_name="biber ben")
    return contact


@pytest.fixture
def mine(program):
    return program()


def test_a_rule_is_saved_shown_changed_and_archived(mine, ada):
    made = mine.post("/segments", name="Unhappy", rule=JOURNEY)
    assert made.status_code == 201
    path = f"/segments/{made.json['id']}"
    assert mine.get(path).json == made.json
    assert made.json["rule"] == JOURNEY
    etag = made.headers["ETag"]
    assert mine.patch(path, headers={"If-Match": etag}, name="Very unhappy").json["name"] == "Very unhappy"
    assert mine.patch(path, headers={"If-Match": etag}, name="Lost").status_code == 412
    assert [row["name"] for row in mine.get("/segments").json["items"]] == ["Very unhappy"]
    assert mine.delete(path).status_code == 204
    assert mine.get(path).status_code == 404
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["segment.added", "segment.changed", "segment.archived"]


def test_a_preview_counts_and_shows_some_and_saves_nothing(program, ada):
    answer = program("read").post("/segments/preview", rule=JOURNEY).json
    assert answer["count"] == 1
    assert answer["sample"][0]["display_name"] == "Ada Adler"
    assert db.session.scalars(select(Segment)).all() == []


def test_members_are_listed_and_paged(mine, ada):
    path = f"/segments/{mine.post('/segments', name='All', rule={'all': []}).json['id']}/members"
    first = mine.get(path, limit=1).json
    assert [row["display_name"] for row in first["items"]] == ["Ada Adler"]
    second = mine.get(path, limit=1, cursor=first["next"]).json
    assert [row["display_name"] for row in second["items"]] == ["Ben Biber"]
    assert second["next"] is None


def test_why_somebody_is_in_or_out(mine, ada, make):
    path = f"/segments/{mine.post('/segments', name='Unhappy', rule=JOURNEY).json['id']}/members"
    inside = mine.get(f"{path}/{ada.id}").json
    assert inside["member"] is True
    assert inside["because"][1] == {"path": "rule.all.0", "words": "Lifecycle is Customer", "met": True, "actual": "Customer"}
    lead = make.contact("Cem", lifecycle="lead")
    outside = mine.get(f"{path}/{lead.id}").json
    assert outside["member"] is False
    assert [reason["met"] for reason in outside["because"]] == [False, False, False, False]
    assert mine.get(f"{path}/999999").status_code == 404


def test_an_archived_person_is_out_and_the_reason_is_told(mine, ada, clock):
    path = f"/segments/{mine.post('/segments', name='Unhappy', rule=JOURNEY).json['id']}/members/{ada.id}"
    ada.archived_at = clock()
    db.session.commit()
    answer = mine.get(path).json
    assert answer["member"] is False
    assert answer["because"][0]["words"] == "The contact is archived."


def test_the_export_needs_its_right_and_leaves_a_trace(program, lead, mine, ada):
    path = f"/segments/{mine.post('/segments', name='Unhappy', rule=JOURNEY).json['id']}/export.csv"
    assert mine.get(path).status_code == 403
    response = program("read", lead).get(path)
    assert response.mimetype == "text/csv"
    assert "Adler" in response.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "segment.exported")).one()
    assert entry.user_id == lead.id
    assert entry.detail["provenance"] == "api"


@pytest.mark.parametrize(("rule", "path"), [
    ({}, "rule"),
    ([], "rule"),
    ({"all": {}}, "rule.all"),
    ({"all": [], "any": []}, "rule"),
    ({"all": [1]}, "rule.all.0"),
    ({"all": [], "extra": 1}, "rule.extra"),
    ({"field": "nonsense", "is": 1}, "rule.field"),
    ({"field": {"x": 1}, "is": 1}, "rule.field"),
    ({"field": "lifecycle"}, "rule"),
    ({"field": "lifecycle", "is": "nonsense"}, "rule.is"),
    ({"field": "lifecycle", "is": None}, "rule.is"),
    ({"field": "lifecycle", "is": {"a": 1}}, "rule.is"),
    ({"field": "lifecycle", "in": []}, "rule.in"),
    ({"field": "lifecycle", "within_days": 3}, "rule.within_days"),
    ({"field": "nps", "at_least": "6"}, "rule.at_least"),
    ({"field": "nps", "at_least": True}, "rule.at_least"),
    ({"field": "nps", "at_least": 1e300}, "rule.at_least"),
    ({"field": "nps", "empty": 1}, "rule.empty"),
    ({"field": "customer_since", "before": "yesterday"}, "rule.before"),
    ({"field": "customer_since", "before": 5}, "rule.before"),
    ({"field": "created_at", "after": "2026-01-01T10:00:00"}, "rule.after"),
    ({"field": "created_at", "after": "0001-01-01"}, "rule.after"),
    ({"field": "created_at", "within_days": 10**9}, "rule.within_days"),
    ({"field": "created_at", "within_days": 1.5}, "rule.within_days"),
    ({"field": "first_name", "contains": ""}, "rule.contains"),
    ({"field": 'custom."x"', "is": "y"}, "rule.field"),
    ({"history": "nonsense"}, "rule.history"),
    ({"history": "interactions", "where": []}, "rule.where"),
    ({"history": "interactions", "where": {"nonsense": 1}}, "rule.where.nonsense"),
    ({"history": "interactions", "where": {"channel": "pigeon"}}, "rule.where.channel.is"),
    ({"history": "interactions", "where": {"touchpoint": "gone"}}, "rule.where.touchpoint.is"),
    ({"history": "interactions", "measure": "median"}, "rule.measure"),
    ({"history": "interactions", "measure": ["sum"]}, "rule.measure"),
    ({"history": "interactions", "measure": "sum", "at_least": 1}, "rule.of"),
    ({"history": "purchases", "measure": "sum", "of": "subject", "at_least": 1}, "rule.of"),
    ({"history": "purchases", "measure": "sum", "of": "amount"}, "rule"),
    ({"history": "purchases", "before": "2026-01-01"}, "rule.before"),
    ({"history": "interactions", "within_days": 0}, "rule.within_days"),
    ({"all": [{"any": [{"field": "nps", "at_least": "x"}]}]}, "rule.all.0.any.0.at_least"),
])
def test_a_faulty_rule_is_refused_at_the_place_of_the_fault(mine, rule, path):
    response = mine.post("/segments/preview", rule=rule)
    assert response.status_code == 422
    assert path in response.get_json(force=True)["errors"]


def test_a_rule_too_deep_or_too_wide_is_refused(mine):
    deep: dict = {"all": []}
    for _ in range(7):
        deep = {"all": [deep]}
    wide = {"any": [{"field": "nps", "is": 1}] * 100}
    for rule in (deep, wide):
        assert mine.post("/segments/preview", rule=rule).status_code == 422


def test_a_rule_that_names_something_gone_is_409(mine, make):
    segment = Segment(name="Old", rule={"history": "interactions", "where": {"touchpoint": "gone"}})
    db.session.add(segment)
    db.session.commit()
    assert mine.get(f"/segments/{segment.id}/members").status_code == 409
    assert mine.get(f"/segments/{segment.id}").status_code == 200


def test_reading_is_not_writing(program):
    assert program("read").post("/segments", name="x", rule={"all": []}).status_code == 403
    assert db.session.scalars(select(Segment)).all() == []
