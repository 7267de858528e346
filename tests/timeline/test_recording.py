from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crm import timeline
from crm.timeline import rebuilding
from crm.timeline.models import Interaction

START = datetime(2026, 1, 1, tzinfo=UTC)


def call(contact, **fields):
    fields = {"channel": "phone", "direction": "outbound"} | fields
    return timeline.record("call.logged", contact, **fields)


def test_an_inbound_entry_sets_when_the_contact_was_last_heard(make, agent, clock):
    contact = make.contact()
    call(contact, direction="inbound", staff=agent)
    assert (contact.interactions_count, contact.last_in_at, contact.last_out_at) == (1, clock.time, None)


def test_an_entry_of_long_ago_does_not_turn_back_the_last_contact(make, clock):
    contact = make.contact()
    call(contact)
    call(contact, happened_at=clock.time - timedelta(days=400))
    assert contact.last_out_at == clock.time
    assert contact.first_interaction_at == clock.time - timedelta(days=400)


def test_bookkeeping_does_not_count_as_contact(make):
    contact = make.contact()
    timeline.record("task.done", contact, channel="other", direction="internal")
    assert (contact.interactions_count, contact.last_interaction_at) == (0, None)


def test_recording_does_not_count_as_a_change_of_the_contact(make, db):
    contact = make.contact()
    before = contact.updated_at
    call(contact)
    db.session.commit()
    assert contact.updated_at == before


def test_purchases_add_up_to_the_value(make):
    contact = make.contact()
    for amount in ("0.10", "0.20", "-0.05"):
        timeline.record("purchase.made", contact, channel="web", direction="inbound", amount=Decimal(amount))
    assert contact.value == Decimal("0.25")


def test_the_department_is_frozen_from_the_staff_member(make, agent):
    assert call(make.contact(), staff=agent).department_id == agent.department_id


def test_a_correction_is_a_new_entry_that_points_at_the_old_one(make, agent, colleague):
    old = call(make.contact(), staff=agent, subject="Offer")
    new = timeline.correct(old, colleague, direction="inbound")
    assert (new.corrects_id, old.superseded_by_id, new.subject) == (old.id, new.id, "Offer")
    assert (new.staff_id, new.data["corrected_by"]) == (agent.id, colleague.id)
    assert (old.contact.interactions_count, old.contact.last_in_at) == (1, old.happened_at)


def test_correcting_an_old_version_corrects_the_present_one(make, agent):
    first = call(make.contact())
    second = timeline.correct(first, agent, direction="inbound")
    third = timeline.correct(first, agent, subject="Offer")
    assert (third.corrects_id, third.direction) == (second.id, "inbound")


def test_a_withdrawn_entry_counts_for_nothing_and_stays_in_the_table(make, agent, db):
    entry = call(make.contact())
    timeline.retract(entry, agent)
    assert (entry.contact.interactions_count, entry.contact.last_out_at) == (0, None)
    assert len(db.session.scalars(select(Interaction).where(Interaction.contact_id == entry.contact_id)).all()) == 2


def test_withdrawing_twice_is_withdrawing_once(make, agent):
    entry = call(make.contact())
    assert timeline.retract(entry, agent) is timeline.retract(entry, agent)


def test_a_withdrawal_can_be_taken_back(make, agent):
    entry = call(make.contact(), subject="Offer")
    again = timeline.reinstate(timeline.retract(entry, agent), agent)
    assert (again.kind, again.subject, entry.contact.interactions_count) == ("call.logged", "Offer", 1)


def test_the_organisation_knows_when_anything_last_happened(make, db, clock, agent):
    from crm.contacts.models import Organisation

    organisation = make.save(Organisation(name="Nordwind"))
    entry = call(make.contact(organisation=organisation))
    assert organisation.last_interaction_at == clock.time
    timeline.retract(entry, agent)
    assert organisation.last_interaction_at is None


def test_what_was_recorded_reacts_in_the_same_transaction(app, make, monkeypatch):
    heard = []
    monkeypatch.setitem(app.extensions, "reactions", {"call.logged": [heard.append]})
    entry = call(make.contact())
    assert heard == [entry]


kinds = st.sampled_from(["call.logged", "mail.received", "purchase.made", "task.done", "something.unknown"])
steps = st.lists(st.tuples(st.sampled_from(["record", "record", "record", "correct", "retract", "reinstate"]), kinds,
                           st.sampled_from(["inbound", "outbound", "internal"]), st.integers(0, 500), st.integers(-50000, 50000)), max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_the_figures_kept_equal_the_figures_rebuilt(make, agent, steps):
    contact, entries = make.contact(), []
    for verb, kind, direction, days, cents in steps:
        moment, amount = START + timedelta(days=days), Decimal(cents) / 100
        if verb == "record" or not entries:
            entries.append(timeline.record(kind, contact, channel="other", direction=direction, happened_at=moment, amount=amount))
        elif verb == "correct":
            timeline.correct(entries[days % len(entries)], agent, happened_at=moment, amount=amount)
        else:
            getattr(timeline, verb)(entries[days % len(entries)], agent)
    assert list(rebuilding.drift()) == []
    assert sum(rebuilding.rebuild().values()) == 0
