from datetime import timedelta
from decimal import Decimal

import pytest

from crm.contacts.creating import create_contact, find_or_create_organisation
from crm.extensions import db
from tests.conftest import HTMX


@pytest.fixture
def person(app):
    def add(first_name="Klara", last_name="Kunde", **fields):
        contact = create_contact(first_name=first_name, last_name=last_name, **fields)
        db.session.commit()
        return contact

    return add


def names(response):
    assert response.status_code == 200, response.text
    return [name for name in ("Anna", "Bert", "Cora", "Dora") if f"<span>{name} " in response.text]


def test_the_list_shows_who_they_are_and_where_they_belong(client, person, agent):
    person("Anna", "Müller", organisation=find_or_create_organisation("Beispiel GmbH"), owner=agent, lifecycle="customer", tags=["VIP"])
    text = client.get("/contacts").text
    for expected in ("Anna Müller", "Beispiel GmbH", "Anna Agent", "Customer", "VIP"):
        assert expected in text


def test_an_empty_list_says_what_to_do(client):
    assert "No contacts yet" in client.get("/contacts").text
    assert "Nobody fits these filters" in client.get("/contacts?lifecycle=former").text


def test_filters_narrow_the_list_and_stand_as_chips(client, person, agent, clock):
    firm = find_or_create_organisation("Beispiel GmbH")
    anna = person("Anna", "A", lifecycle="customer", owner=agent, tags=["VIP"], organisation=firm, last_interaction_at=clock() - timedelta(days=10))
    person("Bert", "B", last_interaction_at=clock() - timedelta(days=100))
    person("Cora", "C").archive()
    assert names(client.get("/contacts")) == ["Anna", "Bert"]
    for query in ("lifecycle=customer", f"owner={agent.id}", "tag=vip", f"organisation={anna.organisation_id}"):
        response = client.get(f"/contacts?{query}")
        assert names(response) == ["Anna"], query
        assert 'class="chip"' in response.text
    assert names(client.get("/contacts?owner=none")) == ["Bert"]
    assert names(client.get("/contacts?silent=90")) == ["Bert"]
    assert "Not spoken for 90 days" in client.get("/contacts?silent=90").text
    assert names(client.get("/contacts?archived=1")) == ["Cora"]


def test_the_search_finds_names_addresses_and_organisations(client, person):
    person("Anna", "Müller", organisation=find_or_create_organisation("Beispiel GmbH"), addresses=[("phone", "030 1234567")])
    person("Bert", "B")
    for asked in ("muel", "beispiel", "12345"):
        assert names(client.get(f"/contacts?q={asked}")) == ["Anna"], asked


def test_values_that_make_no_sense_are_left_out(client, person):
    person("Anna", "A")
    assert names(client.get("/contacts?lifecycle=x&owner=1;drop&organisation=99999999999999&silent=-1&sort=password&tag=%00")) == ["Anna"]


@pytest.mark.parametrize(("sort", "first"), [
    ("name", "Anna"), ("-name", "Bert"), ("last_in", "Bert"), ("last_out", "Anna"), ("next", "Bert"), ("value", "Bert"), ("score", "Bert"), ("created", "Bert"),
])
def test_the_list_sorts_by_what_matters_and_puts_the_empty_last(client, person, clock, sort, first):
    now = clock()
    person("Anna", "A", last_out_at=now, value=Decimal(5))
    clock.advance(hours=1)
    person("Bert", "B", last_in_at=now, next_task_at=now, value=Decimal(90), nps_score=3)
    text = client.get(f"/contacts?sort={sort}").text
    other = {"Anna": "Bert", "Bert": "Anna"}[first]
    assert text.index(f"<span>{first} ") < text.index(f"<span>{other} ")


def test_more_is_loaded_by_place_and_stays_whole_while_rows_are_added(client, person):
    for number in range(50):
        person("Anna", f"N{number:03}")
    page = client.get("/contacts").text
    assert page.count('<tr id="contact-') == 25
    url = page.split('class="more" href="')[1].split('"')[0].replace("&amp;", "&")
    person("Anna", "A-new")
    rest = client.get(url, headers=HTMX).text
    assert rest.count("<tr id=") == 25
    assert "<table" not in rest
    assert "N049" in rest
    assert "<h1" in client.get(url).text


def test_htmx_gets_the_list_alone(client, person):
    person("Anna", "A")
    text = client.get("/contacts?q=anna", headers=HTMX).text
    assert 'id="contact-list"' in text
    assert "<h1" not in text


def test_a_forged_place_is_refused(client, person):
    assert client.get("/contacts?cursor=zzz").status_code == 400


def test_the_list_takes_as_many_statements_for_fifty_as_for_one(client, person, statements, agent):
    person("Anna", "A", owner=agent, tags=["one"], organisation=find_or_create_organisation("F"))
    client.get("/contacts")
    with statements() as few:
        client.get("/contacts")
    for number in range(55):
        person("Anna", f"N{number}", owner=agent, tags=[f"t{number}"], organisation=find_or_create_organisation(f"F{number}"))
    with statements() as many:
        client.get("/contacts")
    assert len(many) <= len(few) <= 6, "\n".join(few)


def test_organisations_are_listed_with_their_head_count(client, person):
    firm = find_or_create_organisation("Beispiel GmbH", domain="beispiel.example")
    person("Anna", "A", organisation=firm)
    person("Bert", "B", organisation=firm)
    text = client.get("/organisations").text
    assert "Beispiel GmbH" in text
    assert f'<a href="/contacts?organisation={firm.id}">2</a>' in text
    assert "Beispiel" in client.get("/organisations?q=beisp", headers=HTMX).text
    assert "No organisation fits" in client.get("/organisations?q=xyz").text
