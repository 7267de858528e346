"""What a merge does: rows move, doubles become one, the stricter consent holds, figures and search follow."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crm import timeline
from crm.accounts.models import AuditEntry
from crm.consent import ledger
from crm.consent.models import Consent
from crm.contacts.matching import find_by_address
from crm.contacts.models import Address, Affiliation, Contact, Organisation
from crm.contacts.relations.models import Relation
from crm.contacts.tagging import set_tags
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.models import Conversation
from crm.merging.models import Merge
from crm.merging.uniting import unite
from crm.search.finding import find
from crm.segments.models import Segment
from crm.timeline.models import Interaction
from crm.timeline.rebuilding import drift


@pytest.fixture
def anna(make):
    return make.contact("Anna", "Berg")


@pytest.fixture
def ann(make):
    return make.contact("Ann", "Berg")


@pytest.fixture
def merge(app, lead, anna, ann):
    """Anna becomes part of Ann."""

    def merge_now(**chosen) -> Merge:
        db.session.commit()
        done = unite("contact", anna.id, ann.id, lead, chosen)
        db.session.commit()
        return done

    return merge_now


def entries(contact: Contact) -> list[Consent]:
    return list(db.session.scalars(db.select(Consent).where(Consent.contact_id == contact.id).order_by(Consent.id)))


def test_everything_moves_and_the_figures_are_right(anna, ann, merge):
    for contact in (anna, anna, ann):
        timeline.record("call.logged", contact, channel="phone", direction="inbound")
    done = merge()
    assert (ann.interactions_count, anna.interactions_count, done.counts["interactions.contact_id"]) == (3, 0, 2)
    assert list(drift()) == []


def test_the_timeline_of_the_survivor_says_so(anna, ann, merge, lead):
    done = merge()
    entry = db.session.get(Interaction, done.entry_id)
    assert (entry.kind, entry.contact, entry.subject, entry.staff, entry.about_type, entry.about_id) == ("contact.merged", ann, "Anna Berg", lead, "merge", done.id)
    assert ann.interactions_count == 0


def test_the_audit_trail_says_who_merged_whom(anna, ann, merge, lead):
    merge()
    trail = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "contact.merged")).one()
    assert (trail.user_id, trail.subject_id, trail.detail["merged_id"]) == (lead.id, ann.id, anna.id)


def test_filled_beats_empty_and_of_two_the_survivors_stays(anna, ann, merge):
    anna.title, anna.language, ann.language = "Dr.", "en", "de"
    merge()
    assert (ann.title, ann.language, ann.display_name) == ("Dr.", "de", "Dr. Ann Berg")


def test_each_field_can_be_chosen(anna, ann, merge):
    anna.notes, ann.notes = "Has a dog", "Has a cat"
    merge(first_name="merged", notes="both")
    assert (ann.display_name, ann.notes) == ("Anna Berg", "Has a cat\n\nHas a dog")


def test_a_field_of_the_firms_own_is_chosen_by_itself(anna, ann, merge):
    anna.custom, ann.custom = {"colour": "red", "size": 3}, {"colour": "blue", "shape": "round"}
    merge(**{"custom.colour": "merged"})
    assert ann.custom == {"colour": "red", "size": 3, "shape": "round"}


def test_a_customer_stays_a_customer_since_the_first_day(anna, ann, merge):
    anna.lifecycle, anna.customer_since = "customer", date(2006, 5, 1)
    ann.lifecycle, ann.customer_since = "prospect", date(2020, 1, 1)
    merge()
    assert (ann.lifecycle, ann.customer_since) == ("customer", date(2006, 5, 1))


def test_a_birthday_comes_with_its_date(anna, ann, merge):
    anna.birth_date = date(1980, 12, 31)
    merge()
    assert (ann.birth_date, ann.birthday) == (date(1980, 12, 31), 1231)


def test_a_contact_that_is_not_archived_on_both_sides_is_there(anna, ann, merge):
    ann.archive()
    merge()
    assert ann.archived_at is None


@pytest.mark.parametrize("choice", [{"first_name": "nobody"}, {"title": "both"}])
def test_a_choice_that_makes_no_sense_is_refused_and_nothing_happens(anna, ann, lead, choice):
    anna.title, ann.title = "Dr.", "Prof."
    db.session.commit()
    with pytest.raises(Refused):
        unite("contact", anna.id, ann.id, lead, choice)
    db.session.rollback()
    assert anna.merged_into_id is None


# — what both have —


def test_the_same_address_stays_once_and_keeps_every_mark_of_both(anna, ann, merge):
    one, other = anna.add_address("email", "a@berg.example"), ann.add_address("email", "A@Berg.Example")
    one.opt_out()
    one.mark_invalid("unknown user")
    other.end()
    merge()
    kept = db.session.scalars(db.select(Address)).one()
    assert (kept.contact_id, kept.invalid_reason, kept.ended, kept.primary) == (ann.id, "unknown user", False, True)
    assert kept.opted_out_at is not None


def test_there_is_one_primary_address_of_each_kind(anna, ann, merge):
    anna.add_address("email", "anna@berg.example")
    anna.add_address("phone", "+49301234567")
    ann.add_address("email", "ann@berg.example")
    merge()
    assert [(address.value, address.primary) for address in ann.addresses] == [("anna@berg.example", False), ("+49301234567", True), ("ann@berg.example", True)]


def test_the_same_tag_stays_once(anna, ann, merge):
    set_tags(anna, ["VIP", "Fair"])
    set_tags(ann, ["VIP"])
    merge()
    assert [tag.name for tag in ann.tags] == ["Fair", "VIP"]


def test_an_affiliation_with_the_same_firm_stays_once(anna, ann, merge, make):
    firm = make.save(Organisation(name="Acme"))
    anna.affiliate(firm, role="Buyer", since=date(2019, 1, 1))
    ann.affiliate(firm)
    merge()
    kept = db.session.scalars(db.select(Affiliation)).one()
    assert (kept.contact_id, kept.role, kept.valid_from, kept.primary) == (ann.id, "Buyer", date(2019, 1, 1), True)


def test_one_belongs_first_of_all_where_was_chosen(anna, ann, merge, make):
    first, second = make.save(Organisation(name="Acme")), make.save(Organisation(name="Brix"))
    anna.affiliate(first)
    ann.affiliate(second)
    merge(organisation_id="merged")
    assert ann.organisation is first
    assert [(one.organisation.name, one.primary) for one in sorted(ann.affiliations, key=lambda one: one.id)] == [("Acme", True), ("Brix", False)]


def test_the_same_relation_stays_once_and_one_between_the_two_goes(anna, ann, merge, make):
    friend = make.contact("Fred", "Friend")
    for first, second, kind in ((anna, friend, "friend"), (ann, friend, "friend"), (anna, ann, "family"), (friend, anna, "assistant_of")):
        make.save(Relation(from_contact_id=first.id, to_contact_id=second.id, kind=kind))
    merge()
    there = db.session.scalars(db.select(Relation).order_by(Relation.id)).all()
    assert [(one.from_contact_id, one.to_contact_id, one.kind) for one in there] == [(ann.id, friend.id, "friend"), (friend.id, ann.id, "assistant_of")]


def test_a_relation_that_is_the_same_both_ways_keeps_its_order(make, lead):
    first, friend, last = make.contact("First"), make.contact("Friend"), make.contact("Last")
    make.save(Relation(from_contact_id=first.id, to_contact_id=friend.id, kind="friend"))
    unite("contact", first.id, last.id, lead)
    assert db.session.execute(db.select(Relation.from_contact_id, Relation.to_contact_id)).one() == (friend.id, last.id)


# — consent —


def test_a_withdrawal_holds_although_the_other_agreed_later(anna, ann, merge, clock):
    ledger.withdraw(anna, "marketing")
    clock.advance(days=1)
    ledger.grant(ann, "marketing", wording="Yes")
    ann.add_address("email", "ann@berg.example")
    merge()
    assert not ledger.allowed(ann, "marketing").allowed
    assert [(one.state, one.source) for one in entries(ann)] == [("withdrawn", ""), ("granted", ""), ("withdrawn", "merge")]


def test_a_refusal_of_every_channel_holds(anna, ann, merge, clock):
    ledger.refuse(anna, "feedback", "any")
    clock.advance(days=1)
    ledger.grant(ann, "feedback", "any")
    ann.add_address("email", "ann@berg.example")
    merge()
    assert not ledger.allowed(ann, "feedback").allowed
    assert [one.channel for one in entries(ann)] == ["any"] * 3


def test_who_opted_out_of_all_addresses_is_not_reached_by_those_of_the_other(anna, ann, merge):
    anna.add_address("email", "anna@berg.example").opt_out()
    ann.add_address("email", "ann@berg.example")
    ledger.grant(ann, "marketing")
    merge()
    assert not ledger.allowed(ann, "marketing").allowed
    assert not ledger.allowed(ann, "feedback").allowed
    assert ledger.allowed(ann, "service").allowed


def test_an_agreement_that_nobody_contradicts_holds_and_nothing_is_added(anna, ann, merge):
    anna.add_address("email", "anna@berg.example")
    ledger.grant(anna, "marketing")
    merge()
    assert ledger.allowed(ann, "marketing").allowed
    assert len(entries(ann)) == 1


def test_a_restriction_of_processing_holds(anna, ann, merge):
    anna.restricted_at = datetime(2026, 3, 1, tzinfo=UTC)
    merge()
    assert ann.restricted_at == datetime(2026, 3, 1, tzinfo=UTC)


# — what follows —


def test_old_addresses_lead_to_the_survivor(anna, ann, merge):
    anna.add_address("email", "anna@berg.example")
    merge()
    assert find_by_address("email", "anna@berg.example") == [ann]


def test_the_search_follows(anna, ann, merge):
    anna.add_address("email", "unmistakable@berg.example")
    db.session.add(Conversation(contact=anna, subject="Delivery"))
    merge()
    assert [(hit.kind, hit.record_id) for hit in find("unmistakable")] == [("contact", ann.id)]
    assert "Ann Berg" in find("Delivery")[0].detail
    assert anna.id not in [hit.record_id for hit in find("Anna Berg", ("contact",))]


def test_the_history_of_changes_says_what_the_survivor_took_over(anna, ann, merge, browse):
    from crm.contacts.changes import FieldChange

    anna.title = "Dr."
    merge()
    taken = db.session.scalars(db.select(FieldChange).where(FieldChange.contact_id == ann.id, FieldChange.record_id == ann.id, FieldChange.field == "title")).all()
    assert [(one.old, one.new) for one in taken] == [("", "Dr.")]


def test_merging_twice_is_merging_once(anna, ann, merge):
    assert merge() is merge()
    assert db.session.query(Merge).count() == 1


def test_one_who_was_merged_elsewhere_is_not_merged_again(anna, ann, merge, make, lead):
    merge()
    with pytest.raises(Refused, match="meanwhile"):
        unite("contact", anna.id, make.contact("Carla").id, lead)


def test_into_one_who_was_merged_means_into_the_survivor(anna, ann, merge, make, lead):
    merge()
    carla = make.contact("Carla", "Third")
    assert unite("contact", carla.id, anna.id, lead).survivor_id == ann.id


def test_chains_lead_to_the_last(anna, ann, merge, make, lead):
    anna.add_address("email", "anna@berg.example")
    merge()
    carla = make.contact("Carla", "Third")
    unite("contact", ann.id, carla.id, lead)
    assert find_by_address("email", "anna@berg.example") == [carla]


@pytest.mark.parametrize("other", [0, 99999])
def test_nobody_is_merged_with_one_who_is_not_there(anna, lead, other):
    with pytest.raises(Refused):
        unite("contact", anna.id, other, lead)


# — organisations —


@pytest.fixture
def firm(make):
    return lambda name, **fields: make.save(Organisation(name=name, **fields))


def test_the_people_and_the_subsidiaries_of_an_organisation_move(firm, make, lead, anna, ann):
    old, new = firm("Acme GmbH", domain="acme.example"), firm("Acme")
    child = firm("Acme Nord", parent_id=old.id)
    anna.affiliate(old, role="Buyer")
    ann.affiliate(old, role="Seller")
    ann.affiliate(new)
    timeline.record("call.logged", anna, channel="phone", direction="inbound")
    db.session.commit()
    unite("organisation", old.id, new.id, lead)
    db.session.commit()
    assert (anna.organisation, child.parent_id, new.domain) == (new, new.id, "acme.example")
    assert [(one.organisation_id, one.role) for one in ann.affiliations] == [(new.id, "Seller")]
    assert new.last_interaction_at is not None
    assert old.last_interaction_at is None
    assert list(drift()) == []
    assert find("Anna Berg", ("contact",))[0].detail.startswith("Acme")


@pytest.mark.parametrize(("parents", "expected"), [
    ({"new": "old"}, None),
    ({"old": "new"}, None),
    ({"old": "top"}, "top"),
    ({"new": "old", "old": "top"}, "top"),
    ({"top": "new", "old": "top"}, None),
])
def test_no_organisation_comes_to_stand_above_itself(firm, lead, parents, expected):
    firms = {name: firm(name) for name in ("old", "new", "top")}
    for child, parent in parents.items():
        firms[child].parent_id = firms[parent].id
    db.session.commit()
    unite("organisation", firms["old"].id, firms["new"].id, lead)
    db.session.commit()
    assert firms["new"].parent_id == (firms[expected].id if expected else None)


def test_a_segment_by_the_number_of_the_organisation_goes_on_meaning_it(firm, make, lead):
    old, new = firm("Acme GmbH"), firm("Acme")
    rule = {"all": [{"field": "organisation_id", "is": old.id}, {"none": [{"field": "organisation_id", "in": [old.id, 0]}]}, {"field": "lifecycle", "is": "lead"}]}
    segment = make.save(Segment(name="Acme", rule=rule))
    unite("organisation", old.id, new.id, lead)
    db.session.commit()
    assert segment.rule == {"all": [{"field": "organisation_id", "is": new.id}, {"none": [{"field": "organisation_id", "in": [new.id, 0]}]}, {"field": "lifecycle", "is": "lead"}]}
