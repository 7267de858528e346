import logging
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from crm import queue, schedule

done: list[tuple] = []


def note(*args) -> None:
    done.append(args)


def fail() -> None:
    raise RuntimeError("out of paper")


@pytest.fixture(autouse=True)
def jobs(app, monkeypatch):
    done.clear()
    monkeypatch.setitem(schedule.JOBS, "note", f"{__name__}:note")
    monkeypatch.setitem(schedule.JOBS, "fail", fail)
    app.extensions["queue"].huey.flush()


def drain(app) -> int:
    return app.extensions["queue"].drain()


def test_a_job_runs_after_the_commit_and_once(app, db):
    queue.soon("note", 1)
    queue.soon("note", 1)
    assert drain(app) == 0
    db.session.commit()
    assert drain(app) == 1
    assert done == [(1,)]


def test_what_is_rolled_back_asks_for_nothing(app, db):
    db.session.execute(text("select 1"))
    queue.soon("note", 1)
    db.session.rollback()
    db.session.commit()
    assert drain(app) == 0


def test_a_savepoint_that_fails_takes_only_its_own_jobs_along(app, db):
    queue.soon("note", "outside")
    with db.session.begin_nested():
        queue.soon("note", "kept")
    failing = db.session.begin_nested()
    with db.session.begin_nested():
        queue.soon("note", "lost")
    failing.rollback()
    assert drain(app) == 0, "a savepoint is not a commit"
    db.session.commit()
    drain(app)
    assert done == [("outside",), ("kept",)]


def test_a_delayed_job_waits(app, db):
    queue.soon("note", delay=60)
    db.session.commit()
    huey = app.extensions["queue"].huey
    huey.execute(huey.dequeue())
    assert done == []
    assert huey.scheduled_count() == 1
    drain(app)
    assert done == [()]


def test_a_failing_job_goes_to_the_log(app, db, caplog):
    queue.soon("fail")
    db.session.commit()
    with caplog.at_level(logging.ERROR):
        assert drain(app) == 1
    assert "The job fail failed" in caplog.text
    assert "out of paper" in caplog.text


def test_a_queue_that_cannot_be_reached_does_not_spoil_the_commit(app, db, monkeypatch, caplog):
    monkeypatch.setattr(queue.Queue, "put", lambda *_: fail())
    queue.soon("note", 1)
    db.session.commit()
    assert "could not be enqueued" in caplog.text


def test_a_session_outside_of_the_application_enqueues_too(application):
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    with Session(engine) as session:
        session.info["soon"] = [queue.Wanted("note", ("script",), 0, None)]
        session.commit()
    engine.dispose()
    assert drain(application) == 1


def test_periodic_jobs_follow_the_clock_of_the_firm():
    at_eight = queue.due("0 8 * * 1-5", ZoneInfo("Europe/Berlin"))
    assert at_eight(datetime(2026, 11, 23, 7, 0))  # noqa: DTZ001
    assert not at_eight(datetime(2026, 7, 20, 7, 0))  # noqa: DTZ001
    assert at_eight(datetime(2026, 7, 20, 6, 0))  # noqa: DTZ001


def test_every_periodic_job_exists():
    assert {name for _, name in schedule.PERIODIC} <= set(schedule.JOBS)
    assert all(callable(schedule.job(name)) for name in schedule.JOBS)


def test_the_consumer_looks_for_jobs_more_than_twice_a_second(app, db, monkeypatch):
    import time

    monkeypatch.setattr(schedule, "PERIODIC", (("* * * * *", "note"),))
    consumer = app.extensions["queue"].consumer(threads=1)
    monkeypatch.setattr(consumer, "_set_signal_handlers", lambda: None)
    assert consumer.max_delay < 0.5
    consumer.start()
    try:
        time.sleep(0.5)  # idle long enough for the longest pause between two looks
        queue.soon("note", "asked")
        db.session.commit()
        until = time.monotonic() + 30
        while not {("asked",), ()} <= set(done) and time.monotonic() < until:
            time.sleep(0.02)
        assert ("asked",) in done
        assert () in done, "the periodic one"
    finally:
        consumer.stop(graceful=True)
