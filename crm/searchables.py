"""What can be found in the search box, and which words each record is found by."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from sqlalchemy.orm import joinedload, selectinload

from crm.contacts.models import Address, Contact, Organisation
from crm.inbox.models import Conversation
from crm.search.finding import find
from crm.search.indexing import Document, Searchable
from crm.tasks.models import Task

Entry = tuple[str, int, Document | None]


def contact_entry(contact: Contact) -> Entry:
    if contact.archived_at or contact.merged_into_id:
        return "contact", contact.id, None
    firm = contact.organisation.name if contact.organisation else ""
    values = [address.value for address in contact.addresses if address.kind != "visitor"]
    numbers = [a.normalised for a in contact.addresses if a.kind in ("phone", "customer_number")]
    mail = next((a.value for a in contact.addresses if a.kind == "email"), "")
    detail = " · ".join(filter(None, (firm, mail)))
    return "contact", contact.id, Document(
        "contact", contact.id, contact.display_name or mail or "?", detail,
        (contact.first_name, contact.last_name, firm, *values), tuple(numbers), contact.last_interaction_at,
    )


def organisation_entries(organisation: Organisation) -> Iterator[Entry]:
    gone = organisation.archived_at or organisation.merged_into_id
    document = Document("organisation", organisation.id, organisation.name, organisation.domain,
                        (organisation.domain, organisation.industry), (organisation.phone,), organisation.last_interaction_at)
    yield "organisation", organisation.id, None if gone else document


def conversation_entries(conversation: Conversation) -> Iterator[Entry]:
    who = conversation.contact.display_name if conversation.contact else ""
    document = Document("conversation", conversation.id, conversation.subject or "…", f"#{conversation.id} · {who}",
                        (who, conversation.customer_address), (str(conversation.id),), conversation.last_message_at)
    yield "conversation", conversation.id, None if conversation.status == "spam" else document


def task_entries(task: Task) -> Iterator[Entry]:
    who = task.contact.display_name if task.contact else ""
    document = Document("task", task.id, task.title, who, (who, task.notes), (), task.due_at)
    yield "task", task.id, None if task.cancelled_at else document


SEARCHABLES = {
    Contact: Searchable(
        lambda contact: [contact_entry(contact)],
        ("display_name", "first_name", "last_name", "organisation_id", "addresses", "archived_at", "merged_into_id"),
        loading=lambda: (selectinload(Contact.addresses), joinedload(Contact.organisation)),
    ),
    Address: Searchable(lambda address: [contact_entry(address.contact)] if address.contact else [], ("value", "normalised"), owns=False),
    Organisation: Searchable(organisation_entries, ("name", "domain", "industry", "phone", "archived_at", "merged_into_id")),
    Conversation: Searchable(conversation_entries, ("subject", "status", "contact_id", "customer_address"), loading=lambda: (joinedload(Conversation.contact),)),
    Task: Searchable(task_entries, ("title", "notes", "contact_id", "cancelled_at"), loading=lambda: (joinedload(Task.contact),)),
}


def register(app: Flask) -> None:
    app.extensions["searchables"] = SEARCHABLES
    app.extensions["finding"] = find  # for lists that stand left of the search
