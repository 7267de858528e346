"""Who is this? Hints while typing, unknown senders, visitors who say who they are, and telephone calls."""

from __future__ import annotations

import pytest

from crm import timeline
from crm.contacts.models import Address, Contact
from crm.extensions import db
from crm.timeline.models import Interaction
from tests.conftest import HTMX


def count(model=Contact):
    return db.session.scalar(db.select(db.func.count()).select_from(model))


NEW = {"first_name": "Anna", "last_name": "Mueller", "address_form": "sie", "lifecycle": "lead", "addresses-0-kind": "email", "addresses-0-value": "anna.mueller@nordlicht.example"}


# — while typing —


def test_the_form_of_a_new_contact_hints_at_who_it_looks_like(client, anna):
    hint = client.get("/contacts/likely", query_string=NEW, headers=HTMX).text
    assert "Anna Müller" in hint
    assert "same mail address" in hint


def test_a_half_filled_form_of_somebody_new_hints_at_nobody(client, anna):
    assert "looks like" not in client.get("/contacts/likely", query_string={"first_name": "Bodo", "last_name": ""}, headers=HTMX).text


def test_a_likely_double_comes_back_once_and_is_added_when_it_is_sent_again(client, anna):
    before = count()
    answer = client.post("/contacts", data=NEW)
    assert answer.status_code == 422
    assert "save all the same" in answer.text
    assert count() == before
    assert client.post("/contacts", data={**NEW, "seen": str(anna.id)}).status_code == 303
    assert count() == before + 1


# — somebody unknown —


@pytest.fixture
def stranger(person):
    contact = person("Anna", "Müller", "anna@gmail.example", provenance="mail")
    timeline.record("mail.received", contact, channel="email", direction="inbound", subject="Where is my order?")
    db.session.commit()
    return contact


def test_an_unknown_sender_may_be_somebody_we_know(client, anna, stranger):
    assert "This is Anna Müller" in client.get(f"/contacts/{stranger.id}/identity", headers=HTMX).text


def test_this_is_moves_everything_and_can_be_undone(client, anna, stranger):
    ident = stranger.id
    answer = client.post(f"/contacts/{ident}/identity", data={"person": anna.id}, follow_redirects=True)
    assert "anna@gmail.example" in [address.value for address in db.session.get(Contact, anna.id).addresses]
    assert "Where is my order?" in [entry.subject for entry in db.session.scalars(db.select(Interaction).where(Interaction.contact_id == anna.id))]
    client.post("/undo/" + answer.text.split("/undo/")[1].split('"')[0])
    assert db.session.get(Contact, ident, populate_existing=True).merged_into_id is None


def test_a_contact_somebody_worked_on_is_merged_by_those_who_may(client, anna, stranger, agent):
    stranger.owner_id = agent.id
    db.session.commit()
    assert client.post(f"/contacts/{stranger.id}/identity", data={"person": anna.id}).status_code == 409
    assert stranger.merged_into_id is None


def test_saying_who_it_is_refuses_get_strangers_and_nobody(client, nobody, anna, stranger):
    assert nobody.post(f"/contacts/{stranger.id}/identity", data={"person": anna.id}).status_code == 401
    assert client.post(f"/contacts/{stranger.id}/identity", data={"person": "x"}).status_code == 409
    assert client.post(f"/contacts/{stranger.id}/identity", data={"person": stranger.id}).status_code == 409
    assert client.post("/contacts/9999/identity", data={"person": anna.id}).status_code == 404


# — visitors —


def visit(api, **known):
    return api.post("/interactions", identify=known, channel="web", subject="Looked at the price list")


def belongs_to(ident):
    return db.session.scalar(db.select(Interaction.contact_id).where(Interaction.id == ident))


def test_an_unknown_visitor_is_a_contact_without_a_name(program, app):
    api = program()
    first, second = visit(api, visitor="v-1"), visit(api, visitor="v-1")
    assert first.status_code == second.status_code == 201
    assert first.json["contact_id"] == second.json["contact_id"]
    assert second.json["match"] == {"kind": "visitor", "value": "v-1", "exact": True, "ended": False, "others": 0}


def test_a_visitor_who_logs_in_takes_the_earlier_visits_along(program, anna):
    api = program()
    earlier = visit(api, visitor="v-1").json
    later = visit(api, visitor="v-1", email="anna.mueller@nordlicht.example").json
    assert later["contact_id"] == anna.id
    assert later["match"]["kind"] == "email"
    assert belongs_to(earlier["id"]) == anna.id
    assert db.session.get(Contact, earlier["contact_id"], populate_existing=True).merged_into_id == anna.id
    assert visit(api, visitor="v-1").json["contact_id"] == anna.id


