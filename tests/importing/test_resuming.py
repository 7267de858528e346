"""A killed import: nothing is lost, nothing is done twice."""

import pytest
from sqlalchemy import func, select

from crm.contacts.models import Contact
from crm.importing import jobs, running, uploading
from crm.importing.models import Import, ImportRow, claim
from crm.importing.running import Overtaken

ROWS = "external_id,last_name\n" + "".join(f"K-{n},Name {n}\n" for n in range(25))


@pytest.fixture
def started(db, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 4)
    file = tmp_path / "people.csv"
    file.write_text(ROWS)
    import_ = uploading.upload(file, "people.csv", "contacts")
    import_.begin("running")
    db.session.commit()
    return import_


def test_an_import_goes_on_behind_the_last_row_that_was_committed(started, db, everybody, clock):
    steps = running.carry_out(started)
    for _ in range(3):
        next(steps)
        db.session.commit()
    next(steps)
    db.session.rollback()  # the power failed before the commit
    steps.close()
    assert (started.cursor, len(everybody())) == (12, 12)
    clock.advance(minutes=5)
    jobs.run(started.id)
    assert (started.state, started.created, len(everybody())) == ("done", 25, 25)
    assert db.session.scalar(select(func.count()).select_from(ImportRow)) == 25


def test_two_processes_never_take_the_same_rows(started, db, everybody):
    steps = running.carry_out(started)
    next(steps)
    db.session.commit()
    db.session.execute(Import.__table__.update().values(cursor=8))
    db.session.commit()
    with pytest.raises(Overtaken):
        next(steps)


def test_only_one_process_carries_an_import_on(started, clock, db):
    assert claim(started.id)
    assert not claim(started.id)
    clock.advance(minutes=5)
    assert claim(started.id)


def test_an_import_whose_worker_is_gone_is_found_by_the_sweep(started, application, everybody):
    jobs.resume()
    application.extensions["queue"].drain()
    assert (started.state, len(everybody())) == ("done", 25)


def test_long_imports_make_room_for_other_jobs(started, application, monkeypatch, everybody, db):
    monkeypatch.setattr(jobs, "SLICE", -1)
    jobs.run(started.id)
    assert (started.state, len(everybody())) == ("running", 4)
    application.extensions["queue"].drain()
    db.session.expire_all()
    assert (started.state, len(everybody())) == ("done", 25)


def test_a_fault_breaks_off_and_what_was_done_stays(started, monkeypatch, everybody, caplog):
    real = running.keep
    monkeypatch.setattr(running, "keep", lambda ident, results: real(ident, results) if results[0].number < 9 else 1 / 0)
    jobs.run(started.id)
    assert (started.state, started.cursor, len(everybody())) == ("failed", 8, 8)
    monkeypatch.setattr(running, "keep", real)
    started.resume()
    jobs.run(started.id)
    assert (started.state, len(everybody())) == ("done", 25)


def test_a_reversal_can_be_interrupted_too(started, db, everybody, monkeypatch, clock):
    from crm.importing import reverting

    monkeypatch.setattr(reverting, "BATCH", 5)
    jobs.run(started.id)
    started.begin("reverting")
    db.session.commit()
    steps = reverting.carry_out(started)
    for _ in range(2):
        next(steps)
        db.session.commit()
    steps.close()
    assert len(everybody()) == 15
    clock.advance(minutes=5)
    jobs.run(started.id)
    assert (started.state, started.kept, db.session.scalars(select(Contact)).all()) == ("reverted", 0, [])
