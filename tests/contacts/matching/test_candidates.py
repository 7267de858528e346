"""Who may this be? Everything a form, an import or a hint may know of somebody."""

from datetime import date

import pytest

from crm.contacts.creating import create_contact
from crm.contacts.matching import Candidate, Person, candidates
from crm.contacts.models import Organisation, PostalAddress
from crm.extensions import db

HOME = {"street": "Hauptstraße 12", "postcode": "10115", "city": "Berlin"}


@pytest.fixture
def known(app):
    """A function that makes a contact with addresses and a postal address."""
    def make(first_name="Johanna", last_name="Weidenhiller", *addresses, place=None, **fields):
        contact = create_contact(first_name=first_name, last_name=last_name, addresses=addresses, **fields)
        db.session.flush()
        if place:
            db.session.add(PostalAddress(contact_id=contact.id, **place))
        db.session.commit()
        return contact

    return make


def only(person: Person, **options) -> Candidate:
    found = candidates(person, **options)
    assert len(found) == 1, found
    return found[0]


def test_an_address_and_a_name_are_surely_the_same(known):
    contact = known("Johanna", "Weidenhiller", ("email", "johanna@example.com"))
    found = only(Person("Johanna", "Weidenhiller", emails=("JOHANNA@Example.com",)))
    assert (found.contact_id, found.verdict) == (contact.id, "same")
    assert found.score > 0.999
    assert found.because == "same mail address, same name"


def test_an_ended_address_counts_too(known):
    contact = known("Johanna", "Weidenhiller", ("email", "johanna@example.com"))
    contact.addresses[0].end()
    db.session.commit()
    assert only(Person("Johanna", "Weidenhiller", emails=("johanna@example.com",))).verdict == "same"


def test_the_last_digits_of_a_phone_and_a_name_will_do(known):
    contact = known("Johanna", "Weidenhiller", ("phone", "+49 30 7654321"))
    found = only(Person("Johanna", "Weidenhiller", phones=("7654321",)))
    assert (found.contact_id, found.because) == (contact.id, "same last digits of the phone, same name")


@pytest.mark.parametrize(("first", "last", "reason"), [
    ("Johanna", "Weidenhiller", "same name"),
    ("Johanna", "Weidenhillr", "similar name"),
    ("Johanna", "Waidenhiller", "similar name"),
    ("Hanne", "Weidenhiller", "short form of the name"),
    ("Weidenhiller", "Johanna", "same name, first and last name swapped"),
    ("Dr. Johanna", "Weidenhiller", "same name"),
    ("J.", "Weidenhiller", "similar name"),
    ("", "Weidenhiller, Johanna", "same name"),
])
def test_a_name_written_otherwise_in_the_same_street_is_found(known, first, last, reason):
    contact = known(place=HOME)
    found = only(Person(first, last, street="Hauptstr. 12", postcode="10115", city="Berlin"))
    assert found.contact_id == contact.id
    assert found.verdict in ("same", "likely")
    assert found.because == f"{reason}, same street and number, same town"


def test_umlauts_are_one_spelling(known):
    contact = known("Jürgen", "Großmüller")
    assert only(Person("Juergen", "Grossmueller")).contact_id == contact.id


def test_a_name_alone_is_never_surely_the_same(known):
    known()
    assert only(Person("Johanna", "Weidenhiller")).verdict == "likely"


def test_a_birth_date_speaks_for_and_against(known):
    known(birth_date=date(1980, 3, 12))
    same, swapped, other = (only(Person("Johanna", "Weidenhiller", birth_date=born)) for born in (date(1980, 3, 12), date(1980, 12, 3), date(1961, 7, 30)))
    assert (same.verdict, same.because) == ("same", "same name, same birth date")
    assert (swapped.verdict, swapped.because) == ("likely", "same name, similar birth date")
    assert other.score < swapped.score < same.score
    assert other.because == "same name, but another birth date"


def test_a_wife_is_not_her_husband(known):
    known("Johanna", "Weidenhiller", ("phone", "030 7654321"), place=HOME)
    for found in candidates(Person("Friedbert", "Weidenhiller", phones=("030 7654321",), **HOME)):
        assert found.verdict != "same"
        assert found.because.endswith("but another first name")


def test_colleagues_behind_one_switchboard_are_not_one_person(known):
    firm = Organisation(name="Nordwind GmbH")
    db.session.add(firm)
    for first, last in (("Johanna", "Weidenhiller"), ("Klaus", "Obermaier"), ("Petra", "Sonnleitner")):
        known(first, last, ("phone", "030 7654321"), organisation=firm, place=HOME)
    found = candidates(Person("Bertram", "Quast", phones=("030 7654321",), organisation="Nordwind", **HOME))
    assert [each for each in found if each.verdict != "unlikely"] == []


def test_a_merged_contact_is_answered_by_its_survivor(known):
    survivor = known("Johanna", "Weidenhiller")
    known("Hanna", "Weidenhiler", ("email", "hanna@example.com"), merged_into_id=survivor.id)
    assert {each.contact_id for each in candidates(Person("Hanna", "Weidenhiler", emails=("hanna@example.com",)))} <= {survivor.id}


def test_oneself_is_left_out(known):
    contact = known("Johanna", "Weidenhiller", ("email", "johanna@example.com"))
    twin = known("Johanna", "Weidenhiller", ("email", "johanna@example.com"))
    assert only(Person.of(contact), besides=contact.id).contact_id == twin.id


def test_the_best_comes_first_and_no_more_than_asked_for(known):
    for number in range(4):
        known("Johanna", "Weidenhiller", ("email", f"j{number}@example.com"))
    best = known("Johanna", "Weidenhiller", ("email", "johanna@example.com"), ("phone", "030 7654321"))
    found = candidates(Person("Johanna", "Weidenhiller", emails=("johanna@example.com",), phones=("0307654321",)), limit=3)
    assert found[0].contact_id == best.id
    assert len(found) == 3
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


@pytest.mark.parametrize("person", [Person(), Person("Nobody", "Known"), Person("", "Weidenhiller"), Person("J"), Person("\0", "'; --"), Person("%", "_"), Person("x" * 5000, "y" * 5000)])
def test_nobody_is_found_for_nothing_and_nothing_breaks(known, person):
    known()
    assert candidates(person) == []


def test_a_person_is_what_is_known_of_a_contact(known):
    firm = Organisation(name="Nordwind GmbH")
    contact = known("Johanna", "Weidenhiller", ("email", "j@example.com"), ("customer_number", "K-1"), organisation=firm, place=HOME)
    assert Person.of(contact) == Person("Johanna", "Weidenhiller", emails=("j@example.com",), customer_numbers=("K-1",), organisation="Nordwind GmbH", **HOME)


def test_reasons_are_told_in_the_readers_language(known, app):
    from flask_babel import force_locale

    known("Johanna", "Weidenhiller", ("email", "johanna@example.com"))
    found = only(Person("Johanna", "Weidenhiller", emails=("johanna@example.com",)))
    with app.test_request_context(), force_locale("de"):
        assert found.because == "gleiche E-Mail-Adresse, gleicher Name"


def test_asking_takes_a_fixed_number_of_statements(known, statements):
    for number in range(30):
        known("Johanna", "Weidenhiller", ("email", f"j{number}@example.com"), place=HOME)
    with statements() as seen:
        candidates(Person("Johanna", "Weidenhiller", emails=("j1@example.com",), phones=("030 7654321",), **HOME))
    assert len(seen) <= 11
