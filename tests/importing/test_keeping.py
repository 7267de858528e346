"""How long uploaded files, which are lists of people, stay."""

import pytest
from sqlalchemy import select

from crm import blobs
from crm.accounts.preferences import set_preference
from crm.importing import jobs
from crm.importing.models import Import, ImportRow

FILE = "Vorname;Nachname;E-Mail\nEva;Eins;eva@keep.example\nUdo;Zwei;kein Postfach\n"


@pytest.fixture
def only(session):
    return lambda: session.scalars(select(Import)).one()


@pytest.fixture
def files(app):
    """What the disk holds now and did not when the test began."""
    found = lambda: {path for path in app.config["SETTINGS"].blob_dir.rglob("*") if path.is_file()}  # noqa: E731 — said twice
    before = found()
    return lambda: found() - before


@pytest.fixture
def later(clock, browse, lead):
    """After so many days the files were looked at; a browser of somebody who may import."""

    def pass_by(**time):
        clock.advance(**time)
        jobs.forget_files()
        return browse(lead)

    return pass_by


def test_the_file_of_a_finished_import_goes_after_the_days_the_firm_chose(take, only, session, later, files):
    take(FILE)
    set_preference("import_days", 3)
    session.commit()
    later(days=2, hours=23)
    assert only().blob
    later(hours=2)
    assert (only().blob, only().table_blob, only().created, only().refused) == ("", "", 1, 1)
    assert not files()


def test_with_the_file_goes_what_was_said_of_rows_that_were_not_taken(take, only, session, later):
    take(FILE)
    boss = later(days=31)
    assert [row.action for row in session.scalars(select(ImportRow))] == ["created"]
    page = boss.get(f"/contacts/import/{only().id}").text
    assert "deleted by now" in page
    assert "kein Postfach" not in page
    assert boss.get(f"/contacts/import/{only().id}/refused.csv").status_code == 404


def test_an_import_without_its_file_can_still_be_taken_back(take, only, later, everybody):
    take(FILE)
    later(days=31).post(f"/contacts/import/{only().id}/reversal")
    jobs.run(only().id)
    assert only().state == "reverted"
    assert everybody() == []


def test_a_broken_import_without_its_file_cannot_be_carried_on(take, only, session, later):
    take(FILE)
    only().fail("It broke.")
    session.commit()
    boss = later(days=31)
    assert boss.post(f"/contacts/import/{only().id}/continuation").status_code == 409
    assert "/continuation" not in boss.get(f"/contacts/import/{only().id}").text


def test_a_file_that_nobody_imported_goes_as_a_whole(upload, session, files, later):
    upload(FILE)
    later(days=31)
    assert session.scalars(select(Import)).all() == []
    assert not files()


def test_a_discarded_file_and_that_of_a_dry_run_go_at_once(upload, boss, take, files):
    boss.delete(upload(FILE))
    take(FILE, "--dry-run")
    assert not files()


def test_the_same_file_imported_twice_is_kept_twice(take, session, later):
    take(FILE)
    later(days=20)
    take(FILE)
    later(days=11)
    first, second = session.scalars(select(Import).order_by(Import.id))
    assert not first.blob
    assert blobs.get(second.blob) == FILE.encode()
