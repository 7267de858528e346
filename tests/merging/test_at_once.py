"""Merging at the same moment as others merge, undo or write. With real commits, in a database of its own."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import db
from crm.merging import jobs
from crm.merging.models import Merge
from crm.timeline.models import Interaction
from tests.faults.test_at_once import AT_ONCE, at_once, count, counted, figures_are_right, own

__all__ = ["own"]


@pytest.fixture
def three(own):
    """Contacts 1 (with a conversation), 2 and 3, and somebody who may merge."""
    with own.app_context():
        db.session.execute(update(User).values(role="lead"))
        db.session.add_all([Contact(first_name="Ann", last_name="Berg"), Contact(first_name="Carla", last_name="Third")])
        db.session.commit()
        db.session.remove()
    return own


def test_a_second_click_merges_nothing(three):
    assert at_once(three, ("POST", "/contacts/1/merge/2", {})) == {303: AT_ONCE}
    assert counted(three, count(Merge), count(Interaction, Interaction.kind == "contact.merged")) == [1, 1]
    figures_are_right(three)


def test_of_two_ways_round_one_is_gone(three):
    answers = at_once(three, ("POST", "/contacts/1/merge/2", {}), ("POST", "/contacts/2/merge/1", {}))
    assert set(answers) <= {303, 409}
    assert counted(three, count(Merge), count(Contact, Contact.merged_into_id.is_not(None))) == [1, 1]
    figures_are_right(three)


def test_merging_in_a_circle_leaves_somebody(three):
    at_once(three, ("POST", "/contacts/1/merge/2", {}), ("POST", "/contacts/2/merge/3", {}), ("POST", "/contacts/3/merge/1", {}))
    assert counted(three, count(Contact, Contact.merged_into_id.is_(None)))[0] >= 1
    figures_are_right(three)


def test_what_is_written_meanwhile_is_the_survivors(three):
    form = {"body": "Angerufen", "channel": "phone", "direction": "outbound"}
    at_once(three, ("POST", "/contacts/1/merge/2", {}), ("POST", "/contacts/1/interactions", form))
    with three.app_context():
        jobs.follow()
        db.session.remove()
    assert counted(three, count(Interaction, Interaction.contact_id == 1)) == [0]
    figures_are_right(three)


def test_undoing_twice_at_once_undoes_once(three):
    at_once(three, ("POST", "/contacts/1/merge/2", {}), times=1)
    assert at_once(three, ("DELETE", "/merges/1", {})) == {303: AT_ONCE}
    assert counted(three, count(Interaction, Interaction.kind == "interaction.retracted"), count(Contact, Contact.merged_into_id.is_not(None))) == [1, 0]
    figures_are_right(three)
