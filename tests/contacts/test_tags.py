import pytest
from sqlalchemy import select

from crm.contacts.creating import create_contact
from crm.contacts.models import Organisation
from crm.contacts.tagging import set_tags
from crm.contacts.tags import Tag
from crm.extensions import db


@pytest.fixture
def people(app):
    people = [create_contact(first_name=name, tags=tags) for name, tags in (("Ada", ["VIP", "Messe"]), ("Ben", ["VIP"]), ("Cleo", ["Messe"]))]
    firm = Organisation(name="Beispiel", tags=[])
    db.session.add(firm)
    set_tags(firm, ["VIP"])
    db.session.commit()
    return people


@pytest.fixture
def office(browse, lead):
    return browse(lead)


def tag(name):
    return db.session.scalars(select(Tag).where(Tag.name == name)).one_or_none()


def tags(people):
    return [sorted(tag.name for tag in one.tags) for one in people]


def undo(client):
    step = client.get("/settings/tags").text.split('action="/undo/')[1].split('"')[0]
    return client.post(f"/undo/{step}")


def test_tags_are_listed_with_their_numbers(office, people):
    text = office.get("/settings/tags").text
    assert 'href="/contacts?tag=VIP">2<' in text
    assert 'href="/organisations?tag=VIP">1<' in text


def test_a_tag_is_renamed_for_everybody(office, people):
    assert office.post(f"/settings/tags/{tag('VIP').id}", data={"name": "Stammkunde"}).status_code == 303
    assert tags(people) == [["Messe", "Stammkunde"], ["Stammkunde"], ["Messe"]]
    assert office.post(f"/settings/tags/{tag('Stammkunde').id}", data={"name": "STAMMKUNDE"}).status_code == 303


@pytest.mark.parametrize(("name", "words"), [("messe", "Merge the two instead"), ("", "Give the tag a name."), ("a, b", "no comma"), ("!", "at least one letter")])
def test_a_name_that_cannot_be_is_refused_with_words(office, people, name, words):
    response = office.post(f"/settings/tags/{tag('VIP').id}", data={"name": name})
    assert (response.status_code, words in response.text) == (422, True)
    assert tag("VIP")


def test_two_tags_become_one_and_two_again(office, people):
    assert office.get(f"/settings/tags/{tag('VIP').id}").status_code == 200
    office.post(f"/settings/tags/{tag('VIP').id}/merge", data={"into": tag("Messe").id})
    assert tags(people) == [["Messe"], ["Messe"], ["Messe"]]
    assert tag("VIP") is None
    undo(office)
    assert tags(people) == [["Messe", "VIP"], ["VIP"], ["Messe"]]
    assert [one.name for one in db.session.scalars(select(Organisation)).one().tags] == ["VIP"]


def test_a_tag_is_deleted_and_brought_back(office, people):
    office.delete(f"/settings/tags/{tag('VIP').id}")
    assert tags(people) == [["Messe"], [], ["Messe"]]
    db.session.delete(people[1])
    set_tags(people[2], ["Messe", "VIP"])  # somebody makes one of that name meanwhile
    db.session.commit()
    undo(office)
    assert tags([people[0], people[2]]) == [["Messe", "VIP"], ["Messe", "VIP"]]


def test_tags_are_changed_by_those_who_may_change_many(client, nobody, people):
    path = f"/settings/tags/{tag('VIP').id}"
    assert client.post(path, data={"name": "X"}).status_code == client.delete(path).status_code == client.post(f"{path}/merge").status_code == 403
    assert nobody.delete(path).status_code == 401
    assert client.get(f"{path}/merge").status_code == 405
    assert tag("VIP")


def test_tags_are_suggested_while_one_is_typed(client, people):
    assert 'value="Messe"' in client.get("/tags/suggestions?tag=mes").text
    assert 'value="Neu, VIP"' in client.get("/tags/suggestions?tags=Neu,%20v").text
    assert "VIP" not in client.get("/tags/suggestions?tags=VIP,%20v").text.split("datalist", 1)[1]
    assert "<option" not in client.get("/tags/suggestions", headers={"HX-Request": "true"}).text


@pytest.mark.parametrize("into", ["", "x", "0", "9" * 30])
def test_a_tag_is_merged_into_nothing_that_is_none(office, people, into):
    assert office.post(f"/settings/tags/{tag('VIP').id}/merge", data={"into": into}).status_code == 404
    assert tag("VIP")
