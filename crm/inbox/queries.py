"""What the inbox reads. Lists select columns, not entities."""

from __future__ import annotations

from crm.extensions import db
from crm.inbox.models import Mailbox


def default_mailbox() -> Mailbox | None:
    """The mailbox that takes what belongs to none."""
    living = db.select(Mailbox).where(Mailbox.archived_at.is_(None)).order_by(Mailbox.is_default.desc(), Mailbox.id)
    return db.session.scalars(living.limit(1)).first()
