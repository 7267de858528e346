import pytest

from crm.contacts.models import Address, Organisation
from crm.extensions import db
from crm.search.finding import find, find_each
from crm.tasks.models import Task


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


def test_an_organisation_is_found_behind_a_hundred_newer_records_of_every_other_kind(make):
    firm = make.save(Organisation(name="Krause Bau"))
    contacts = [make.contact(first_name="Jörg", last_name="Krause", display_name=f"Jörg Krause {number}") for number in range(100)]
    agent = make.user()
    db.session.add_all([Task(title=f"Krause anrufen {number}", contact=contacts[0], assignee=agent) for number in range(100)])
    db.session.commit()
    found = dict(find_each("krau", ("contact", "organisation", "conversation", "task")))
    assert [hit.record_id for hit in found["organisation"]] == [firm.id]
    assert len(found["contact"]) == len(found["task"]) == 8
    assert firm.id in [hit.record_id for hit in find("krau", ("organisation",))]


def test_a_title_is_found_behind_a_hundred_newer_records_that_have_the_word_elsewhere(make):
    contact = make.contact(first_name="Jörg", last_name="Krause", display_name="Jörg Krause")
    firm = make.save(Organisation(name="Krause Bau"))
    for number in range(100):
        make.contact(first_name="Eva", last_name="Klein", display_name=f"Eva Klein {number}", organisation=firm)
    assert find("krause", ("contact",))[0].record_id == contact.id


def test_the_names_of_kinds_are_no_words(muller):
    assert find("contact") == []


@pytest.mark.parametrize("asked", ["Donaudampfschifffahrts", "donaudampfschifffahrtsgesellschaft", "donaudampfsc kapi"])
def test_long_words_are_found_by_their_beginning_too(make, asked):
    firm = make.save(Organisation(name="Donaudampfschifffahrtsgesellschaft Kapitän"))
    make.save(Organisation(name="Donaudampfross"))
    assert [hit.record_id for hit in find(asked, ("organisation",))] == [firm.id]


def test_every_fragment_of_every_number_of_a_contact_is_found(make):
    contact = make.contact(first_name="Vera", last_name="Viel", display_name="Vera Viel")
    numbers = [f"4940{number * 7654321 % 10**8:08}" for number in range(1, 9)]
    db.session.add_all([Address(contact=contact, kind="phone", value=f"+{number}", normalised=f"+{number}") for number in numbers])
    db.session.commit()
    fragments = {number[start:end] for number in numbers for start in range(len(number)) for end in range(start + 3, len(number) + 1)}
    asked = sorted(fragment for fragment in fragments if not fragment.startswith("0"))
    assert [fragment for fragment in asked if contact_ids(fragment) != [contact.id]] == []


def test_a_fragment_is_of_one_number_and_in_its_order(muller):
    assert contact_ids("123 457") == contact_ids("4567 12") == contact_ids("49301234568") == []


def test_a_changed_number_is_found_and_the_old_one_no_longer(muller):
    phone = next(address for address in muller.addresses if address.kind == "phone")
    phone.value = phone.normalised = "+4989777888"
    db.session.commit()
    assert contact_ids("777888") == [muller.id]
    assert contact_ids("1234567") == []


def test_a_mistyped_word_is_found_beside_one_that_is_right_or_only_begun(muller):
    assert contact_ids("mulelr acme") == [muller.id]
    assert contact_ids("mulelr jo") == [muller.id]
    assert contact_ids("mulelr zebra") == []
