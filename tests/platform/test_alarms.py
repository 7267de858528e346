"""Who looks after fetching and sending while nobody looks: administrators are told, once, on their page and by mail."""

from __future__ import annotations

import dataclasses
import os
from collections import namedtuple
from datetime import timedelta

import pytest

from crm import alarms
from crm.extensions import db
from crm.inbox import spool
from crm.inbox.models import Heartbeat, ReceivedMail
from crm.notifications.models import Alarm, Notification, read_all
from crm.outbox.models import Delivery
from crm.outbox.sending import enqueue


@pytest.fixture
def own(app, tmp_path, monkeypatch, admin, agent):
    """A data directory of this test's own, a mail server that is set, an administrator and somebody else."""
    for name in ("spool", "blobs"):
        (tmp_path / name).mkdir()
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], data_dir=tmp_path, smtp_url="smtp://127.0.0.1:9"))
    db.session.commit()
    return app.config["SETTINGS"]


def written(**columns) -> Delivery:
    delivery = enqueue(to=["klara@kunde.example"], subject="x", text="y", purpose=columns.pop("purpose", "service"))
    for name, value in columns.items():
        setattr(delivery, name, value)
    db.session.commit()
    return delivery


def told() -> list[str]:
    return [row.text for row in db.session.scalars(db.select(Notification).order_by(Notification.id))]


def test_all_is_quiet(own, clock):
    alarms.look()
    assert told() == []
    assert db.session.scalars(db.select(Heartbeat.name)).all() == ["worker"]


def test_a_mail_server_that_does_not_work_is_told_after_ten_minutes_once_to_administrators(own, clock, admin):
    written(attempts=1, reason="unreachable")
    clock.advance(minutes=9)
    alarms.look()
    assert told() == []
    clock.advance(minutes=2)
    for _minute in range(5):
        alarms.look()
    (row,) = db.session.scalars(db.select(Notification))
    assert (row.user_id, row.kind, "could not be reached" in row.text) == (admin.id, "alarm", True)
    mails = db.session.scalars(db.select(Delivery).where(Delivery.purpose == "notification")).all()
    assert [(mail.recipient, mail.automatic) for mail in mails] == [(admin.email, True)]


def test_a_mail_about_an_alarm_that_cannot_be_sent_raises_no_alarm(own, clock):
    written(attempts=3, reason="unreachable", purpose="notification")
    written(state="uncertain", purpose="notification")
    clock.advance(hours=1)
    alarms.look()
    assert told() == []


def test_greylisting_by_one_recipient_is_no_alarm(own, clock):
    written(attempts=2, reason="busy")
    clock.advance(hours=1)
    alarms.look()
    assert told() == []


def test_it_is_told_again_when_it_lasts_or_grows_and_ends_by_itself(own, clock, admin):
    written(state="uncertain")
    alarms.look()
    read_all(admin.id)
    clock.advance(minutes=30)
    written(state="uncertain")
    alarms.look()
    assert len(told()) == 1
    clock.advance(minutes=31)
    alarms.look()
    assert told()[-1].startswith("Of 2 mails")
    read_all(admin.id)
    clock.advance(hours=25)
    alarms.look()
    assert len(told()) == 3
    db.session.execute(db.update(Delivery).values(state="sent"))
    alarms.look()
    assert db.session.scalars(db.select(Alarm.over_at)).one() == clock()


def test_quarantine_disk_and_spool_are_watched(own, clock, monkeypatch):
    db.session.add(ReceivedMail(sha256="a" * 64, size=1, source="smtp", state="quarantined"))
    path = spool.write(own.spool_dir, b"x", spool.Envelope())
    os.utime(path, (0, 0))
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(alarms.shutil, "disk_usage", lambda _path: usage(9, 9, 100_000_000))
    assert set(alarms.found()) == {"quarantine", "disk", "spool"}
    alarms.look()
    assert len(told()) == 3
    assert any("100 MB are left" in text for text in told())


def test_a_worker_that_is_silent_is_told_by_the_intake(own, clock):
    alarms.look()
    clock.advance(minutes=4)
    alarms.look_at_worker()
    assert told() == []
    clock.advance(minutes=2)
    alarms.look_at_worker()
    assert ["worker is not running" in text for text in told()] == [True]
    alarms.look()
    assert db.session.scalars(db.select(Alarm.over_at)).one() == clock()


def test_the_probe_the_outbox_and_doctor_say_the_same(own, clock, nobody, browse, admin):
    written(state="uncertain")
    answer = nobody.get("/readyz")
    assert answer.json["alarms"] == {"uncertain": "Of 1 mail nobody knows whether it arrived."}
    assert answer.json["status"] == "ok"
    assert "Of 1 mail nobody knows whether it arrived." in browse(admin).get("/outbox").text


def test_alarms_count_from_when_they_began(own, clock):
    begun = clock()
    written(state="uncertain")
    alarms.look()
    clock.advance(hours=3)
    alarms.look()
    row = db.session.scalars(db.select(Alarm)).one()
    assert (row.began_at, row.over_at, row.told_at <= begun + timedelta(hours=3)) == (begun, None, True)
