from datetime import timedelta

from sqlalchemy.exc import OperationalError

from crm import clock as clocks
from crm import health
from crm.inbox.models import Heartbeat


def test_a_process_that_is_up_says_so_to_anybody(nobody):
    response = nobody.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_ready_means_database_queue_and_mail(nobody, make, clock):
    make.save(Heartbeat(name="intake", at=clocks.now()))
    response = nobody.get("/readyz")
    assert (response.status_code, response.json) == (200, {"status": "ok", "reasons": {}, "last_mail_fetch": clocks.now().isoformat(), "alarms": {}})


def test_mail_that_is_no_longer_looked_for_is_a_reason(nobody, make, clock):
    make.save(Heartbeat(name="intake", at=clocks.now() - timedelta(minutes=11)))
    response = nobody.get("/readyz")
    assert response.status_code == 503
    assert response.json["reasons"] == {"mail": "intake has been silent since 2026-11-21 08:49 UTC"}


def test_trouble_is_named_without_its_internals(nobody, make, clock):
    make.save(Heartbeat(name="imap:service@firm.example/INBOX", at=clocks.now(), error="password hunter2 refused"))
    response = nobody.get("/readyz")
    assert response.json["reasons"] == {"mail": "imap reports an error"}


def test_a_database_that_is_away_is_a_reason_and_no_error(nobody, monkeypatch):
    def fail() -> str:
        raise OperationalError("select", {}, Exception("host=10.0.0.1"))

    monkeypatch.setitem(health.CHECKS, "database", fail)
    response = nobody.get("/readyz")
    assert response.status_code == 503
    assert response.json["reasons"]["database"] == "does not answer"
