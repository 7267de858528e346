"""What undoing a merge does, beyond being exact (test_undoing_is_exact.py): what came later, and in which order merges can be undone."""

from __future__ import annotations

import pytest

from crm import timeline
from crm.consent import ledger
from crm.contacts.models import Address, Affiliation, Contact, Organisation
from crm.contacts.relations.models import Relation
from crm.contacts.tagging import set_tags
from crm.contacts.tags import Tag
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.models import Conversation
from crm.merging import jobs
from crm.merging.parting import part
from crm.merging.uniting import unite
from crm.timeline.models import Interaction
from crm.timeline.rebuilding import drift


@pytest.fixture
def people(make, clock):
    """Three who are one, or not."""
    return [make.contact(name, "Berg") for name in ("Anna", "Ann", "Anni")]


@pytest.fixture
def merge(lead):
    def merge_now(one: Contact, other: Contact, **chosen):
        db.session.commit()
        done = unite("contact", one.id, other.id, lead, chosen)
        db.session.commit()
        return done

    return merge_now


@pytest.fixture
def undo(lead):
    def undo_now(merge):
        part(merge, lead)
        db.session.commit()
        return merge

    return undo_now


def subjects(contact: Contact) -> list[str]:
    shown = (Interaction.contact_id == contact.id, Interaction.superseded_by_id.is_(None), Interaction.kind.not_in(("contact.merged", "interaction.retracted")))
    return list(db.session.scalars(db.select(Interaction.subject).where(*shown).order_by(Interaction.id)))


def test_what_came_later_stays_unless_it_hangs_on_what_goes_back(people, merge, undo, lead):
    anna, ann, _ = people
    anna.add_address("email", "anna@berg.example")
    conversation = Conversation(contact=anna, subject="Old")
    db.session.add(conversation)
    entry = timeline.record("call.logged", anna, channel="phone", direction="inbound", subject="Before")
    done = merge(anna, ann)
    timeline.record("call.logged", ann, channel="phone", direction="inbound", subject="New call")
    timeline.record("mail.received", ann, channel="email", direction="inbound", subject="Mail from anna@berg.example")
    timeline.record("mail.received", ann, channel="email", direction="inbound", about=("conversation", conversation.id), subject="Re: Old")
    timeline.correct(entry, lead, subject="Before, corrected")
    undo(done)
    assert subjects(ann) == ["New call", "Mail from anna@berg.example"]
    assert subjects(anna) == ["Re: Old", "Before, corrected"]
    assert list(drift()) == []


def test_a_value_that_somebody_changed_since_stays(people, merge, undo):
    anna, ann, _ = people
    anna.title, anna.language = "Dr.", "de"
    done = merge(anna, ann)
    ann.title = "Prof."
    db.session.commit()
    undo(done)
    assert (ann.title, ann.language, ann.display_name, anna.display_name) == ("Prof.", "", "Prof. Ann Berg", "Dr. Anna Berg")


def test_a_name_of_which_a_part_was_changed_since_is_put_together_anew(people, merge, undo):
    anna, ann, _ = people
    done = merge(anna, ann, first_name="merged")
    ann.title = "Prof."
    db.session.commit()
    undo(done)
    assert (ann.display_name, ann.sort_name) == ("Prof. Ann Berg", "berg ann")


def test_undoing_twice_is_undoing_once(people, merge, undo):
    anna, ann, _ = people
    done = merge(anna, ann)
    first = undo(done).undone_at
    assert undo(done).undone_at == first


def test_one_can_merge_again_after_undoing(people, merge, undo):
    anna, ann, _ = people
    timeline.record("call.logged", anna, channel="phone", direction="inbound")
    undo(merge(anna, ann))
    again = merge(anna, ann)
    assert ann.interactions_count == 1
    undo(again)
    assert (anna.interactions_count, ann.interactions_count) == (1, 0)


def test_the_entry_on_the_timeline_is_withdrawn(people, merge, undo):
    anna, ann, _ = people
    done = merge(anna, ann)
    entry = db.session.get(Interaction, done.entry_id)
    undo(done)
    assert db.session.get(Interaction, entry.superseded_by_id).kind == "interaction.retracted"


def test_a_no_said_meanwhile_holds_for_both(people, merge, undo, clock):
    anna, ann, _ = people
    for contact in (anna, ann):
        ledger.grant(contact, "marketing")
        contact.add_address("email", f"{contact.first_name}@berg.example")
    done = merge(anna, ann)
    clock.advance(days=1)
    ledger.withdraw(ann, "marketing")
    undo(done)
    assert not ledger.allowed(anna, "marketing").allowed
    assert not ledger.allowed(ann, "marketing").allowed


def test_a_no_that_only_the_merge_said_is_taken_out_again(people, merge, undo, clock):
    anna, ann, _ = people
    ledger.withdraw(anna, "marketing")
    clock.advance(days=1)
    ledger.grant(ann, "marketing")
    ann.add_address("email", "ann@berg.example")
    undo(merge(anna, ann))
    assert ledger.allowed(ann, "marketing").allowed
    assert not ledger.allowed(anna, "marketing").allowed


def test_the_same_address_stands_on_both_sides_again_as_it_was(people, merge, undo):
    anna, ann, _ = people
    one, other = anna.add_address("email", "a@berg.example"), ann.add_address("email", "a@berg.example")
    one.opt_out()
    db.session.commit()
    number = one.id
    undo(merge(anna, ann))
    assert db.session.get_one(Address, number).opted_out_at is not None
    assert (db.session.get_one(Address, number).contact, other.opted_out_at) == (anna, None)