def test_a_visitor_id_that_is_put_to_a_contact_brings_the_visits(program, anna):
    api = program()
    earlier = visit(api, visitor="v-1").json
    known = [{"kind": address.kind, "value": address.value} for address in anna.addresses]
    assert api.patch(f"/contacts/{anna.id}", addresses=[*known, {"kind": "visitor", "value": "v-1"}]).status_code == 200
    assert belongs_to(earlier["id"]) == anna.id


def test_a_new_contact_with_a_visitor_id_brings_the_visits(program, app):
    api = program()
    earlier = visit(api, visitor="v-1").json
    made = api.post("/contacts", first_name="Nele", addresses=[{"kind": "visitor", "value": "v-1"}, {"kind": "email", "value": "nele@web.example"}])
    assert made.status_code == 201
    assert belongs_to(earlier["id"]) == made.json["id"]


def test_a_visitor_who_tells_an_unknown_address_becomes_that_person(program, app):
    api = program()
    earlier = visit(api, visitor="v-1").json
    later = visit(api, visitor="v-1", email="new@web.example").json
    assert later["contact_id"] == earlier["contact_id"]
    assert visit(api, email="new@web.example").json["contact_id"] == earlier["contact_id"]


def test_a_visitor_with_a_name_is_never_merged_by_itself(program, anna, person):
    bob = person("Bob", "Berg", visitor="v-1")
    later = visit(program(), visitor="v-1", email="anna.mueller@nordlicht.example").json
    assert later["contact_id"] == anna.id
    assert db.session.get(Contact, bob.id, populate_existing=True).merged_into_id is None
    assert [address.contact_id for address in db.session.scalars(db.select(Address).where(Address.kind == "visitor"))] == [bob.id]


def test_an_unknown_address_beside_no_visitor_is_still_refused(program, app):
    assert visit(program(), email="nobody@web.example").status_code == 422
    assert count() == 0


# — who is calling? —


@pytest.mark.parametrize("asked", ["number=%2B49301234567", "number=+49301234567", "from=030/1234567", "number=0049 30 1234567", "caller=sip:%2B49301234567@pbx.example", "callerid=tel:%2B49-30-1234567"])
def test_a_call_shows_the_person_however_the_number_is_written(client, anna, asked):
    page = client.get(f"/calls/incoming?{asked}").text
    assert "Anna Müller is calling" in page
    assert '<option value="inbound" selected>' in page


def test_looking_writes_nothing(client, anna, statements):
    with statements() as seen:
        client.get("/calls/incoming?number=030 1234567")
        client.get("/calls/incoming?number=030 7654321")
    assert [statement for statement in seen if not statement.lstrip().upper().startswith(("SELECT", "WITH"))] == []


def test_several_people_with_the_number_are_offered(client, anna, double):
    page = client.get("/calls/incoming?number=0301234567").text
    assert "Several people have +49301234567" in page
    assert "Anna Mueller is calling" in client.get(f"/calls/incoming?number=0301234567&contact={double.id}").text


def test_an_unknown_number_begins_a_new_contact_with_it(client, app):
    page = client.get("/calls/incoming?number=030 555 12 34").text
    assert "/contacts/new?phone=%2B49305551234" in page
    assert 'value="+49305551234"' in client.get("/contacts/new?phone=%2B49305551234").text


def test_an_unknown_number_is_put_to_somebody_we_know_and_that_is_undone(client, anna):
    answer = client.post("/calls/incoming", data={"number": "030 555 12 34", "person": anna.id}, follow_redirects=True)
    assert "Anna Müller is calling" in answer.text
    client.post("/undo/" + answer.text.split("/undo/")[1].split('"')[0])
    assert "Nobody we know" in client.get("/calls/incoming?number=030 555 12 34").text


def test_putting_a_number_to_somebody_refuses_what_is_no_number_and_strangers(client, nobody, anna):
    assert client.post("/calls/incoming", data={"number": "abc", "person": anna.id}).status_code == 409
    assert client.post("/calls/incoming", data={"number": "030 5551234", "person": "9999"}).status_code == 404
    assert nobody.post("/calls/incoming", data={"number": "030 5551234", "person": anna.id}).status_code == 401
    assert count(Address) == 3


def test_the_way_back_is_remembered_through_sign_in(nobody, anna):
    answer = nobody.get("/calls/incoming?number=%2B49301234567")
    assert answer.status_code == 303
    assert "next=" in answer.location
    assert "calls/incoming" in answer.location
    assert "49301234567" in answer.location


def test_the_address_for_the_telephone_system_can_be_copied(client, app):
    assert "http://localhost/calls/incoming?number={number}" in client.get("/calls/setup").text
