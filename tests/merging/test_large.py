"""Twenty thousand interactions move in one statement."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from crm.extensions import db
from crm.merging.models import MergeRow
from crm.merging.parting import part
from crm.merging.uniting import unite
from crm.timeline.models import Interaction

MANY = 20_000
SECONDS = 6.0  # 2 on a machine that does nothing else


@pytest.fixture
def busy(make):
    """A contact who was in touch very often."""
    contact, other = make.contact("Anna", "Berg"), make.contact("Ann", "Berg")
    start = datetime(2020, 1, 1, tzinfo=UTC)
    rows = [{"contact_id": (contact, other)[n % 2].id, "kind": "call.logged", "channel": "phone", "direction": "inbound", "happened_at": start + timedelta(hours=n),
             "subject": f"Call {n}"} for n in range(2 * MANY)]
    db.session.execute(insert(Interaction), rows)
    db.session.commit()
    return contact, other


def count(contact) -> int:
    return db.session.scalar(select(func.count()).where(Interaction.contact_id == contact.id, Interaction.kind == "call.logged"))


@pytest.mark.slow
def test_a_contact_with_twenty_thousand_interactions_is_merged_and_parted_quickly(busy, lead, statements):
    contact, other = busy
    began = time.perf_counter()
    with statements() as seen:
        merge = unite("contact", contact.id, other.id, lead)
        db.session.commit()
    merged = time.perf_counter() - began
    assert (count(contact), count(other), other.interactions_count) == (0, 2 * MANY, 2 * MANY)
    assert len(seen) < 250
    assert db.session.scalar(select(func.count()).select_from(MergeRow)) < 40
    began = time.perf_counter()
    part(merge, lead)
    db.session.commit()
    parted = time.perf_counter() - began
    assert (count(contact), count(other)) == (MANY, MANY)
    assert max(merged, parted) < SECONDS, (merged, parted)
    print(f"merged in {merged:.2f} s, parted in {parted:.2f} s")
