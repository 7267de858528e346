"""Where contact forms and the inbox meet: what was sent becomes a conversation, and a form knows the mailboxes."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from crm.contactforms.models import FormSubmission
from crm.contactforms.receiving import text_of, value_of
from crm.extensions import db, fetch
from crm.inbox.models import Mailbox
from crm.inbox.opening import open_with_form
from crm.timeline.models import Interaction


def open_conversation(entry: Interaction) -> None:
    """The reaction to "form.submitted"; forms that other systems report have no submission, and open none."""
    submission = db.session.get(FormSubmission, entry.about_id) if entry.about_type == "submission" and entry.about_id else None
    if submission is None:
        return
    address = value_of(submission, "email")
    conversation = open_with_form(
        entry, mailbox_id=submission.form.mailbox_id, name=value_of(submission, "name") or entry.contact.display_name, address=address,
        text=text_of(submission), files=submission.files, data={"form": submission.form.key, **submission.origin},
    )
    submission.conversation_id = conversation.id


def mailboxes() -> list[tuple[int, str]]:
    rows = fetch(select(Mailbox.id, Mailbox.name, Mailbox.address).where(Mailbox.archived_at.is_(None)).order_by(Mailbox.name))
    return [(row.id, f"{row.name} <{row.address}>") for row in rows]


def register(app: Flask) -> None:
    app.extensions["mailboxes"] = mailboxes
