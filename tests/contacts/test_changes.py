from datetime import date

import pytest
from sqlalchemy import select

from crm.contacts import changes
from crm.contacts.changes import Change, FieldChange
from crm.contacts.creating import create_contact, find_or_create_organisation
from crm.contacts.custom.models import CustomField
from crm.contacts.models import Organisation
from crm.contacts.tagging import set_tags
from crm.extensions import db
from tests.contacts.test_editing import sent_back


@pytest.fixture
def anna(app):
    anna = create_contact(first_name="Anna", last_name="Müller", addresses=[("email", "anna@example.com")], organisation=find_or_create_organisation("Beispiel GmbH"),
                          role="Einkauf", tags=["VIP"])
    db.session.commit()
    return anna


def noted(*, of=None):
    query = select(FieldChange).order_by(FieldChange.id)
    return {row.field: (row.old, row.new) for row in db.session.scalars(query)}


def test_somebody_new_has_no_history(anna):
    assert noted() == {}


def test_two_changes_in_one_save_are_two_visible_changes(client, agent, anna):
    client.post(f"/contacts/{anna.id}", data=sent_back(anna, last_name="Groß", lifecycle="customer"))
    assert noted() == {"last_name": ("Müller", "Groß"), "lifecycle": ("lead", "customer")}
    row = db.session.scalars(select(FieldChange)).first()
    assert (row.by_id, row.provenance, row.contact_id) == (agent.id, "person", anna.id)
    page = client.get(f"/contacts/{anna.id}/changes").text
    for shown in ("Last name", "Müller", "Groß", "Lifecycle", "Lead", "Customer", "Anna Agent"):
        assert shown in page
    assert f"/contacts/{anna.id}/changes" in client.get(f"/contacts/{anna.id}/panels").text


def test_names_stand_for_ids(client, agent, anna):
    client.post(f"/contacts/{anna.id}/owner", data={"value": str(agent.id)})
    client.post(f"/contacts/{anna.id}", data=sent_back(anna, organisation="Neue AG", owner_id=str(agent.id)))
    assert set(noted()) >= {"owner_id", "organisation_id"}
    page = client.get(f"/contacts/{anna.id}/changes").text
    for shown in ("Anna Agent", "Beispiel GmbH", "Neue AG"):
        assert shown in page


def test_tags_own_fields_and_addresses_are_noted(client, anna, make):
    make.save(CustomField(about="contact", key="size", label="Size", kind="number"))
    set_tags(anna, ["VIP", "Neu"])
    anna.custom = {"size": 38}
    anna.birth_date = date(1980, 1, 2)
    anna.add_address("phone", "030 1234567")
    anna.addresses[0].opt_out()
    db.session.commit()
    found = noted()
    assert found["tags"] == ("VIP", "Neu, VIP")
    assert found["custom.size"] == ("", "38")
    assert found["birth_date"] == ("", "1980-01-02")
    assert found["value"] == ("", "030 1234567")
    assert "opted_out_at" in found
    page = client.get(f"/contacts/{anna.id}/changes").text
    for shown in ("Size", "2 Jan 1980", "Opted out", "by itself"):
        assert shown in page


def test_what_was_set_without_being_read_is_noted_with_its_old_value(anna):
    db.session.expire_all()
    anna.first_name = "Berta"
    db.session.commit()
    assert noted() == {"first_name": ("Anna", "Berta")}


def test_what_becomes_what_it_was_is_no_change(anna):
    anna.first_name = "Berta"
    anna.first_name = "Anna"
    anna.last_interaction_at = None
    db.session.commit()
    assert noted() == {}


def test_a_change_that_is_rolled_back_was_none(client, anna):
    client.post(f"/contacts/{anna.id}", data=sent_back(anna, first_name="Berta", lifecycle="friend"))
    assert noted() == {}


def test_programs_and_jobs_are_told_apart(program, anna, agent):
    program().patch(f"/contacts/{anna.id}", first_name="Berta")
    with changes.caused("import", by=agent):
        anna.last_name = "Klein"
        db.session.commit()
    anna.title = "Dr."
    db.session.commit()
    assert [(row.field, row.provenance, row.by_id) for row in db.session.scalars(select(FieldChange).order_by(FieldChange.id))] == [
        ("first_name", "api", agent.id), ("last_name", "import", agent.id), ("title", "automation", None),
    ]
    items = program("read").get(f"/contacts/{anna.id}/changes").json["items"]
    assert [item["field"] for item in items] == ["title", "last_name", "first_name"]


def test_who_writes_past_the_session_says_so(anna):
    changes.note(db.session, [Change("lifecycle", "lead", "customer", contact_id=anna.id), Change("notes", "a", "a", contact_id=anna.id)])
    db.session.commit()
    assert noted() == {"lifecycle": ("lead", "customer")}


def test_an_organisation_has_a_history_too(client, anna):
    firm = anna.organisation
    client.post(f"/organisations/{firm.id}", data={"name": "Beispiel AG", "industry": "Bau"})
    assert noted() == {"name": ("Beispiel GmbH", "Beispiel AG"), "industry": ("", "Bau")}
    page = client.get(f"/organisations/{firm.id}/changes").text
    assert "Beispiel AG" in page
    assert "Bau" in page
    assert db.session.scalars(select(FieldChange.organisation_id).distinct()).all() == [firm.id]


def test_the_history_is_for_those_inside(nobody, client, anna):
    assert nobody.get(f"/contacts/{anna.id}/changes").status_code == 303
    assert client.get("/contacts/9999/changes").status_code == 404
    assert client.post(f"/contacts/{anna.id}/changes").status_code == 405
    assert client.get(f"/organisations/{anna.organisation_id}/changes").status_code == 200


def test_a_new_organisation_has_no_history(client):
    client.post("/organisations", data={"name": "Neu GmbH", "postal-0-city": "Berlin"})
    assert db.session.scalars(select(Organisation)).one().postal_addresses[0].city == "Berlin"
    assert noted() == {}
