import pytest

from crm.contacts.creating import create_contact, find_or_create_organisation
from crm.contacts.models import Organisation
from crm.extensions import db
from tests.conftest import HTMX


@pytest.fixture
def anna(app):
    anna = create_contact(first_name="Anna", last_name="Müller", addresses=[("email", "anna@example.com"), ("email", "second@example.com")],
                          organisation=find_or_create_organisation("Beispiel GmbH"), role="Einkauf")
    db.session.commit()
    return anna


def test_addresses_are_marked_and_the_marks_taken_back(client, anna):
    address = anna.addresses[0]
    for mark, word in (("invalid", "bounced"), ("opt-out", "opted out")):
        assert word in client.post(f"/addresses/{address.id}/{mark}", headers=HTMX).text
        assert f">{word}<" not in client.delete(f"/addresses/{address.id}/{mark}", headers=HTMX).text
    assert (address.invalid_at, address.opted_out_at) == (None, None)


def test_an_address_is_ended_with_an_undo_and_taken_into_use_again(client, anna):
    first, second = anna.addresses
    text = client.post(f"/addresses/{first.id}/end", headers=HTMX).text
    assert (first.ended, second.primary) == (True, True)
    client.post("/undo/" + text.split('action="/undo/')[1].split('"')[0])
    assert (first.ended, first.primary, second.primary) == (False, True, False)
    client.post(f"/addresses/{second.id}/primary")
    assert (first.primary, second.primary) == (False, True)
    client.post(f"/addresses/{first.id}/end")
    assert client.delete(f"/addresses/{first.id}/end").status_code == 303
    assert not first.ended


def test_marks_cannot_be_set_by_reading_or_by_strangers(client, nobody, anna):
    path = f"/addresses/{anna.addresses[0].id}/invalid"
    assert client.get(path).status_code == 405
    assert nobody.post(path).status_code == 401
    assert client.post("/addresses/999/invalid").status_code == 404
    assert anna.addresses[0].invalid_at is None


def test_the_addresses_have_a_page_of_their_own(client, anna):
    assert "second@example.com" in client.get(f"/contacts/{anna.id}/addresses").text
    assert "Beispiel GmbH" in client.get(f"/contacts/{anna.id}/affiliations").text


def test_an_affiliation_is_added_made_primary_and_ended(client, anna):
    response = client.post(f"/contacts/{anna.id}/affiliations", data={"organisation": "Verband e.V.", "role": "Vorstand", "valid_from": "2020-01-01"}, headers=HTMX)
    assert "Verband e.V." in response.text
    assert anna.organisation.name == "Beispiel GmbH"
    old, new = anna.affiliations
    client.post(f"/affiliations/{new.id}/primary")
    assert anna.organisation.name == "Verband e.V."
    text = client.post(f"/affiliations/{new.id}/end", headers=HTMX).text
    assert (new.ended, anna.organisation.name) == (True, "Beispiel GmbH")
    client.post("/undo/" + text.split('action="/undo/')[1].split('"')[0])
    assert (new.ended, anna.organisation.name, old.ended) == (False, "Verband e.V.", False)


def test_an_affiliation_needs_an_organisation(client, anna):
    response = client.post(f"/contacts/{anna.id}/affiliations", data={"role": "Vorstand"}, headers=HTMX)
    assert response.status_code == 422
    assert "Give the name" in response.text
    assert len(anna.affiliations) == 1


def test_an_organisation_shows_its_people_with_roles(client, anna):
    text = client.get(f"/organisations/{anna.organisation_id}").text
    assert "Anna Müller" in text
    assert "Einkauf" in text


def test_somebody_known_is_added_to_an_organisation(client, anna):
    firm = find_or_create_organisation("Neue AG")
    db.session.commit()
    for typed in (f"Anna Müller #{anna.id}", "second@example.com"):
        response = client.post(f"/organisations/{firm.id}/people", data={"person": typed, "role": "Beirat"}, headers=HTMX)
        assert response.status_code == 200, typed
        assert "Anna Müller" in response.text
    assert len(anna.affiliations) == 2
    response = client.post(f"/organisations/{firm.id}/people", data={"person": "Somebody Else"}, headers=HTMX)
    assert response.status_code == 422
    assert "Choose from the suggestions" in response.text


def test_organisations_are_created_edited_and_archived(client, app):
    filled = {"name": "Beispiel GmbH", "domain": "@Beispiel.example", "website": "https://beispiel.example", "phone": "030 1234567", "tags": "VIP"}
    response = client.post("/organisations", data=filled)
    firm = db.session.query(Organisation).one()
    assert (response.status_code, firm.domain, firm.sort_name) == (303, "beispiel.example", "beispiel")
    assert "Beispiel GmbH" in client.get(f"/organisations/{firm.id}/edit").text
    client.post(f"/organisations/{firm.id}", data=filled | {"name": "Beispiel AG"})
    assert firm.name == "Beispiel AG"
    client.post(f"/organisations/{firm.id}/archive")
    assert firm.archived_at
    client.delete(f"/organisations/{firm.id}/archive")
    assert firm.archived_at is None
    assert client.get(f"/organisations/{firm.id}/archive").status_code == 405


@pytest.mark.parametrize(("change", "words"), [
    ({"name": " "}, "Give the organisation a name."),
    ({"domain": "not a domain"}, "Write only the domain"),
    ({"website": "javascript:alert(1)"}, "Begin with https://."),
    ({"phone": "none"}, "This is not a telephone number."),
])
def test_an_organisation_with_an_error_says_why(client, app, change, words):
    response = client.post("/organisations", data={"name": "Beispiel", "notes": "bleibt"} | change)
    assert response.status_code == 422
    assert words in response.text
    assert "bleibt" in response.text
    assert db.session.query(Organisation).count() == 0


def test_names_are_suggested_while_typing(client, anna):
    assert "Beispiel GmbH" in client.get("/organisations/suggestions?organisation=BEI", headers=HTMX).text
    assert f"Anna Müller #{anna.id}" in client.get("/contacts/suggestions?person=muel", headers=HTMX).text
    assert "option" not in client.get("/contacts/suggestions?person=", headers=HTMX).text


def test_a_merged_organisation_leads_to_its_survivor(client, anna):
    merged = Organisation(name="Beispiel", merged_into_id=anna.organisation_id)
    db.session.add(merged)
    db.session.commit()
    assert client.get(f"/organisations/{merged.id}").location.endswith(f"/organisations/{anna.organisation_id}")
