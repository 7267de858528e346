"""Whom a rule picks: each kind of field, each measure of a history, and what negation does to people with nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crm import clock as clock_module
from crm.consent import ledger
from crm.contacts.models import Address, Organisation, PostalAddress, Tag
from crm.extensions import db
from tests.segments.conftest import JOURNEY


@pytest.fixture
def trio(make, past, clock):
    """Ada: a customer who rang twice and is unhappy. Ben: a happy customer who never rang. Cem: a lead without history."""
    ada, ben, cem = (make.contact(name, name[0], lifecycle=standing) for name, standing in (("Ada", "customer"), ("Ben", "customer"), ("Cem", "lead")))
    past.interaction(ada, days=3)
    past.interaction(ada, days=40, direction="outbound")
    past.answer(ada, 4, days=10)
    past.answer(ben, 9, days=10)
    past.purchase(ben, Decimal(100), days=5)
    past.purchase(ben, Decimal(50), days=400)
    return ada, ben, cem


def test_the_journey_of_marketing(trio, members):
    assert members(JOURNEY) == ["Ada"]


@pytest.mark.parametrize(("rule", "expected"), [
    ({"all": []}, "Ada Ben Cem"),
    ({"any": []}, ""),
    ({"none": []}, "Ada Ben Cem"),
    ({"field": "lifecycle", "is_not": "customer"}, "Cem"),
    ({"field": "lifecycle", "in": ["lead", "former"]}, "Cem"),
    ({"none": [{"field": "lifecycle", "is": "customer"}]}, "Cem"),
    ({"any": [{"field": "first_name", "is": "ADA"}, {"field": "first_name", "contains": "em"}]}, "Ada Cem"),
    ({"history": "interactions"}, "Ada Ben"),
    ({"history": "interactions", "where": {"channel": "phone"}, "at_least": 2}, "Ada"),
    ({"history": "interactions", "where": {"channel": "phone"}, "at_least": 3}, ""),
    ({"history": "interactions", "where": {"channel": "phone"}, "is": 0}, "Ben Cem"),
    ({"history": "interactions", "where": {"channel": "phone"}, "at_most": 1}, "Ben Cem"),
    ({"history": "interactions", "where": {"channel": "phone"}, "at_least": 2, "within_days": 30}, ""),
    ({"history": "interactions", "where": {"channel": ["phone", "web"], "direction": {"is_not": "outbound"}}, "is": 1}, "Ada"),
    ({"none": [{"history": "interactions", "where": {"channel": "phone"}}]}, "Ben Cem"),
    ({"history": "answers", "where": {"survey": "nps"}, "measure": "avg", "of": "score", "at_most": 6}, "Ada"),
    ({"none": [{"history": "answers", "measure": "avg", "of": "score", "at_most": 6}]}, "Ben Cem"),
    ({"history": "purchases", "measure": "sum", "of": "amount", "at_least": 150}, "Ben"),
    ({"history": "purchases", "measure": "sum", "of": "amount", "at_least": 150, "within_days": 90}, ""),
    ({"history": "purchases", "measure": "sum", "of": "amount", "at_most": 10}, "Ada Cem"),
    ({"history": "purchases", "measure": "max", "of": "amount", "is": 100}, "Ben"),
    ({"history": "purchases", "measure": "min", "of": "amount", "at_most": 50}, "Ben"),
    ({"history": "purchases", "measure": "last", "of": "amount", "is": 100}, "Ben"),
    ({"history": "purchases", "measure": "first", "of": "amount", "is": 50}, "Ben"),
    ({"history": "interactions", "measure": "last", "before": "2026-11-18"}, "Ben"),
    ({"history": "interactions", "measure": "last", "at_most": "2026-11-18"}, "Ada Ben"),
    ({"history": "interactions", "measure": "first", "after": "2026-10-01"}, "Ada"),
    ({"history": "campaigns", "is": 0}, "Ada Ben Cem"),
    ({"history": "referrals"}, ""),
])
def test_a_rule_picks(trio, members, rule, expected):
    assert members(rule) == expected.split()


def test_archived_merged_and_restricted_people_are_never_picked(trio, members):
    ada, ben, cem = trio
    ada.archived_at = ben.restricted_at = clock_module.now()
    cem.merged_into_id = ada.id
    db.session.commit()
    assert members({"all": []}) == members({"none": []}) == []


def test_a_missing_value_is_not_the_value(make, members):
    make.contact("Ada", nps_score=3)
    make.contact("Ben")
    assert members({"field": "nps", "is_not": 9}) == ["Ada", "Ben"]
    assert members({"none": [{"field": "nps", "at_most": 6}]}) == ["Ben"]
    assert members({"field": "nps", "empty": True}) == ["Ben"]
    assert members({"field": "nps", "empty": False}) == ["Ada"]
    assert members({"field": "nps", "at_least": 2, "at_most": 4}) == ["Ada"]


def test_a_day_counts_as_a_whole_in_the_firms_zone(make, members, clock):
    make.contact("Eve", last_in_at=clock.set(2026, 11, 20, 22, 59))  # 23:59 in Berlin
    make.contact("Ida", last_in_at=clock.set(2026, 11, 20, 23, 1))  # the day after
    assert members({"field": "last_in_at", "is": "2026-11-20"}) == ["Eve"]
    assert members({"field": "last_in_at", "after": "2026-11-20"}) == ["Ida"]
    assert members({"field": "last_in_at", "before": "2026-11-21"}) == ["Eve"]
    assert members({"field": "last_in_at", "before": "2026-11-20T23:00:00Z"}) == ["Eve"]


def test_dates_and_the_last_days(make, members, clock):
    make.contact("Ada", customer_since=date(2006, 3, 1))
    make.contact("Ben", customer_since=date(2026, 11, 1))
    assert members({"field": "customer_since", "before": "2010-01-01"}) == ["Ada"]
    assert members({"field": "customer_since", "within_days": 30}) == ["Ben"]
    assert members({"field": "customer_since", "is": "2006-03-01"}) == ["Ada"]


def test_tags_are_found_however_they_are_written(make, members):
    ada, ben = make.contact("Ada"), make.contact("Ben")
    ada.tags.append(Tag(name="Müller-Aktion", folded="muller-aktion"))
    db.session.commit()
    assert members({"field": "tags", "is": "mueller-aktion"}) == ["Ada"]
    assert members({"field": "tags", "in": ["x", "MÜLLER-AKTION"]}) == ["Ada"]
    assert members({"field": "tags", "contains": "aktion"}) == ["Ada"]
    assert members({"field": "tags", "is_not": "Müller-Aktion"}) == ["Ben"]
    assert members({"field": "tags", "empty": True}) == ["Ben"]
    assert ben.tags == []


def test_the_organisation_and_its_tags(make, members):
    firm = Organisation(name="Acme GmbH", industry="Steel", tags=[Tag(name="vip", folded="vip")])
    make.contact("Ada", organisation=firm)
    make.contact("Ben")
    assert members({"field": "organisation.industry", "is": "steel"}) == ["Ada"]
    assert members({"field": "organisation.name", "contains": "acme"}) == ["Ada"]
    assert members({"field": "organisation.tags", "is": "vip"}) == ["Ada"]
    assert members({"field": "organisation.tags", "is_not": "vip"}) == ["Ben"]
    assert members({"field": "organisation.name", "empty": True}) == ["Ben"]


def test_addresses_and_towns(make, members):
    ada, ben = make.contact("Ada"), make.contact("Ben")
    db.session.add_all([Address(contact_id=ada.id, kind="email", value="ada@acme.example", normalised="ada@acme.example"),
                        PostalAddress(contact_id=ben.id, city="Köln", postcode="50667")])
    db.session.commit()
    assert members({"field": "email", "contains": "acme"}) == ["Ada"]
    assert members({"field": "email", "empty": True}) == ["Ben"]
    assert members({"field": "city", "is": "Köln"}) == ["Ben"]


def test_own_fields(make, members):
    make.contact("Ada", custom={"shoe size": 39, "club": "Gold"})
    make.contact("Ben", custom={})
    assert members({"field": "custom.club", "is": "gold"}) == ["Ada"]
    assert members({"field": "custom.shoe size", "is": "39"}) == ["Ada"]
    assert members({"field": "custom.club", "empty": True}) == ["Ben"]


def test_consent_is_what_the_ledger_says_last_and_a_no_beats_a_yes(make, members, clock):
    ada, ben, cem, _dan = (make.contact(name) for name in ("Ada", "Ben", "Cem", "Dan"))
    for person in (ada, ben, cem):
        ledger.grant(person, "marketing")
    clock.advance(hours=1)
    ledger.withdraw(ben, "marketing")
    ledger.refuse(cem, "marketing", "any")
    clock.advance(hours=1)
    ledger.grant(cem, "marketing")
    db.session.commit()
    assert members({"field": "consent.marketing", "is": "granted"}) == ["Ada"]
    assert members({"field": "consent.marketing", "is_not": "granted"}) == ["Ben", "Cem", "Dan"]
    assert members({"field": "consent.marketing", "empty": True}) == ["Dan"]


def test_notes_are_no_contact_unless_asked_for(make, members, past):
    past.interaction(make.contact("Ada"), kind="note.logged", channel="other")
    assert members({"history": "interactions"}) == []
    assert members({"history": "interactions", "where": {"kind": "note.logged"}}) == ["Ada"]


def test_corrected_and_private_entries_do_not_count(make, members, past):
    ada = make.contact("Ada")
    old = past.interaction(ada)
    old.superseded_by_id = past.interaction(ada, channel="email", kind="mail.received").id
    past.interaction(ada, visibility="private", channel="in_person", kind="visit.logged")
    db.session.commit()
    assert members({"history": "interactions", "is": 1}) == ["Ada"]
    assert members({"history": "interactions", "where": {"channel": ["phone", "in_person"]}}) == []


def test_contested_answers_do_not_count(make, members, past):
    past.answer(make.contact("Ada"), 0, contested=True)
    assert members({"history": "answers"}) == []


def test_conversations_by_state_and_hours(make, members, past):
    past.conversation(make.contact("Ada"), "resolved", hours=30)
    past.conversation(make.contact("Ben"), "open")
    past.conversation(make.contact("Cem"), "spam")
    assert members({"history": "conversations"}) == ["Ada", "Ben"]
    assert members({"history": "conversations", "where": {"status": "spam"}}) == ["Cem"]
    assert members({"history": "conversations", "where": {"resolution_hours": {"at_least": 24}}}) == ["Ada"]
    assert members({"history": "conversations", "measure": "max", "of": "resolution_hours", "at_most": 30}) == ["Ada"]


def test_touchpoints_by_their_key(make, members, past):
    hotline = past.touchpoint("hotline")
    past.touchpoint("shop")
    past.interaction(make.contact("Ada"), touchpoint_id=hotline.id)
    past.interaction(make.contact("Ben"))
    assert members({"history": "interactions", "where": {"touchpoint": "hotline"}}) == ["Ada"]
    assert members({"history": "interactions", "where": {"touchpoint": {"is_not": "hotline"}}}) == ["Ben"]
    assert members({"history": "interactions", "where": {"touchpoint": ["hotline", "shop"]}}) == ["Ada"]
    assert members({"history": "interactions", "where": {"touchpoint": {"empty": True}}}) == ["Ben"]


def test_every_field_and_operator_compiles(app, members):
    from crm.segments.people import PEOPLE

    samples = {"text": "x", "number": 1, "date": "2026-01-01", "time": "2026-01-01", "tags": "x"}
    for field in PEOPLE.values():
        values = field.values() if field.values else []
        sample = values[0][0] if values else samples.get(field.kind)
        for operator in field.allowed:
            value = {"empty": True, "within_days": 3, "in": [sample]}.get(operator, sample)
            if sample is not None or operator == "empty":
                members({"any": [{"field": field.key, operator: value}]})


def test_every_field_of_every_history_compiles(app, members, past, service):
    from crm.segments.vocabulary import histories

    past.touchpoint("hotline")
    samples = {"text": "x", "number": 1, "date": "2026-01-01", "time": "2026-01-01"}
    for history in histories().values():
        for field in history.fields.values():
            values = field.values() if field.values else []
            sample = values[0][0] if values else samples.get(field.kind)
            for operator in field.allowed:
                value = {"empty": True, "within_days": 3, "in": [sample]}.get(operator, sample)
                members({"history": history.key, "where": {field.key: {operator: value}}})
