from datetime import date

from crm.contacts.creating import create_contact
from crm.contacts.matching import callers, find_by_address, identify
from crm.extensions import db


def person(first_name="Klara", *addresses, **fields):
    contact = create_contact(first_name=first_name, last_name="Kunde", addresses=addresses, **fields)
    db.session.commit()
    return contact


def test_a_contact_is_found_by_its_second_address_in_any_spelling(app):
    klara = person("Klara", ("email", "klara@example.com"), ("email", "Kunde@Example.org"))
    assert find_by_address("email", "KUNDE@example.org") == [klara]
    assert find_by_address("phone", "KUNDE@example.org") == []


def test_an_ended_address_still_matches_but_after_one_that_holds(app):
    old, new = person("Old", ("phone", "030 1234567")), person("New", ("phone", "+49301234567"))
    old.addresses[0].valid_until = date(2020, 1, 1)
    db.session.commit()
    assert find_by_address("phone", "0049 30 1234567") == [new, old]
    assert identify(phone="030/1234567").others == 1


def test_an_archived_contact_comes_last(app, clock):
    gone, here = person("Gone", ("email", "office@example.com")), person("Here", ("email", "office@example.com"))
    gone.archive()
    db.session.commit()
    assert find_by_address("email", "office@example.com") == [here, gone]


def test_a_merged_contact_is_answered_by_its_survivor_once(app):
    survivor = person("Sara", ("email", "both@example.com"))
    middle = person("Mia", merged_into_id=survivor.id)
    person("Mona", ("email", "both@example.com"), ("email", "mona@example.com"), merged_into_id=middle.id)
    assert find_by_address("email", "both@example.com") == [survivor]
    assert identify(email="mona@example.com").contact is survivor


def test_identify_takes_the_surest_kind_and_says_by_what(app):
    by_number, by_mail = person("Nora", ("customer_number", "K-17")), person("Mira", ("email", "mira@example.com"))
    match = identify(email="mira@example.com", customer_number="k-17")
    assert match.contact is by_number
    assert match.evidence == {"kind": "customer_number", "value": "K-17", "exact": True, "ended": False, "others": 0}
    assert identify(email="mira@example.com", phone=None).contact is by_mail
    assert identify(email="nobody@example.com") is None
    assert identify(visitor=" ") is None


def test_a_caller_is_found_by_the_last_digits(app):
    klara = person("Klara", ("phone", "+49 30 7654321"))
    match = identify(phone="7654321")
    assert (match.contact, match.exact) == (klara, False)
    assert identify(phone="0030 7654321").contact is klara
    assert callers("4321") == []
    assert identify(phone="7654329") is None


def test_recognising_somebody_takes_one_statement(app, statements):
    klara = person("Klara", ("email", "klara@example.com"))
    ident = klara.id
    db.session.expire_all()
    with statements() as seen:
        assert find_by_address("email", "klara@example.com")[0].id == ident
    assert len(seen) == 1
