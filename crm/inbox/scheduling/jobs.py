"""What has left is a message from then on."""

from __future__ import annotations

from crm.extensions import db
from crm.inbox.scheduling import planning

AT_ONCE = 200


def settle_due() -> int:
    """How many there were."""
    rows = db.session.scalars(planning.due().limit(AT_ONCE)).all()
    for row in rows:
        planning.settle(row)
    db.session.commit()
    return len(rows)
