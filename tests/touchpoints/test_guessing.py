import pytest
from sqlalchemy import func, select

from crm.extensions import db
from crm.touchpoints.defaults import CATALOGUE, create_defaults
from crm.touchpoints.guessing import guess, guess_id
from crm.touchpoints.models import CHANNELS, PHASES, REACHES, Touchpoint


@pytest.fixture
def catalogue(app):
    create_defaults()
    db.session.commit()
    return {touchpoint.key: touchpoint for touchpoint in db.session.scalars(select(Touchpoint))}


def test_the_catalogue_covers_the_whole_journey_in_both_languages():
    assert {entry.phase for entry in CATALOGUE} == set(PHASES)
    assert {entry.reach for entry in CATALOGUE} == set(REACHES)
    assert {entry.channel for entry in CATALOGUE} <= set(CHANNELS)
    assert all(all(entry) for entry in CATALOGUE)
    assert len({entry.key for entry in CATALOGUE}) == len(CATALOGUE) >= 22


def test_creating_the_defaults_again_changes_nothing(catalogue, make):
    catalogue["hotline"].name = "Our own name"
    db.session.commit()
    create_defaults()
    assert db.session.scalar(select(func.count()).select_from(Touchpoint)) == len(CATALOGUE)
    assert catalogue["hotline"].name == "Our own name"


def test_defaults_belong_to_the_departments_that_exist(app, make):
    service = make.department("service")
    create_defaults()
    touchpoints = {touchpoint.key: touchpoint for touchpoint in db.session.scalars(select(Touchpoint))}
    assert touchpoints["hotline"].department is service
    assert touchpoints["website"].department is None


@pytest.mark.parametrize(("channel", "kind", "direction", "key"), [
    ("phone", "call.logged", "inbound", "hotline"),
    ("phone", "call.logged", "outbound", "sales_call"),
    ("email", "mail.received", "inbound", "service_mail"),
    ("email", "campaign.sent", "outbound", "newsletter"),
    ("web", "form.submitted", "inbound", "contact_form"),
    ("in_person", "visit.logged", "inbound", "visit"),
    ("letter", None, None, "letter"),
])
def test_channel_and_kind_tell_the_touchpoint(catalogue, channel, kind, direction, key):
    assert guess(channel, kind=kind, direction=direction) is catalogue[key]


def test_the_mailbox_knows_better(catalogue):
    assert guess("email", mailbox_touchpoint_id=catalogue["quote"].id, direction="inbound") is catalogue["quote"]


def test_a_retired_touchpoint_is_not_guessed_and_a_merged_one_leads_to_its_survivor(catalogue):
    catalogue["hotline"].retire()
    catalogue["quote"].merge_into(catalogue["complaint"])
    db.session.commit()
    assert guess("phone", direction="inbound") is catalogue["sales_call"]
    assert guess("email", mailbox_touchpoint_id=catalogue["quote"].id) is catalogue["complaint"]


def test_a_channel_without_a_touchpoint_has_none(app):
    assert guess("sms") is None


def test_guessing_again_asks_the_database_nothing(catalogue, statements):
    guess_id("phone")
    with statements() as seen:
        assert guess_id("email", direction="inbound") == guess_id("email", direction="inbound")
    assert seen == []


def test_a_new_touchpoint_is_guessed_at_once(catalogue):
    assert guess("sms") is None
    db.session.add(Touchpoint(key="texts", name="Texts", phase="after", channel="sms"))
    db.session.commit()
    assert guess("sms").key == "texts"
