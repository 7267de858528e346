import pytest
from sqlalchemy import func, select

from crm.accounts.models import AuditEntry
from crm.contacts.bulk.models import BulkEdit
from crm.contacts.creating import create_contact
from crm.contacts.custom.models import CustomField
from crm.extensions import db


@pytest.fixture
def people(app):
    made = [create_contact(first_name=name, last_name="Muster", tags=tags) for name, tags in (("Anna", ["VIP"]), ("Bert", []), ("Cora", ["VIP", "Messe"]))]
    db.session.add(CustomField(about="contact", key="size", label="Size", kind="number"))
    db.session.commit()
    return made


@pytest.fixture
def chief(program, lead):
    return program("write", lead)


def state(contact):
    return contact.owner_id, contact.lifecycle, contact.archived_at, dict(contact.custom or {}), {tag.name for tag in contact.tags}


def ids(people):
    return [one.id for one in people]


def carried_out(chief, **body):
    answer = chief.post("/contacts/bulk-edits", **body)
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.mark.parametrize(("change", "changed", "check"), [
    ({"lifecycle": "customer"}, 3, lambda contact: contact.lifecycle == "customer"),
    ({"add_tags": ["Messe", "Neu"]}, 3, lambda contact: {"Messe", "Neu"} <= {tag.name for tag in contact.tags}),
    ({"remove_tags": ["vip"]}, 2, lambda contact: "VIP" not in {tag.name for tag in contact.tags}),
    ({"custom": {"size": 42.5}}, 3, lambda contact: contact.custom["size"] == 42.5),
    ({"archived": True}, 3, lambda contact: contact.archived_at is not None),
])
def test_a_program_changes_many_and_takes_it_back_exactly(chief, people, change, changed, check):
    before = [state(one) for one in people]
    answer = carried_out(chief, ids=ids(people), change=change)
    assert (answer["chosen"], answer["edit"]["changed"], answer["unknown_ids"]) == (3, changed, [])
    assert all(check(one) for one in people)
    for _twice in range(2):
        back = chief.delete(f"/contacts/bulk-edits/{answer['edit']['id']}")
        assert back.status_code == 200, back.text
        assert (back.json["kept"], back.json["undone_at"] is not None) == (0, True)
        assert [state(one) for one in people] == before


def test_all_that_a_list_would_show_are_meant(chief, people):
    answer = carried_out(chief, filters={"tag": "vip"}, change={"lifecycle": "prospect"})
    assert answer["chosen"] == 2
    assert [one.lifecycle for one in people] == ["prospect", "lead", "prospect"]


def test_those_archived_are_brought_back_and_put_away_again(chief, people, browse, lead):
    people[0].archive()
    db.session.commit()
    was = state(people[0])
    answer = carried_out(chief, filters={"archived": True}, change={"archived": False})
    assert answer["edit"]["changed"] == 1
    assert people[0].archived_at is None
    assert "Brought back" in browse(lead).get("/contacts/bulk-edits").text
    chief.delete(f"/contacts/bulk-edits/{answer['edit']['id']}")
    assert state(people[0]) == was


def test_the_owner_is_given_and_what_others_changed_since_stays(chief, people, agent, colleague):
    edit = carried_out(chief, ids=ids(people), change={"owner_id": agent.id})["edit"]
    people[0].owner_id = colleague.id
    db.session.commit()
    assert chief.delete(f"/contacts/bulk-edits/{edit['id']}").json["kept"] == 1
    assert [one.owner_id for one in people] == [colleague.id, None, None]


def test_who_is_unknown_is_named_and_who_is_so_already_is_not_counted(chief, people):
    answer = carried_out(chief, ids=[people[0].id, 99_999], change={"lifecycle": "lead"})
    assert (answer["chosen"], answer["edit"]["changed"], answer["unknown_ids"]) == (1, 0, [99_999])


