import pytest

from crm.contacts.models import Address, Organisation
from crm.extensions import db
from crm.search.finding import WINDOW, find, find_each


def contact_ids(asked: str) -> list[int]:
    return [hit.record_id for hit in find(asked, ("contact",), 200)]


@pytest.fixture
def muller(make):
    contact = make.contact(first_name="Jörg", last_name="Müller", display_name="Jörg Müller")
    db.session.add(Address(contact=contact, kind="phone", value="+49 30 1234567", normalised="+49301234567"))
    db.session.add(Address(contact=contact, kind="email", value="j.mueller@acme.example", normalised="j.mueller@acme.example"))
    db.session.commit()
    return contact


@pytest.mark.parametrize("asked", ["Müller", "mueller", "MULLER", "mül", "jörg mü", "müller jörg", "jorg"])
def test_names_are_found_by_prefix_in_any_spelling_of_umlauts(muller, asked):
    assert contact_ids(asked) == [muller.id]


@pytest.mark.parametrize("asked", ["1234", "030 1234567", "+49 30 123", "234 56", "4567"])
def test_any_fragment_of_a_phone_number_finds_its_owner(muller, asked):
    assert contact_ids(asked) == [muller.id]


@pytest.mark.parametrize("asked", ["Mülller", "Muler", "jorg mulelr", "mlüler"])
def test_typing_mistakes_are_forgiven(muller, make, asked):
    make.contact(first_name="Klara", last_name="Kunde")
    assert contact_ids(asked) == [muller.id]


def test_parts_of_a_mail_address_are_found(muller):
    assert contact_ids("acme") == [muller.id]
    assert contact_ids("j.mueller@acme.example") == [muller.id]


def test_what_is_nowhere_is_not_found(muller):
    assert find("zebra") == []
    assert find("") == []
    assert find("'\"*()^: OR NEAR") == []


def test_a_changed_name_is_found_and_the_old_one_no_longer(muller):
    muller.last_name, muller.display_name = "Schulze", "Jörg Schulze"
    db.session.commit()
    assert contact_ids("schulze") == [muller.id]
    muller.addresses.pop()
    db.session.commit()
    assert contact_ids("müller") == []


def test_an_archived_contact_is_not_offered(muller, clock):
    muller.archived_at = clock()
    db.session.commit()
    assert contact_ids("müller") == []


def test_titles_rank_before_other_words_and_kinds_can_be_chosen(muller, make):
    firm = make.save(Organisation(name="Müller Bau GmbH"))
    other = make.contact(first_name="Eva", last_name="Klein", display_name="Eva Klein", organisation=firm)
    hits = find("müller")
    assert {(hit.kind, hit.record_id) for hit in hits} == {("contact", muller.id), ("organisation", firm.id), ("contact", other.id)}
    assert hits[-1].record_id == other.id
    assert [hit.kind for hit in find("müller", ("organisation",))] == ["organisation"]


def test_many_newer_records_of_one_kind_do_not_hide_the_others(make):
    contact = make.contact(first_name="Jörg", last_name="Krause", display_name="Jörg Krause")
    db.session.add_all([Organisation(name=f"Krause Filiale {number}") for number in range(WINDOW + 5)])
    db.session.commit()
    found = dict(find_each("krau", ("contact", "organisation")))
    assert [hit.record_id for hit in found["contact"]] == [contact.id]
    assert len(found["organisation"]) == 8


def test_the_names_of_kinds_are_no_words(muller):
    assert find("contact") == []
