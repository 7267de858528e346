from datetime import date

import pytest

from crm.accounts.preferences import set_preference
from crm.contacts.birthdays import age, coming
from crm.extensions import db


@pytest.mark.parametrize(("born", "on", "years"), [
    ((1980, 11, 21), (2026, 11, 21), 46), ((1980, 11, 22), (2026, 11, 21), 45), ((2000, 2, 29), (2026, 2, 27), 25), ((2000, 2, 29), (2026, 2, 28), 26),
    ((2000, 2, 29), (2028, 2, 28), 27), ((2026, 11, 21), (2026, 11, 21), 0),
])
def test_how_old_somebody_is(born, on, years):
    assert age(date(*born), date(*on)) == years


def test_the_next_days_cross_the_year_and_know_the_leap_day():
    assert coming(date(2026, 12, 30), 4) == {1230: 0, 1231: 1, 101: 2, 102: 3}
    assert coming(date(2026, 2, 27), 3) == {227: 0, 228: 1, 229: 1, 301: 2}
    assert coming(date(2028, 2, 27), 3) == {227: 0, 228: 1, 229: 2}


@pytest.fixture
def people(make, agent, clock):
    for name, born, owner in (("Today", (1980, 11, 21), agent), ("Friday", (1990, 11, 27), agent), ("Next", (1990, 11, 28), agent), ("Others", (1990, 11, 22), None),
                              ("Past", (1990, 11, 20), agent)):
        make.contact(name, "Person", birth_date=date(*born), owner=owner)


def test_my_day_says_whose_birthday_is_near_and_what_they_turn(client, people):
    text = client.get("/").text
    assert text.index("Today Person") < text.index("Friday Person")
    assert "turns 46" in text
    assert "in 6 days" in text
    for name in ("Next Person", "Others Person", "Past Person"):
        assert name not in text


def test_a_firm_that_does_not_want_it_is_not_told(client, people):
    set_preference("birthdays", False)
    db.session.commit()
    assert "Today Person" not in client.get("/").text


def test_the_preference_stands_on_the_page_of_the_firm(browse, admin):
    assert "Birthdays on My day" in browse(admin).get("/settings/firm").text


def test_the_list_is_narrowed_by_birthdays(client, people):
    found = {"1": {"Today"}, "7": {"Today", "Friday", "Others"}, "x": {"Today", "Friday", "Next", "Others", "Past"}}
    for days, names in found.items():
        text = client.get(f"/contacts?birthday={days}").text
        assert {name for name in ("Today", "Friday", "Next", "Others", "Past") if f"{name} Person" in text} == names, days
    assert "Birthday in the next 7 days" in client.get("/contacts?birthday=7").text


def test_the_page_says_how_old_somebody_is(client, make, clock):
    ident = make.contact(birth_date=date(1980, 1, 2)).id
    assert "46 years old" in client.get(f"/contacts/{ident}/panels").text


def test_the_birthday_follows_the_date(make):
    contact = make.contact(birth_date=date(1980, 1, 2))
    assert contact.birthday == 102
    contact.birth_date = None
    assert contact.birthday is None


def test_the_salutation_is_shown_as_one_types(client):
    def line(**given):
        return client.get("/contacts/salutation", query_string=given, headers={"HX-Request": "true"}).text

    assert "Dear Dr Müller," in line(first_name="Anna", last_name="Müller", title="Dr.", salutation="ms", language="en", address_form="sie")
    assert "Sehr geehrte Frau Dr. Müller," in line(last_name="Müller", title="Dr.", salutation="ms", language="de", address_form="sie")
    assert "Hallo Anna," in line(first_name="Anna", language="de", address_form="du")
    assert "A letter begins" in client.get("/contacts/new").text
