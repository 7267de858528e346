import time

import pytest
from sqlalchemy import func, select

from crm.contacts.bulk.models import BulkEdit, BulkEditRow
from crm.contacts.changes import FieldChange
from crm.contacts.creating import create_contact
from crm.contacts.custom.models import CustomField
from crm.contacts.models import Contact
from crm.contacts.tagging import set_tags
from crm.extensions import db
from tests.conftest import HTMX


@pytest.fixture
def people(app):
    made = [create_contact(first_name=name, last_name="Muster", tags=tags) for name, tags in (("Anna", ["VIP"]), ("Bert", []), ("Cora", ["VIP", "Messe"]))]
    db.session.add(CustomField(about="contact", key="size", label="Size", kind="number"))
    db.session.commit()
    return made


@pytest.fixture
def chief(browse, lead):
    return browse(lead)


def state(contact):
    return contact.owner_id, contact.lifecycle, contact.archived_at, dict(contact.custom or {}), {tag.name for tag in contact.tags}


def change(client, people, change, value="", status=303, **more):
    response = client.post("/contacts/bulk-edits", data={"id": [one.id for one in people], "change": change, "value": value, "list": "/contacts", **more})
    assert response.status_code == status, response.text
    return response


def undo(client):
    edit = db.session.scalars(select(BulkEdit).order_by(BulkEdit.id.desc())).first()
    return client.delete(f"/contacts/bulk-edits/{edit.id}")


@pytest.mark.parametrize(("asked", "value", "check"), [
    ("lifecycle:customer", "", lambda contact: contact.lifecycle == "customer"),
    ("tags+:", "Messe, Neu", lambda contact: {"Messe", "Neu"} <= {tag.name for tag in contact.tags}),
    ("tags-:", "vip", lambda contact: "VIP" not in {tag.name for tag in contact.tags}),
    ("custom.size:", "42,5", lambda contact: contact.custom["size"] == 42.5),
    ("archive:", "", lambda contact: contact.archived_at is not None),
])
def test_a_change_reaches_everybody_and_goes_back_exactly(chief, people, asked, value, check):
    before = [state(one) for one in people]
    change(chief, people, asked, value)
    assert all(check(one) for one in people)
    undo(chief)
    assert [state(one) for one in people] == before
    undo(chief)
    assert [state(one) for one in people] == before


def test_the_owner_is_given_and_taken(chief, people, agent):
    change(chief, people[:2], f"owner:{agent.id}")
    assert [one.owner_id for one in people] == [agent.id, agent.id, None]
    change(chief, people, "owner:")
    assert [one.owner_id for one in people] == [None, None, None]
    undo(chief)
    assert [one.owner_id for one in people] == [agent.id, agent.id, None]


def test_what_others_changed_since_stays_and_is_told(chief, people):
    change(chief, people, "lifecycle:customer")
    people[0].lifecycle = "former"
    db.session.commit()
    undo(chief)
    assert [one.lifecycle for one in people] == ["former", "lead", "lead"]
    assert "1 contact was changed again since and stays as it is." in chief.get("/contacts").text
    assert db.session.scalars(select(BulkEdit.kept)).one() == 1


def test_a_tag_that_was_taken_off_since_stays_off(chief, people):
    change(chief, people, "tags+:", "Neu")
    set_tags(people[0], ["Anders"])
    db.session.commit()
    undo(chief)
    assert [{tag.name for tag in one.tags} for one in people] == [{"Anders"}, set(), {"VIP", "Messe"}]


def test_all_that_fit_the_filter_are_meant(chief, people):
    chief.post("/contacts/bulk-edits", data={"all": "1", "list": "/contacts?tag=vip", "change": "lifecycle:prospect"})
    assert [one.lifecycle for one in people] == ["prospect", "lead", "prospect"]
    assert db.session.scalars(select(BulkEdit.count)).one() == 2


def test_the_toast_takes_it_back(chief, people):
    change(chief, people, "archive:")
    text = chief.get("/contacts").text
    assert "3 contacts were changed" in text
    assert chief.post(text.split('<form action="/undo/')[0] and "/undo/" + text.split('action="/undo/')[1].split('"')[0]).status_code == 303
    assert all(one.archived_at is None for one in people)


