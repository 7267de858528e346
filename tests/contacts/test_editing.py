from datetime import date

import pytest
from sqlalchemy import func, select

from crm.contacts.creating import create_contact, find_or_create_organisation
from crm.contacts.models import Address, Contact, Organisation
from crm.contacts.postal import postal_of
from crm.extensions import db
from tests.conftest import HTMX

FILLED = {
    "first_name": "Anna", "last_name": "Müller", "title": "Dr.", "salutation": "ms", "address_form": "sie", "language": "de",
    "lifecycle": "customer", "customer_since": "2006-05-31", "birth_date": "1980-01-02", "organisation": "Beispiel GmbH", "role": "Einkauf",
    "tags": "VIP, Messe", "notes": "Mag Tee.",
    "addresses-0-kind": "email", "addresses-0-value": "Anna@Example.com", "addresses-0-type": "work",
    "addresses-1-kind": "phone", "addresses-1-value": "030 1234567", "addresses-1-type": "mobile",
    "addresses-2-kind": "email", "addresses-2-value": "", "addresses-2-type": "",
    "postal-0-street": "Hauptstr. 1", "postal-0-postcode": "10115", "postal-0-city": "Berlin", "postal-0-country": "DE",
}


@pytest.fixture
def anna(app):
    anna = create_contact(first_name="Anna", last_name="Müller", addresses=[("email", "anna@example.com"), ("phone", "030 1234567")],
                          organisation=find_or_create_organisation("Beispiel GmbH"), role="Einkauf", tags=["VIP"])
    db.session.commit()
    return anna


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def only_contact():
    return db.session.scalars(select(Contact)).one()


def sent_back(contact, **changes):
    """What the browser sends when the edit form is saved with some changes."""
    values = {"first_name": contact.first_name, "last_name": contact.last_name, "title": "", "salutation": "", "address_form": "sie", "language": "",
              "lifecycle": contact.lifecycle, "organisation": "Beispiel GmbH", "role": "Einkauf", "tags": "VIP"}
    for number, address in enumerate(contact.addresses):
        values |= {f"addresses-{number}-ident": str(address.id), f"addresses-{number}-kind": address.kind, f"addresses-{number}-value": address.value,
                   f"addresses-{number}-type": address.type}
        if address.primary:
            values[f"addresses-{number}-primary"] = "y"
    return values | changes


def test_a_new_contact_is_saved_with_everything_the_form_holds(client):
    response = client.post("/contacts", data=FILLED)
    anna = only_contact()
    assert (response.status_code, response.location) == (303, f"/contacts/{anna.id}")
    assert (anna.display_name, anna.standing, anna.organisation.name) == ("Dr. Anna Müller", "customer since 2006", "Beispiel GmbH")
    assert [(a.kind, a.normalised, a.type, a.primary) for a in anna.addresses] == [
        ("email", "anna@example.com", "work", True), ("phone", "+49301234567", "mobile", True),
    ]
    assert {tag.name for tag in anna.tags} == {"VIP", "Messe"}
    assert anna.affiliations[0].role == "Einkauf"
    assert (postal_of(anna).city, anna.birth_date) == ("Berlin", date(1980, 1, 2))


def test_a_name_or_one_address_is_enough(client):
    assert client.post("/contacts", data={"lifecycle": "lead", "addresses-0-kind": "phone", "addresses-0-value": "030 1234567"}).status_code == 303
    assert only_contact().display_name == "030 1234567"


@pytest.mark.parametrize(("change", "words"), [
    ({"first_name": "", "last_name": "", "addresses-0-value": "", "addresses-1-value": ""}, "Give a name or at least one address."),
    ({"addresses-0-value": "anna@"}, "This is not a mail address."),
    ({"addresses-1-value": "none"}, "This is not a telephone number."),
    ({"customer_since": "31.5.2006"}, "Write the date as year-month-day"),
    ({"birth_date": "2999-01-01"}, "This day has not come yet."),
    ({"lifecycle": "friend"}, "Not a valid choice"),
    ({"owner_id": "999"}, "Not a valid choice"),
    ({"last_name": "x" * 101}, "Use at most 100 characters."),
])
def test_a_form_with_an_error_says_why_at_the_field_and_keeps_what_was_typed(client, clock, change, words):
    response = client.post("/contacts", data=FILLED | change)
    assert response.status_code == 422
    assert words in response.text
    assert "Mag Tee." in response.text
    assert "Hauptstr. 1" in response.text
    assert count(Contact) == count(Organisation) == 0


def test_htmx_gets_the_form_with_its_errors_alone(client):
    response = client.post("/contacts", data={"lifecycle": "lead"}, headers=HTMX)
    assert response.status_code == 422
    assert "<h1" not in response.text
    assert 'id="contact-form"' in response.text


def test_another_address_row_comes_without_script_and_loses_nothing(client):
    response = client.post("/contacts", data=FILLED | {"add_addresses": "1"})
    assert response.status_code == 200
    assert 'name="addresses-3-value"' in response.text
    assert "Mag Tee." in response.text
    assert count(Contact) == 0


def test_the_form_knows_an_organisation_by_any_spelling(client, anna):
    client.post("/contacts", data=FILLED | {"organisation": "beispiel"})
    assert count(Organisation) == 1


