import pytest
from sqlalchemy import select

from crm.contacts.relations.models import Relation
from crm.contacts.relations.queries import seen
from crm.contacts.relations.relating import relate
from crm.errors import Refused
from crm.extensions import db
from tests.conftest import HTMX


@pytest.fixture
def anna(make):
    return make.contact("Anna", "Chef")


@pytest.fixture
def ben(make):
    return make.contact("Ben", "Hilfe")


def both(anna, ben):
    return [one.words for one in seen(anna.id)], [one.words for one in seen(ben.id)]


def test_a_relation_reads_right_from_both_ends(client, anna, ben):
    response = client.post(f"/contacts/{ben.id}/relations", data={"kind": "assistant_of", "person": f"Anna Chef #{anna.id}", "note": "mornings"}, headers=HTMX)
    assert response.status_code == 200
    assert both(anna, ben) == (["has assistant"], ["assistant of"])
    assert "assistant of" in client.get(f"/contacts/{ben.id}/panels").text
    page = client.get(f"/contacts/{anna.id}/panels").text
    assert "has assistant" in page
    assert "mornings" in page


def test_it_can_be_said_from_the_other_end(client, anna, ben):
    client.post(f"/contacts/{anna.id}/relations", data={"kind": "-assistant_of", "person": f"Ben Hilfe #{ben.id}"})
    relation = db.session.scalars(select(Relation)).one()
    assert (relation.from_contact_id, relation.to_contact_id) == (ben.id, anna.id)


def test_what_is_the_same_both_ways_is_kept_once(anna, ben):
    relate(anna, ben, "family")
    relate(ben, anna, "family")
    db.session.commit()
    assert len(db.session.scalars(select(Relation)).all()) == 1
    assert both(anna, ben) == (["family of"], ["family of"])


def test_a_relation_is_changed_removed_and_brought_back(client, anna, ben):
    relation = relate(ben, anna, "assistant_of")
    db.session.commit()
    path = f"/contacts/{anna.id}/relations/{relation.id}"
    assert 'selected value="-assistant_of"' in client.get(path, headers=HTMX).text
    client.post(path, data={"kind": "reports_to", "since": "2020-01-01", "until": "2021-01-01", "note": "formerly"}, headers=HTMX)
    changed = db.session.scalars(select(Relation)).one()
    assert (changed.kind, changed.from_contact_id, changed.note, changed.ended) == ("reports_to", anna.id, "formerly", True)
    text = client.delete(f"/contacts/{anna.id}/relations/{changed.id}", headers=HTMX).text
    assert seen(anna.id) == []
    client.post("/undo/" + text.split('action="/undo/')[1].split('"')[0])
    assert [(one.words, one.note) for one in seen(anna.id)] == [("reports to", "formerly")]


@pytest.mark.parametrize(("change", "words"), [
    ({"person": "Anna Chef"}, "no relation to themselves"),
    ({"person": "Nobody Known"}, "Choose from the suggestions"),
    ({"person": ""}, "Give a name or an address"),
    ({"kind": "enemy"}, "Not a valid choice"),
    ({"since": "2021-01-01", "until": "2020-01-01"}, "before the beginning"),
])
def test_a_relation_that_makes_no_sense_is_refused_with_words(client, anna, ben, change, words):
    response = client.post(f"/contacts/{anna.id}/relations", data={"kind": "friend", "person": f"Ben Hilfe #{ben.id}"} | change, headers=HTMX)
    assert response.status_code == 422
    assert words in response.text
    assert db.session.scalars(select(Relation)).all() == []


def test_nobody_is_related_to_themselves(anna):
    with pytest.raises(Refused):
        relate(anna, anna, "family")


def test_strangers_and_third_persons_change_nothing(client, nobody, make, anna, ben):
    relation = relate(ben, anna, "assistant_of")
    db.session.commit()
    third = make.contact("Third", "Person")
    for path in (f"/contacts/{anna.id}/relations", f"/contacts/{anna.id}/relations/{relation.id}"):
        assert nobody.post(path, data={"kind": "friend"}).status_code == 401
    assert client.delete(f"/contacts/{third.id}/relations/{relation.id}").status_code == 404
    assert client.post(f"/contacts/{third.id}/relations/{relation.id}", data={"kind": "friend"}).status_code == 404
    assert relation.kind == "assistant_of"


def test_programs_relate_people(program, anna, ben):
    answer = program().post(f"/contacts/{ben.id}/relations", kind="recommended_by", to_contact_id=anna.id)
    assert answer.status_code == 201, answer.text
    ident = answer.json["id"]
    assert [item["id"] for item in program("read").get(f"/contacts/{anna.id}/relations").json["items"]] == [ident]
    assert program().patch(f"/relations/{ident}", note="at the fair").json["note"] == "at the fair"
    assert program().post(f"/contacts/{ben.id}/relations", kind="friend", to_contact_id=ben.id).status_code == 422
    assert program().post(f"/contacts/{ben.id}/relations", kind="friend", to_contact_id=999).status_code == 422
    assert program().patch(f"/relations/{ident}", since="2021-01-01", until="2020-01-01").status_code == 422
    assert program().delete(f"/relations/{ident}").status_code == 204
    assert seen(anna.id) == []