def test_who_is_archived_is_not_found_and_is_again_when_taken_back(chief, people):
    change(chief, people[:1], "archive:")
    assert "Anna" not in chief.get("/search?q=anna").text
    undo(chief)
    assert "Anna" in chief.get("/search?q=anna").text


def test_the_history_of_fields_records_it(chief, people, lead):
    change(chief, people, "tags+:", "Messe")
    found = db.session.execute(select(FieldChange.field, FieldChange.old, FieldChange.new, FieldChange.by_id).where(FieldChange.contact_id == people[0].id, FieldChange.field == "tags")).all()
    assert found[-1] == ("tags", "VIP", "Messe, VIP", lead.id)
    change(chief, people, "lifecycle:customer")
    assert db.session.scalar(select(func.count()).where(FieldChange.field == "lifecycle", FieldChange.new == "customer")) == 3


@pytest.mark.parametrize(("asked", "value", "said"), [
    ("", "", "Choose what to change."), ("lifecycle:king", "", "Choose what to change."), ("owner:99999", "", "Choose what to change."), ("custom.nothing:", "1", "Choose what to change."),
    ("custom.size:", "many", "Give a number"), ("tags+:", "", "Write the tags"), ("tags-:", "unknown", "No tag is called that."), ("password:x", "", "Choose what to change."),
])
def test_what_makes_no_sense_is_refused_and_changes_nothing(chief, people, asked, value, said):
    before = [state(one) for one in people]
    response = change(chief, people, asked, value, 422)
    assert said in response.text
    assert [state(one) for one in people] == before
    assert db.session.scalar(select(func.count()).select_from(BulkEditRow)) == 0


def test_what_is_so_already_leaves_no_trace(chief, people):
    change(chief, people, "lifecycle:lead")
    assert "Nothing was changed" in chief.get("/contacts").text
    assert db.session.scalar(select(func.count()).select_from(BulkEdit)) == 0


def test_somebody_has_to_be_selected(chief):
    assert "Nobody is selected." in change(chief, [], "archive:", status=422).text


def test_it_takes_a_right_of_its_own(client, nobody, people):
    change(client, people, "archive:", status=403)
    change(nobody, people, "archive:", status=401)
    assert client.get("/contacts/bulk-edits").status_code == 403
    assert 'id="bulk"' not in client.get("/contacts").text
    assert all(one.archived_at is None for one in people)


def test_undoing_refuses_others(client, chief, people):
    change(chief, people, "lifecycle:customer")
    assert undo(client).status_code == 403
    assert [one.lifecycle for one in people] == ["customer"] * 3
    assert chief.delete("/contacts/bulk-edits/999999").status_code == 404
    assert chief.get("/contacts/bulk-edits/1").status_code == 405


def test_the_list_has_boxes_and_a_bar(chief, people):
    text = chief.get("/contacts").text
    assert text.count('form="bulk"') == 3
    assert "/contacts/bulk-edits/choices" in text
    choices = chief.get("/contacts/bulk-edits/choices", headers=HTMX).text
    assert "Add tags" in choices
    assert "lifecycle:customer" in choices
    assert "Size" in choices
    change(chief, people, "custom.size:", "3")
    assert "Size: 3" in chief.get("/contacts/bulk-edits").text


def test_who_was_merged_since_is_left_alone(chief, people):
    change(chief, people, "lifecycle:customer")
    people[0].merged_into_id = people[1].id
    db.session.commit()
    undo(chief)
    assert [one.lifecycle for one in people] == ["customer", "lead", "lead"]


def test_ten_thousand_are_changed_and_taken_back_in_seconds(chief, app):
    db.session.execute(Contact.__table__.insert(), [{"first_name": "A", "last_name": f"N{number}", "display_name": "A N", "sort_name": f"n{number:05}"} for number in range(10_000)])
    db.session.commit()
    started = time.process_time()
    chief.post("/contacts/bulk-edits", data={"all": "1", "list": "/contacts", "change": "tags+:", "value": "Messe"})
    assert db.session.scalars(select(BulkEdit.count)).one() == 10_000
    changed = time.process_time()
    assert changed - started < 10
    undo(chief)
    assert time.process_time() - changed < 10
