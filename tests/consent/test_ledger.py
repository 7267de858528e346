import pytest
from sqlalchemy import func, select

from crm.consent.ledger import allowed, grant, refuse, withdraw
from crm.consent.models import Consent
from crm.contacts.creating import create_contact
from crm.extensions import db


@pytest.fixture
def anna(app):
    anna = create_contact(first_name="Anna", addresses=[("email", "anna@example.com")])
    db.session.commit()
    return anna


def test_silence_allows_answers_and_feedback_but_no_advertising(anna):
    assert allowed(anna, "service").allowed
    assert allowed(anna, "feedback").allowed
    decision = allowed(anna, "marketing")
    assert not decision.allowed
    assert "no agreement" in decision.reason


def test_the_newest_entry_counts_and_every_entry_stays(anna, clock):
    grant(anna, "marketing", wording="Ja, gern.", source="form")
    assert allowed(anna, "marketing").allowed
    clock.advance(days=1)
    withdraw(anna, "marketing", source="preference page")
    assert allowed(anna, "marketing") == (False, "Withdrawn on 22 Nov 2026.")
    clock.advance(days=1)
    grant(anna, "marketing", wording="Doch wieder.")
    assert allowed(anna, "marketing").allowed
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 3


def test_saying_the_same_again_adds_no_entry(anna, clock):
    first = grant(anna, "marketing", wording="Ja.")
    clock.advance(days=1)
    assert grant(anna, "marketing", wording="Ja.") is first
    assert grant(anna, "marketing", wording="Ja, auch das Neue.") is not first


def test_a_no_to_everything_beats_a_yes_to_one_channel(anna, clock):
    withdraw(anna, "feedback", "any")
    clock.advance(days=1)
    grant(anna, "feedback", "email")
    assert not allowed(anna, "feedback", "email").allowed


def test_two_entries_of_one_moment_count_as_the_stricter(anna, clock):
    refuse(anna, "feedback")
    grant(anna, "feedback")
    assert not allowed(anna, "feedback").allowed


def test_another_purpose_or_channel_is_another_matter(anna):
    refuse(anna, "feedback")
    assert allowed(anna, "service").allowed
    grant(anna, "marketing", "phone")
    assert not allowed(anna, "marketing", "email").allowed


def test_marks_of_the_address_and_of_the_person_are_a_no(anna, clock):
    grant(anna, "marketing")
    anna.addresses[0].opt_out()
    assert not allowed(anna, "marketing").allowed
    assert allowed(anna, "service").allowed
    anna.addresses[0].opt_in()
    anna.addresses[0].mark_invalid("550")
    assert not allowed(anna, "service").allowed
    anna.add_address("email", "second@example.com")
    assert allowed(anna, "marketing").allowed
    anna.restricted_at = clock()
    assert not allowed(anna, "service").allowed


def test_without_an_address_nothing_can_be_sent(app):
    nobody = create_contact(first_name="Nobody")
    db.session.commit()
    assert not allowed(nobody, "service", "email").allowed
    assert allowed(nobody, "service", "letter").allowed


def test_an_archived_contact_is_only_answered(anna):
    grant(anna, "marketing")
    anna.archive()
    assert not allowed(anna, "marketing").allowed
    assert allowed(anna, "service").allowed
