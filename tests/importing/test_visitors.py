"""Visitor ids that come with a file: what was done under them without a name is the person's."""

import pytest
from sqlalchemy import select

from crm import timeline
from crm.contacts.creating import create_contact
from crm.contacts.models import Contact
from crm.importing import jobs
from crm.importing.models import Import

FILE = "Vorname;Nachname;E-Mail;Besucher\nEva;Eins;eva@visit.example;v-1\n"


@pytest.fixture
def visit(session):
    """Somebody without a name looked around."""
    visitor = create_contact(addresses=[("visitor", "v-1")], provenance="api")
    timeline.record("web.visited", visitor, channel="web", direction="inbound", subject="Preise")
    session.commit()
    return visitor


@pytest.fixture
def revert(session):
    def run():
        import_ = session.scalars(select(Import).order_by(Import.id.desc())).first()
        import_.begin("reverting")
        session.commit()
        jobs.run(import_.id)
        session.expire_all()
        return import_

    return run


@pytest.fixture
def living(session):
    return lambda: {(contact.display_name, contact.interactions_count) for contact in session.scalars(select(Contact).where(Contact.merged_into_id.is_(None)))}


@pytest.mark.parametrize("options", [[], ["--update"]])
def test_a_visitor_without_a_name_becomes_the_person_of_the_row(take, visit, living, options):
    assert "updated 1" in take(FILE, *options).output
    assert living() == {("Eva Eins", 1)}


def test_the_visits_of_somebody_known_by_mail_are_joined_to_them(take, visit, living, session):
    create_contact(first_name="Eva", last_name="Eins", addresses=[("email", "eva@visit.example")])
    session.commit()
    assert "updated 1" in take(FILE, "--update").output
    assert [name for name, _count in living()] == ["Eva Eins"]
    assert next(count for _name, count in living()) >= 1


@pytest.mark.parametrize("known", [False, True])
def test_taking_the_import_back_parts_them_again(take, visit, living, session, revert, known):
    if known:
        create_contact(first_name="Eva", last_name="Eins", addresses=[("email", "eva@visit.example")])
        session.commit()
    before = living()
    take(FILE, "--update")
    assert living() != before
    assert revert().kept == 0
    assert living() == before


def test_running_it_twice_changes_nothing(take, visit, living):
    take(FILE, "--update")
    assert "created 0, updated 0, unchanged 1" in take(FILE, "--update").output
    assert "created 0, updated 0, unchanged 1" in take(FILE).output
    assert living() == {("Eva Eins", 1)}
