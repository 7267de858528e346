"""Whatever a feature adds, somebody must say what a merge does with it. These tests fail until a rule stands in crm/merging/rules.py."""

from __future__ import annotations

import pytest
from sqlalchemy import JSON, Column, ForeignKey, Integer, MetaData, Table, UniqueConstraint

from crm.extensions import db
from crm.merging import rules
from crm.merging.references import MODELS, name_of, references, unique_keys


@pytest.fixture
def metadata(app):
    return db.metadata


def without_rule(kind: str, metadata: MetaData) -> list[str]:
    return [name_of(column) for column in references(kind, metadata) if name_of(column) not in rules.REFERENCES[kind]]


def keys_without_rule(kind: str, metadata: MetaData) -> list[str]:
    moving = [column for column in references(kind, metadata) if not rules.REFERENCES[kind].get(name_of(column), rules.Reference()).stays]
    return [name_of(column) for column in moving if list(unique_keys(column)) and name_of(column) not in rules.SAME]


@pytest.mark.parametrize("kind", MODELS)
def test_every_reference_has_a_rule(metadata, kind):
    assert without_rule(kind, metadata) == []


@pytest.mark.parametrize("kind", MODELS)
def test_every_rule_has_its_reference(metadata, kind):
    assert set(rules.REFERENCES[kind]) - {name_of(column) for column in references(kind, metadata)} == set()


@pytest.mark.parametrize("kind", MODELS)
def test_every_unique_key_has_a_rule(metadata, kind):
    assert keys_without_rule(kind, metadata) == []


@pytest.mark.parametrize("kind", MODELS)
def test_every_column_of_the_record_has_a_rule(metadata, kind):
    known = {*rules.CHOSEN[kind], *rules.DECIDED[kind], *rules.DERIVED[kind]}
    there = {column.name for column in MODELS[kind].__table__.columns}
    assert (there - known, known - there) == (set(), set())


def test_every_soft_reference_has_a_rule(metadata):
    """A word and a number that together name a record: about_type and about_id, kind and record_id, record and record_id."""
    soft = {table.name for table in metadata.sorted_tables if any({f"{word}_type", f"{word}_id"} <= set(table.c.keys()) for word in ("about", "subject"))}
    soft |= {table.name for table in metadata.sorted_tables if "record_id" in table.c}
    assert soft - set(rules.SOFT) == set()
    assert all("about_type" in metadata.tables[name].c for name, moves in rules.SOFT.items() if moves is True)


def test_every_column_that_looks_like_an_id_of_a_contact_is_one(metadata):
    named = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns
             if column.name.endswith(("contact_id", "organisation_id")) and not column.foreign_keys}
    assert named == set()


def test_every_json_column_says_why_no_id_in_it_follows(metadata):
    there = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns if isinstance(column.type, JSON)}
    assert there - set(rules.JSON_COLUMNS) == set()


def test_every_word_for_a_record_names_its_table(metadata):
    assert set(rules.ABOUT.values()) <= set(metadata.tables)


def test_every_row_of_a_rule_is_told_apart_by_columns_that_exist(metadata):
    shown = {(name, column) for kind in MODELS for name, rule in rules.REFERENCES[kind].items() for column in rule.shows}
    assert {(name, column) for name, column in shown if column not in metadata.tables[name.partition(".")[0]].c} == set()


def test_every_rule_has_words(app):
    with app.test_request_context():
        for kind in MODELS:
            for name, rule in rules.REFERENCES[kind].items():
                assert rule.stays or rule.words(3).startswith("3 "), name


# — seen to fail —


def planted() -> MetaData:
    metadata = MetaData()
    Table("contacts", metadata, Column("id", Integer, primary_key=True))
    Table("campaign_members", metadata, Column("id", Integer, primary_key=True), Column("campaign", Integer),
          Column("contact_id", ForeignKey("contacts.id")), UniqueConstraint("campaign", "contact_id"))
    return metadata


def test_a_new_reference_without_a_rule_is_seen():
    assert without_rule("contact", planted()) == ["campaign_members.contact_id"]


def test_a_new_unique_key_without_a_rule_is_seen():
    assert keys_without_rule("contact", planted()) == ["campaign_members.contact_id"]