def test_a_tag_that_was_deleted_meanwhile_does_not_come_back(people, merge, undo):
    anna, ann, _ = people
    set_tags(anna, ["VIP"])
    set_tags(ann, ["VIP"])
    done = merge(anna, ann)
    ann.tags = []
    db.session.delete(db.session.scalars(db.select(Tag)).one())
    db.session.commit()
    undo(done)
    assert anna.tags == []


def test_what_was_given_to_somebody_else_meanwhile_stays_there(people, merge, undo, make):
    anna, ann, anni = people
    conversation = make.save(Conversation(contact=anna, subject="Wandering"))
    done = merge(anna, ann)
    conversation.contact = anni
    db.session.commit()
    undo(done)
    assert conversation.contact is anni


def test_the_survivor_no_longer_belongs_where_only_the_other_does(people, merge, undo, make):
    anna, ann, _ = people
    first, second = make.save(Organisation(name="Acme")), make.save(Organisation(name="Brix"))
    anna.affiliate(first)
    ann.affiliate(second)
    done = merge(anna, ann)
    next(one for one in ann.affiliations if one.organisation is first).make_primary()
    db.session.commit()
    undo(done)
    assert (anna.organisation, ann.organisation) == (first, second)
    assert [one.primary for one in db.session.scalars(db.select(Affiliation))] == [True, True]


def test_a_relation_between_the_two_is_there_again(people, merge, undo, make):
    anna, ann, _ = people
    make.save(Relation(from_contact_id=anna.id, to_contact_id=ann.id, kind="assistant_of"))
    done = merge(anna, ann)
    assert db.session.query(Relation).count() == 0
    undo(done)
    there = db.session.query(Relation).one()
    assert (there.from_contact_id, there.to_contact_id) == (anna.id, ann.id)


# — the order —


def test_a_chain_is_undone_from_its_end(people, merge, undo):
    anna, ann, anni = people
    timeline.record("call.logged", anna, channel="phone", direction="inbound")
    first, second = merge(anna, ann), merge(ann, anni)
    with pytest.raises(Refused, match="Ann Berg into Anni Berg first"):
        undo(first)
    undo(second)
    assert (ann.interactions_count, anni.interactions_count) == (1, 0)
    undo(first)
    assert (anna.interactions_count, ann.interactions_count) == (1, 0)


def test_a_later_merge_that_builds_on_values_is_undone_first(people, merge, undo):
    anna, ann, anni = people
    anna.title = "Dr."
    first = merge(anna, anni)
    second = merge(ann, anni)
    with pytest.raises(Refused, match=r"Ann Berg into Dr\. Anni Berg first"):
        undo(first)
    undo(second)
    undo(first)
    assert anni.title == ""


def test_merges_that_only_moved_rows_are_undone_in_any_order(people, merge, undo, make):
    anna, ann, _ = people
    kept = make.contact("Old", "Berg")
    kept.created_at = anna.created_at.replace(year=2020)
    for contact in (anna, ann):
        timeline.record("call.logged", contact, channel="phone", direction="inbound", subject=contact.first_name)
    first, second = merge(anna, kept), merge(ann, kept)
    undo(first)
    assert (subjects(anna), subjects(kept)) == (["Anna"], ["Ann"])
    undo(second)
    assert (subjects(ann), subjects(kept)) == (["Ann"], [])


def test_a_tag_that_the_later_one_found_there_keeps_the_order(people, merge, undo, make):
    anna, ann, _ = people
    kept = make.contact("Old", "Berg")
    kept.created_at = anna.created_at.replace(year=2020)
    set_tags(anna, ["VIP"])
    set_tags(ann, ["VIP"])
    first, second = merge(anna, kept), merge(ann, kept)
    with pytest.raises(Refused):
        undo(first)
    undo(second)
    undo(first)
    assert [len(contact.tags) for contact in (anna, ann, kept)] == [1, 1, 0]


def test_organisations_become_two_again(make, lead):
    old, new = make.save(Organisation(name="Acme GmbH")), make.save(Organisation(name="Acme"))
    person = make.contact("Anna", "Berg")
    person.affiliate(old, role="Buyer")
    timeline.record("call.logged", person, channel="phone", direction="inbound")
    db.session.commit()
    done = unite("organisation", old.id, new.id, lead)
    db.session.commit()
    person.notes = "Work in between"
    part(done, lead)
    db.session.commit()
    assert (person.organisation, old.merged_into_id, new.last_interaction_at, person.notes) == (old, None, None, "Work in between")
    assert list(drift()) == []


# — what was under way —


def test_what_was_written_to_the_merged_one_meanwhile_follows_and_goes_back_with_it(people, merge, undo):
    anna, ann, _ = people
    done = merge(anna, ann)
    db.session.add(Interaction(contact_id=anna.id, kind="call.logged", channel="phone", direction="inbound", subject="Under way", happened_at=done.at))
    db.session.commit()
    assert jobs.follow() == 1
    assert (subjects(ann), ann.interactions_count) == (["Under way"], 1)
    assert jobs.follow() == 0
    undo(done)
    assert (subjects(anna), subjects(ann)) == (["Under way"], [])
    assert list(drift()) == []
