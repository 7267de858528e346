"""What the inbox of a new installation needs: a mailbox that takes whatever comes."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from crm.accounts.models import Department
from crm.extensions import db
from crm.inbox.models import Mailbox


def create_defaults() -> Mailbox:
    """The default mailbox, at the host of our pages until somebody enters the real address."""
    found = db.session.scalars(select(Mailbox).where(Mailbox.is_default)).first()
    if found is not None:
        return found
    host = urlsplit(current_app.config["SETTINGS"].base_url).hostname or "localhost"
    domain = host if not host.replace(".", "").isdigit() else "localhost.localdomain"
    service = db.session.scalars(select(Department).where(Department.key == "service")).first()
    mailbox = Mailbox(name="Service", address=f"service@{domain}", is_default=True, department_id=service.id if service else None)
    db.session.add(mailbox)
    return mailbox
