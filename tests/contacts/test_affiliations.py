import pytest

from crm.contacts.creating import create_contact, find_or_create_organisation
from crm.extensions import db
from tests.conftest import HTMX


@pytest.fixture
def anna(app):
    anna = create_contact(first_name="Anna", last_name="Müller", organisation=find_or_create_organisation("Beispiel GmbH"), role="Einkauf")
    anna.affiliate(find_or_create_organisation("Verband e.V."), role="Beirat", primary=False)
    db.session.commit()
    return anna


def test_role_and_dates_are_corrected(client, anna):
    first, second = anna.affiliations
    assert 'value="Beirat"' in client.get(f"/affiliations/{second.id}", headers=HTMX).text
    response = client.post(f"/affiliations/{second.id}", data={"role": "Vorstand", "valid_from": "2019-01-01", "primary": "y"}, headers=HTMX)
    assert response.status_code == 200
    assert "Vorstand" in response.text
    assert (anna.organisation.name, second.primary, first.primary) == ("Verband e.V.", True, False)
    client.post(f"/affiliations/{second.id}", data={"role": "Vorstand", "valid_from": "2019-01-01", "valid_until": "2020-01-01"})
    assert (second.ended, anna.organisation.name) == (True, "Beispiel GmbH")
    page = client.get(f"/contacts/{anna.id}/affiliations").text
    assert "1 Jan 2020" in page


def test_an_end_before_the_beginning_is_refused(client, anna):
    response = client.post(f"/affiliations/{anna.affiliations[0].id}", data={"role": "x", "valid_from": "2021-01-01", "valid_until": "2020-01-01"}, headers=HTMX)
    assert (response.status_code, "before the beginning" in response.text) == (422, True)
    assert anna.affiliations[0].role == "Einkauf"


def test_a_mistaken_one_is_removed_and_brought_back(client, anna):
    first = anna.affiliations[0]
    text = client.delete(f"/affiliations/{first.id}", headers=HTMX).text
    assert [one.organisation.name for one in anna.affiliations] == ["Verband e.V."]
    assert anna.organisation.name == "Verband e.V."
    client.post("/undo/" + text.split('action="/undo/')[1].split('"')[0])
    db.session.refresh(anna)
    assert {(one.organisation.name, one.role, one.primary) for one in anna.affiliations} == {("Beispiel GmbH", "Einkauf", True), ("Verband e.V.", "Beirat", False)}
    assert anna.organisation.name == "Beispiel GmbH"


def test_strangers_change_nothing(nobody, client, anna):
    path = f"/affiliations/{anna.affiliations[0].id}"
    assert nobody.post(path, data={"role": "x"}).status_code == nobody.delete(path).status_code == 401
    assert client.post("/affiliations/9999", data={"role": "x"}).status_code == 404
    assert anna.affiliations[0].role == "Einkauf"


def test_programs_read_where_somebody_belongs(program, anna):
    shown = program("read").get(f"/contacts/{anna.id}").json
    assert [(one["role"], one["primary"], one["ended"]) for one in shown["affiliations"]] == [("Einkauf", True, False), ("Beirat", False, False)]
    assert shown["salutation_line"] == "Dear Anna Müller"
