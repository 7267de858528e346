"""What can be undone: the name kept in an undo step → the function (user, payload) that puts things back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from crm.accounts import putting_back as accounts
from crm.accounts.models import User
from crm.contactpage import calling, logging
from crm.contacts import putting_back as contacts
from crm.duplicates import putting_back as duplicates
from crm.files import putting_back as files
from crm.inbox import putting_back as inbox
from crm.inbox import quarantine
from crm.inbox.linking import putting_back as inbox_linking
from crm.inbox.teamwork import bulk as inbox_bulk
from crm.merging import putting_back as merging
from crm.outbox import many as outbox
from crm.segments import putting_back as segments
from crm.tasks import putting_back as tasks
from crm.touchpoints import putting_back as touchpoints

# An undoer may answer the address of the page to show; None stays on the page the person is on.
UNDOERS: Mapping[str, Callable[[User, dict[str, Any]], str | None]] = {
    **accounts.UNDOERS,
    **contacts.UNDOERS,
    **merging.UNDOERS,
    **duplicates.UNDOERS,
    **inbox.UNDOERS,
    **inbox_bulk.UNDOERS,
    **inbox_linking.UNDOERS,
    **quarantine.UNDOERS,
    **outbox.UNDOERS,
    **touchpoints.UNDOERS,
    **tasks.UNDOERS,
    **segments.UNDOERS,
    **files.UNDOERS,
    **logging.UNDOERS,
    **calling.UNDOERS,
}


def register(app: Flask) -> None:
    app.extensions["undoers"] = UNDOERS
