"""Merge, work, undo: the database holds what it would have held without merging, new work aside."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crm.contacts.models import Contact
from crm.extensions import db
from crm.merging import rules
from crm.merging.parting import part
from crm.merging.uniting import unite
from crm.timeline.rebuilding import drift
from tests.merging import world

EXAMPLES = int(os.environ.get("MERGE_EXAMPLES", "25"))  # a failing one is shown as it is: making it smaller takes minutes
NUMBERS = st.integers(0, 7)
ROWS = st.lists(st.tuples(st.sampled_from(sorted(world.BUILDERS)), NUMBERS), max_size=9)
WORK = st.lists(st.tuples(st.sampled_from(sorted(world.WORK)), NUMBERS), max_size=6)
PERSON = st.fixed_dictionaries({}, optional={
    "title": st.sampled_from(["", "Dr.", "Prof."]), "first_name": st.sampled_from(["", "Anna", "Ann"]), "language": st.sampled_from(["", "de", "en"]),
    "lifecycle": st.sampled_from(["lead", "prospect", "customer", "former"]), "notes": st.sampled_from(["", "Calls on Mondays", "Has a dog"]),
    "custom": st.dictionaries(st.sampled_from(["colour", "size"]), st.sampled_from(["red", 3, True, None]), max_size=2),
})
BETWEEN = st.sampled_from(["", "friend", "recommended_by"])
CHOSEN = st.dictionaries(st.sampled_from(["title", "first_name", "lifecycle", "notes", "language"]), st.sampled_from(["merged", "survivor"]), max_size=3)


@pytest.fixture
def cast(make, clock):
    return world.Cast(make)


def build(cast, one, other, rows, others, between) -> tuple[int, int]:
    merged, survivor = (Contact(last_name="Berg", **{"first_name": "A", "language": "", "custom": {}} | each) for each in (one, other))
    db.session.add_all([merged, survivor])
    db.session.flush()
    for contact, wanted in ((merged, rows), (survivor, others)):
        for name, number in wanted:
            world.BUILDERS[name](cast, contact, number)
    if between:
        world.between(merged, survivor, between)
    db.session.commit()
    return merged.id, survivor.id


def work(cast, survivor_id, ids, jobs) -> None:
    for name, number in jobs:
        world.WORK[name](cast, db.session.get_one(Contact, survivor_id), ids, number)
    db.session.commit()


def fresh(cast):
    """The cast, read anew by this session."""
    seen = object.__new__(world.Cast)
    for name, value in vars(cast).items():
        seen.__dict__[name] = [db.session.merge(each, load=True) for each in value] if isinstance(value, list) else db.session.merge(value, load=True)
    return seen


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
@given(one=PERSON, other=PERSON, rows=ROWS, others=ROWS, between=BETWEEN, jobs=WORK, chosen=CHOSEN)
def test_after_undoing_everything_is_as_if_it_had_never_been_merged(cast, clock, one, other, rows, others, between, jobs, chosen):
    clock.set(2026, 11, 21, 9, 0)
    with world.fork():
        merged_id, survivor_id = build(fresh(cast), one, other, rows, others, between)
        before, ids = world.marks(), world.belongings(merged_id, survivor_id)
        with world.fork():
            clock.set(2026, 11, 22, 9, 0)
            work(fresh(cast), survivor_id, ids, jobs)
            never_merged = world.holds(before)
        with world.fork():
            clock.set(2026, 11, 21, 12, 0)
            merge = unite("contact", merged_id, survivor_id, fresh(cast).staff, chosen)
            db.session.commit()
            assert list(drift()) == []
            assert nothing_points_at(merged_id) == []
            clock.set(2026, 11, 22, 9, 0)
            work(fresh(cast), survivor_id, ids, jobs)
            clock.set(2026, 11, 23, 9, 0)
            part(db.session.merge(merge), fresh(cast).staff)
            db.session.commit()
            assert list(drift()) == []
            undone = world.holds(before)
        found = world.differences(never_merged, undone)
        assert not found, world.told(found)


def nothing_points_at(ident: int) -> list[str]:
    from crm.merging.references import name_of, references

    pointing = [column for column in references("contact") if not rules.REFERENCES["contact"][name_of(column)].stays]
    return [name_of(column) for column in pointing if db.session.scalar(db.select(column).where(column == ident).limit(1)) is not None]


def test_the_builders_make_a_row_of_every_kind(cast, make):
    contact = make.contact()
    for number, builder in enumerate(world.BUILDERS.values(), 1):
        builder(cast, contact, number | 1)
    world.relation(cast, contact, 1)
    first, last = sorted((contact, cast.friends[0]), key=lambda each: each.id)
    world.between(first, last, "colleague")
    db.session.commit()
    world.Relation.__table__  # noqa: B018 — both ends are columns of one table
    from crm.merging.references import name_of, references

    there = {name_of(column) for column in references("contact") if db.session.scalar(db.select(column).where(column.is_not(None)).limit(1)) is not None}
    staying = {name for name, rule in rules.REFERENCES["contact"].items() if rule.stays}
    assert set(rules.REFERENCES["contact"]) - there == staying