def test_editing_shows_what_is_there_and_saves_what_was_changed(client, anna):
    text = client.get(f"/contacts/{anna.id}/edit").text
    for shown in ("anna@example.com", "Beispiel GmbH", "Einkauf", "VIP"):
        assert shown in text
    response = client.post(f"/contacts/{anna.id}", data=sent_back(anna, last_name="Groß", **{"addresses-0-value": "anna@example.org"}))
    assert response.status_code == 303
    assert (anna.display_name, anna.addresses[0].normalised, anna.organisation.name) == ("Anna Groß", "anna@example.org", "Beispiel GmbH")


def test_an_address_can_be_ended_but_not_emptied(client, anna):
    response = client.post(f"/contacts/{anna.id}", data=sent_back(anna, **{"addresses-0-value": ""}))
    assert response.status_code == 422
    assert "never deleted" in response.text
    client.post(f"/contacts/{anna.id}", data=sent_back(anna, **{"addresses-0-ended": "y"}))
    assert anna.addresses[0].ended
    assert count(Address) == 2


def test_another_organisation_ends_the_affiliation_and_begins_one(client, anna):
    client.post(f"/contacts/{anna.id}", data=sent_back(anna, organisation="Neue AG", role="Leitung"))
    assert anna.organisation.name == "Neue AG"
    assert [(one.organisation.name, one.role, one.ended) for one in anna.affiliations] == [("Beispiel GmbH", "Einkauf", True), ("Neue AG", "Leitung", False)]
    client.post(f"/contacts/{anna.id}", data=sent_back(anna, organisation="", role=""))
    assert anna.organisation is None


def test_a_refused_edit_changes_nothing(client, anna):
    response = client.post(f"/contacts/{anna.id}", data=sent_back(anna, first_name="Berta", tags="", lifecycle="friend"))
    assert response.status_code == 422
    assert (anna.first_name, [tag.name for tag in anna.tags]) == ("Anna", ["VIP"])


@pytest.mark.parametrize("path", ["/contacts/{}/edit", "/contacts/{}/owner"])
def test_who_is_not_there_is_not_found_and_who_was_merged_lives_on(client, anna, path):
    merged = create_contact(first_name="Bert", merged_into_id=anna.id)
    db.session.commit()
    assert client.get(path.format(9999)).status_code == 404
    answer = client.get(path.format(merged.id))
    assert (answer.status_code, answer.location) == (303, path.format(anna.id))


def test_strangers_are_refused_and_reading_writes_nothing(nobody, client, anna):
    for path in ("/contacts", f"/contacts/{anna.id}", f"/contacts/{anna.id}/archive", f"/contacts/{anna.id}/owner"):
        assert nobody.post(path, data={"value": "x"}).status_code == 401
    assert client.get(f"/contacts/{anna.id}/archive").status_code == 405
    assert (anna.first_name, anna.archived_at) == ("Anna", None)


def test_archiving_can_be_undone(client, anna):
    assert client.post(f"/contacts/{anna.id}/archive").status_code == 303
    assert anna.archived_at
    step = client.get("/contacts?archived=1").text.split('action="/undo/')[1].split('"')[0]
    client.post(f"/undo/{step}")
    assert anna.archived_at is None
    client.post(f"/contacts/{anna.id}/archive")
    client.delete(f"/contacts/{anna.id}/archive")
    assert anna.archived_at is None


def test_owner_lifecycle_and_tags_change_in_place_and_can_be_undone(client, anna, agent):
    for field, value, shown in (("owner", str(agent.id), "Anna Agent"), ("lifecycle", "former", "Former customer"), ("tags", "Neu, Messe", "Neu")):
        assert "<form" in client.get(f"/contacts/{anna.id}/{field}", headers=HTMX).text
        response = client.post(f"/contacts/{anna.id}/{field}", data={"value": value}, headers=HTMX)
        assert response.status_code == 200
        assert shown in response.text
    assert (anna.owner_id, anna.lifecycle, {tag.name for tag in anna.tags}) == (agent.id, "former", {"Neu", "Messe"})
    step = response.text.split('action="/undo/')[1].split('"')[0]
    client.post(f"/undo/{step}")
    assert [tag.name for tag in anna.tags] == ["VIP"]
    assert client.post(f"/contacts/{anna.id}/owner", data={"value": ""}).status_code == 303
    assert anna.owner_id is None


@pytest.mark.parametrize(("field", "value"), [("owner", "9999"), ("owner", "x"), ("lifecycle", "friend"), ("tags", "x" * 61)])
def test_a_bad_value_in_place_is_refused_with_words(client, anna, field, value):
    response = client.post(f"/contacts/{anna.id}/{field}", data={"value": value}, headers=HTMX)
    assert response.status_code == 422
    assert "field-error" in response.text
    assert (anna.owner_id, anna.lifecycle, len(anna.tags)) == (None, "lead", 1)


def test_typing_a_known_address_says_who_has_it(client, anna):
    found = client.get("/contacts/likely?addresses-0-kind=email&addresses-0-value=ANNA@example.com", headers=HTMX).text
    assert "Anna Müller" in found
    assert "Anna" not in client.get(f"/contacts/likely?addresses-0-kind=email&addresses-0-value=anna@example.com&contact={anna.id}", headers=HTMX).text
    assert "Anna" not in client.get("/contacts/likely?addresses-0-kind=email&addresses-0-value=anna", headers=HTMX).text
