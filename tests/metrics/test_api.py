"""/api/v1/metrics: figures by group, each with its n."""

from __future__ import annotations

import pytest

from crm.inbox import replying
from crm.segments.models import Segment
from tests.inbox.clocks.test_recounting import policy as policy  # the fixture
from tests.inbox.conftest import arrive as arrive
from tests.inbox.conftest import mailbox as mailbox
from tests.inbox.conftest import take as take


@pytest.fixture
def answered(policy, arrive, agent, clock, db):
    for minutes in (10, 20, 30):
        conversation = arrive(sender=f"a{minutes}@kunde.example")
        clock.advance(minutes=minutes)
        replying.reply(conversation, agent, "Guten Tag")
        conversation.resolve(agent)
        db.session.commit()


@pytest.mark.parametrize(("by", "group"), [("touchpoint", ""), ("channel", "email"), ("department", ""), ("month", "2026-11")])
def test_times_and_volumes_by_group(answered, program, by, group):
    answer = program("read").get(f"/metrics?by={by}&from=2026-11-01&to=2026-11-30").json
    found = next(item for item in answer["items"] if item["group"] == group)
    assert found["first_response"] == {"n": 3, "p50": 1200, "p90": 1800, "breached": 0}
    assert found["resolution"]["n"] == 3
    assert sum(item.get("interactions", 0) for item in answer["items"]) >= 6


def test_only_people_of_a_segment(answered, program, db, agent):
    row = Segment(name="Nobody", rule={"all": [{"field": "lifecycle", "is": "former"}]}, created_by_id=agent.id)
    db.session.add(row)
    db.session.commit()
    assert program("read").get(f"/metrics?segment={row.id}").json["items"] == []


@pytest.mark.parametrize("query", ["by=colour", "from=soon", "from=2026-12-01&to=2026-11-01", "segment=9999", "to=0001-01-01", "to=9999-12-31"])
def test_nonsense_is_refused(app, program, query):
    assert program("read").get(f"/metrics?{query}").status_code == 422


def test_without_a_token_nobody_reads_them(nobody):
    assert nobody.get("/api/v1/metrics").status_code == 401