def test_the_same_key_changes_once(chief, people):
    one, two = (chief.post("/contacts/bulk-edits", headers={"Idempotency-Key": "a"}, ids=ids(people), change={"add_tags": ["Neu"]}) for _ in range(2))
    assert one.json == two.json
    assert db.session.scalar(select(func.count()).select_from(BulkEdit)) == 1


def test_edits_are_listed_and_stand_in_the_audit_trail(chief, people):
    first, second = (carried_out(chief, ids=ids(people), change={"lifecycle": key})["edit"] for key in ("customer", "former"))
    assert [one["id"] for one in chief.get("/contacts/bulk-edits").json["items"]] == [second["id"], first["id"]]
    assert chief.get(f"/contacts/bulk-edits/{first['id']}").json == first
    chief.delete(f"/contacts/bulk-edits/{second['id']}")
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("contacts.%")).order_by(AuditEntry.id)).all()
    assert actions == ["contacts.changed_in_bulk"] * 2 + ["contacts.bulk_edit_undone"]


@pytest.mark.parametrize(("body", "field"), [
    ({"change": {"lifecycle": "lead"}}, "ids"),
    ({"ids": [1], "filters": {}, "change": {"lifecycle": "lead"}}, "ids"),
    ({"ids": [], "change": {"lifecycle": "lead"}}, "ids"),
    ({"ids": list(range(1, 5002)), "change": {"lifecycle": "lead"}}, "ids"),
    ({"ids": [99_999], "change": {"lifecycle": "lead"}}, "ids"),
    ({"filters": {"tag": "nobody"}, "change": {"lifecycle": "lead"}}, "filters"),
    ({"filters": {"shoe": 1}, "change": {"lifecycle": "lead"}}, "filters.shoe"),
    ({"filters": {}}, "change"),
    ({"filters": {}, "change": {}}, "change"),
    ({"filters": {}, "change": {"lifecycle": "lead", "archived": True}}, "change"),
    ({"filters": {}, "change": {"lifecycle": "friend"}}, "change.lifecycle"),
    ({"filters": {}, "change": {"owner_id": 99_999}}, "change.owner_id"),
    ({"filters": {}, "change": {"remove_tags": ["unheard of"]}}, "change.remove_tags"),
    ({"filters": {}, "change": {"add_tags": [" "]}}, "change.add_tags"),
    ({"filters": {}, "change": {"custom": {}}}, "change.custom"),
    ({"filters": {}, "change": {"custom": {"size": "tall"}}}, "change.custom.size"),
    ({"filters": {}, "change": {"custom": {"hat": 1}}}, "change.custom.hat"),
])
def test_what_makes_no_sense_is_refused_by_the_field_and_changes_nothing(chief, people, body, field):
    before = [state(one) for one in people]
    answer = chief.post("/contacts/bulk-edits", **body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
    assert field in flat(answer.get_json(force=True)["errors"])
    assert [state(one) for one in people] == before
    assert not db.session.scalar(select(func.count()).select_from(BulkEdit))


def flat(errors, path=""):
    if not isinstance(errors, dict):
        return {path}
    return {path} | {one for key, part in errors.items() for one in flat(part, f"{path}.{key}".strip("."))}


def test_too_many_are_refused(chief, people, monkeypatch):
    monkeypatch.setattr("crm.contacts.bulk.api.MOST", 2)
    assert "filters" in chief.post("/contacts/bulk-edits", filters={}, change={"lifecycle": "customer"}).get_json(force=True)["errors"]
    assert [one.lifecycle for one in people] == ["lead"] * 3


def test_only_who_may_change_many(program, agent, lead, people):
    body = {"ids": ids(people), "change": {"lifecycle": "customer"}}
    edit = carried_out(program("write", lead), **body)["edit"]
    for stranger in (program("write", agent), program("read", lead)):
        assert stranger.post("/contacts/bulk-edits", **body).status_code == 403
        assert stranger.delete(f"/contacts/bulk-edits/{edit['id']}").status_code == 403
    assert program("write", agent).get("/contacts/bulk-edits").status_code == 403
    assert db.session.get(BulkEdit, edit["id"]).undone_at is None
