import pytest
from sqlalchemy import select

from crm.contacts.models import Contact, Organisation
from crm.contacts.postal import postal_of, replace_places
from crm.extensions import db

HOME = {"postal-0-street": "Hauptstr. 1", "postal-0-postcode": "10115", "postal-0-city": "Berlin", "postal-0-country": "DE", "postal-0-type": "home"}
ANNA = {"first_name": "Anna", "last_name": "Müller", "lifecycle": "lead", "address_form": "sie"}


def anna():
    return db.session.scalars(select(Contact)).one()


@pytest.fixture
def at_home(client):
    client.post("/contacts", data=ANNA | HOME)
    return anna()


def test_there_are_several_of_a_type_and_for_a_time(client, at_home):
    data = ANNA | HOME | {"postal-0-ident": at_home.postal_addresses[0].id, "postal-0-valid_until": "2020-12-31", "postal-1-street": "Am Markt 2", "postal-1-city": "Wien",
                          "postal-1-country": "AT", "postal-1-type": "billing", "postal-1-valid_from": "2021-01-01", "postal-2-street": ""}
    assert client.post(f"/contacts/{at_home.id}", data=data).status_code == 303
    assert [(place.city, place.type, place.ended) for place in at_home.postal_addresses] == [("Berlin", "home", True), ("Wien", "billing", False)]
    assert postal_of(at_home).city == "Wien"
    page = client.get(f"/contacts/{at_home.id}/panels").text
    assert "Am Markt 2" in page
    assert "Austria" in page
    assert "Hauptstr. 1" not in page


def test_another_row_comes_without_losing_anything(client):
    response = client.post("/contacts", data=ANNA | HOME | {"add_postal": "1"})
    assert response.status_code == 200
    assert 'name="postal-1-street"' in response.text
    assert "Hauptstr. 1" in response.text


@pytest.mark.parametrize(("change", "words"), [
    ({"postal-0-country": "XX"}, "Not a valid choice"),
    ({"postal-0-valid_from": "2021-01-01", "postal-0-valid_until": "2020-01-01"}, "before the beginning"),
    ({"postal-0-street": "x" * 201}, "Use at most 200 characters."),
])
def test_what_cannot_be_is_refused_at_its_field(client, app, change, words):
    response = client.post("/contacts", data=ANNA | HOME | change)
    assert (response.status_code, words in response.text) == (422, True)
    assert db.session.scalars(select(Contact)).all() == []


def test_an_address_is_ended_and_not_emptied(client, at_home):
    response = client.post(f"/contacts/{at_home.id}", data=ANNA | {"postal-0-ident": at_home.postal_addresses[0].id})
    assert (response.status_code, "never deleted" in response.text) == (422, True)
    assert postal_of(at_home).city == "Berlin"


def test_organisations_have_them_too(client):
    client.post("/organisations", data={"name": "Beispiel"} | HOME)
    firm = db.session.scalars(select(Organisation)).one()
    assert postal_of(firm).street == "Hauptstr. 1"
    assert "Hauptstr. 1" in client.get(f"/organisations/{firm.id}").text
    assert "Hauptstr. 1" in client.get(f"/organisations/{firm.id}/edit").text


def test_programs_send_the_whole_list(program):
    made = program().post("/contacts", first_name="Anna", postal_addresses=[{"street": "Hauptstr. 1", "city": "Berlin", "country": "DE", "type": "home"}])
    assert made.status_code == 201, made.text
    (place,) = made.json["postal_addresses"]
    changed = program().patch(f"/contacts/{made.json['id']}", postal_addresses=[{"id": place["id"], "street": "Hauptstr. 2", "city": "Berlin"}, {"city": "Wien"}]).json
    assert [(one["street"], one["city"], one["ended"]) for one in changed["postal_addresses"]] == [("Hauptstr. 2", "Berlin", False), ("", "Wien", False)]
    changed = program().patch(f"/contacts/{made.json['id']}", postal_addresses=[{"city": "Wien"}]).json
    assert [(one["city"], one["ended"]) for one in changed["postal_addresses"]] == [("Berlin", True), ("Wien", False)]
    assert program().patch(f"/contacts/{made.json['id']}", postal_addresses=[{"type": "home"}]).status_code == 422
    assert program().patch(f"/contacts/{made.json['id']}", postal_addresses=[{"city": "Wien", "country": "Austria"}]).status_code == 422


def test_the_same_list_again_changes_nothing(at_home):
    rows = [{"street": "Hauptstr. 1", "postcode": "10115", "city": "Berlin", "country": "DE", "type": "home"}]
    replace_places(at_home, rows)
    replace_places(at_home, rows)
    assert [place.ended for place in at_home.postal_addresses] == [False]
