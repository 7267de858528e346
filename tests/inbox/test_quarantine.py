"""Mail in quarantine: run again, all at once, discarded, brought back, forgotten in the end."""

from __future__ import annotations

import pytest

from crm import blobs
from crm.accounts.models import UndoStep
from crm.extensions import db
from crm.inbox import jobs, quarantine
from crm.inbox.models import Attachment, ReceivedMail
from tests.inbox.conftest import mail


@pytest.fixture
def boss(browse, lead):
    return browse(lead)


@pytest.fixture
def lying(take, monkeypatch):
    """lying(3) → mails that were laid aside for a fault of ours, which is mended by now."""

    def lay(number: int = 1) -> list[ReceivedMail]:
        from crm.inbox import intake

        real = intake.take_all
        monkeypatch.setattr(intake, "take_all", lambda _arrivals: 1 / 0)
        rows = [db.session.get_one(ReceivedMail, take(mail(f"Nummer {n}"), envelope_from=f"k{n}@x.example").ident) for n in range(number)]
        monkeypatch.setattr(intake, "take_all", real)
        return rows

    return lay


def test_all_are_run_again_with_one_click(boss, client, lying, take):
    lying(3)
    take(b"")
    assert client.post("/inbox/quarantine/attempt").status_code == 403
    assert boss.get("/inbox/quarantine/attempt").status_code == 405
    assert boss.post("/inbox/quarantine/attempt").status_code == 303
    assert [row.error for row in db.session.scalars(quarantine.select(ReceivedMail).where(ReceivedMail.state == "quarantined"))] == ["empty"]
    page = boss.get("/inbox/quarantine").text
    assert "3 mails taken" in page
    assert "1 stays in quarantine" in page


def test_what_was_discarded_is_kept_and_brought_back(boss, lying):
    (row,) = lying()
    boss.delete(f"/inbox/quarantine/{row.id}")
    assert (row.state, row.discarded_at is not None) == ("discarded", True)
    assert f"/inbox/quarantine/{row.id}" not in boss.get("/inbox/quarantine").text
    assert f"/inbox/quarantine/{row.id}" in boss.get("/inbox/quarantine?state=discarded").text
    assert boss.get(f"/inbox/quarantine/{row.id}/original").status_code == 200
    assert boss.post(f"/inbox/quarantine/{row.id}/return").status_code == 303
    assert (row.state, row.discarded_at) == ("quarantined", None)
    boss.delete(f"/inbox/quarantine/{row.id}")
    step = db.session.scalars(db.select(UndoStep).order_by(UndoStep.id.desc())).first()
    boss.post(f"/undo/{step.id}")
    assert row.state == "quarantined"


def test_its_bytes_go_after_thirty_days_and_no_earlier(boss, browse, lead, lying, clock):
    (row,) = lying()
    boss.delete(f"/inbox/quarantine/{row.id}")
    file = blobs.path(row.sha256)
    clock.advance(days=29)
    jobs.forget_discarded()
    assert file.exists()
    clock.advance(days=2)
    jobs.forget_discarded()
    assert (file.exists(), row.state) == (False, "forgotten")
    boss = browse(lead)  # whose sign-in has run out
    for path in ("", "/original"):
        assert boss.get(f"/inbox/quarantine/{row.id}{path}").status_code == 404
    assert boss.post(f"/inbox/quarantine/{row.id}/return").status_code == 404


def test_bytes_that_somebody_else_holds_stay(boss, lying, arrive, clock):
    (row,) = lying()
    conversation = arrive("Sehen Sie selbst.")
    message = conversation.add("note", text="x")
    db.session.flush()
    db.session.add(Attachment(message_id=message.id, filename="mail.eml", content_type="message/rfc822", size=row.size, blob=row.sha256))
    boss.delete(f"/inbox/quarantine/{row.id}")
    clock.advance(days=40)
    jobs.forget_discarded()
    assert blobs.path(row.sha256).exists()


def test_a_mail_that_was_taken_cannot_be_discarded_or_brought_back(boss, arrive):
    arrive()
    row = db.session.scalars(db.select(ReceivedMail)).one()
    assert boss.delete(f"/inbox/quarantine/{row.id}").status_code == 409
    assert boss.post(f"/inbox/quarantine/{row.id}/return").status_code == 409
