"""The outbox for programs."""

from __future__ import annotations

import dataclasses

import pytest

from crm.extensions import db
from crm.outbox.models import DeliveryAttempt
from crm.outbox.sending import enqueue


@pytest.fixture
def delivery(app, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], smtp_url="smtp://127.0.0.1:9"))
    row = enqueue(to=["klara@kunde.example", "otto@kunde.example"], subject="Guten Tag", text="Hallo")
    row.state, row.reason = "failed", "rejected"
    row.refuse({"otto@kunde.example": "550 no"})
    row.log.append(DeliveryAttempt(outcome="failed", code=550, text="no"))
    db.session.commit()
    return row


def test_what_became_of_each_mail(program, lead, delivery):
    api = program(scope="read", user=lead)
    shown = api.get(f"/deliveries/{delivery.id}").json
    assert (shown["state"], shown["recipients"], shown["refused"]) == ("failed", ["klara@kunde.example", "otto@kunde.example"], {"otto@kunde.example": "550 no"})
    assert [(one["outcome"], one["code"]) for one in shown["attempts"]] == [("failed", 550)]
    assert [one["id"] for one in api.get("/deliveries", state="failed", recipient="klara").json["items"]] == [delivery.id]
    assert api.get("/deliveries", state="retrying").json["items"] == []
    assert api.get("/deliveries", state="nonsense").status_code == 422


def test_it_is_tried_again_and_discarded(program, lead, delivery):
    api = program(user=lead)
    assert api.post(f"/deliveries/{delivery.id}/attempt").json["state"] == "queued"
    assert api.delete(f"/deliveries/{delivery.id}").json["state"] == "cancelled"
    delivery.state, delivery.refused = "sent", ""
    db.session.commit()
    assert api.post(f"/deliveries/{delivery.id}/attempt").status_code == 409
    assert api.delete(f"/deliveries/{delivery.id}").status_code == 409


def test_only_who_may_see_the_outbox(program, delivery, lead):
    assert program().get("/deliveries").status_code == 403
    assert program(scope="read", user=lead).post(f"/deliveries/{delivery.id}/attempt").status_code == 403
    assert program(user=lead).get("/deliveries/4711").status_code == 404
