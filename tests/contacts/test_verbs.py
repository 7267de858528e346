from datetime import date

from crm.contacts.creating import create_contact, find_or_create_organisation
from crm.contacts.models import Contact, Organisation
from crm.contacts.tagging import set_tags, split_names
from crm.extensions import db


def test_the_first_address_of_a_kind_is_primary_until_another_is_made_so(app):
    anna = create_contact(first_name="Anna", addresses=[("email", "one@example.com"), ("email", "two@example.com"), ("phone", "030 1234567")])
    assert [address.primary for address in anna.addresses] == [True, False, True]
    anna.addresses[1].make_primary()
    assert anna.address("email").value == "two@example.com"


def test_adding_a_known_address_again_changes_nothing_but_ends_its_end(app, clock):
    anna = create_contact(first_name="Anna", addresses=[("email", "one@example.com"), ("email", "two@example.com")])
    anna.addresses[0].end()
    assert anna.addresses[0].ended
    assert anna.address("email") is anna.addresses[1]
    assert anna.addresses[1].primary
    anna.add_address("email", "ONE@example.com")
    assert len(anna.addresses) == 2
    assert not anna.addresses[0].ended


def test_marks_follow_the_address_and_can_be_taken_back(app, clock):
    address = create_contact(addresses=[("email", "one@example.com")]).addresses[0]
    address.mark_invalid("550 unknown user")
    first = address.invalid_at
    clock.advance(days=1)
    address.mark_invalid("550 still unknown")
    assert (address.invalid_at, address.invalid_reason, address.usable) == (first, "550 still unknown", False)
    address.mark_valid()
    address.opt_out()
    assert address.usable
    assert address.opted_out_at
    address.opt_in()
    assert address.opted_out_at is None


def test_the_organisation_follows_the_primary_affiliation(app, clock):
    old, new = Organisation(name="Alt GmbH"), Organisation(name="Neu AG")
    anna = create_contact(first_name="Anna", organisation=old, role="Einkauf")
    second = anna.affiliate(new, role="Beirat", primary=False)
    db.session.commit()
    assert anna.organisation is old
    anna.affiliations[0].end()
    assert (anna.organisation, second.primary) == (new, True)
    second.end()
    assert anna.organisation is None
    assert [one.valid_until for one in anna.affiliations] == [date(2026, 11, 21)] * 2


def test_affiliating_twice_keeps_one_affiliation_and_the_newer_role(app):
    firm = Organisation(name="Alt GmbH")
    anna = create_contact(first_name="Anna", organisation=firm, role="Einkauf")
    anna.affiliate(firm, role="Leitung")
    assert [one.role for one in anna.affiliations] == ["Leitung"]


def test_a_firm_is_found_whatever_its_spelling(app):
    firm = find_or_create_organisation("Müller & Söhne GmbH")
    db.session.commit()
    assert find_or_create_organisation(" Mueller & Soehne ") is firm
    assert find_or_create_organisation("Müller") is not firm


def test_tags_of_one_spelling_are_one_tag(app):
    anna, bert = create_contact(first_name="Anna", tags=["VIP", "Messe"]), create_contact(first_name="Bert")
    db.session.flush()
    set_tags(bert, ["vip", "Vip", " "])
    db.session.commit()
    assert [tag.name for tag in bert.tags] == ["VIP"]
    set_tags(anna, [])
    assert anna.tags == []
    assert split_names("VIP, Messe; Neu,") == ["VIP", "Messe", "Neu"]


def test_archiving_twice_keeps_the_first_moment(app, clock):
    anna = Contact(first_name="Anna")
    anna.archive()
    first = anna.archived_at
    clock.advance(days=1)
    anna.archive()
    assert anna.archived_at == first
    anna.unarchive()
    assert anna.archived_at is None


def test_the_standing_tells_since_when(app):
    assert Contact(lifecycle="customer", customer_since=date(2006, 5, 1)).standing == "customer since 2006"
    assert Contact(lifecycle="lead").standing == "lead"
