"""What can be found in the search box, and which words each record is found by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import Flask
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import joinedload, selectinload

from crm.contacts.models import Address, Contact, Organisation
from crm.extensions import db, fetch
from crm.inbox.models import Conversation
from crm.inbox.searching import indexing
from crm.search.finding import find
from crm.search.indexing import Document, Searchable, refresh
from crm.tasks.models import Task

Entry = tuple[str, int, Document | None]
BATCH = 5000  # records read at a time when everything is indexed


# — what each is found by; the record is the object, or a row with columns of the same names —————————————————————————————

def contact_entry(contact: Any, firm: str, addresses: Iterable[Any]) -> Entry:
    if contact.archived_at or contact.merged_into_id:
        return "contact", contact.id, None
    shown = [(address.kind, address.value, address.normalised) for address in addresses]
    mail = next((value for kind, value, _ in shown if kind == "email"), "")
    return "contact", contact.id, Document(
        "contact", contact.id, contact.display_name or mail or "?", " · ".join(filter(None, (firm, mail))),
        (contact.first_name, contact.last_name, firm, *(value for kind, value, _ in shown if kind != "visitor")),
        tuple(number for kind, _, number in shown if kind in ("phone", "customer_number")), contact.last_interaction_at,
    )


def organisation_entry(organisation: Any) -> Entry:
    gone = organisation.archived_at or organisation.merged_into_id
    document = Document("organisation", organisation.id, organisation.name, organisation.domain,
                        (organisation.domain, organisation.industry), (organisation.phone,), organisation.last_interaction_at)
    return "organisation", organisation.id, None if gone else document


def conversation_entry(conversation: Any, who: str) -> Entry:
    document = Document("conversation", conversation.id, conversation.subject or "…", f"#{conversation.id} · {who}",
                        (who, conversation.customer_address), (str(conversation.id),), conversation.last_message_at)
    return "conversation", conversation.id, None if conversation.status in ("spam", "merged") else document


def task_entry(task: Any, who: str) -> Entry:
    document = Document("task", task.id, task.title, who, (who, task.notes), (), task.due_at)
    return "task", task.id, None if task.cancelled_at else document


# — one record that changed ——————————————————————————————————————————————————————————————————————————————————————————————

def of_contact(contact: Contact) -> Iterator[Entry]:
    yield contact_entry(contact, contact.organisation.name if contact.organisation else "", contact.addresses)


def of_conversation(conversation: Conversation) -> Iterator[Entry]:
    yield conversation_entry(conversation, conversation.contact.display_name if conversation.contact else "")


def of_task(task: Task) -> Iterator[Entry]:
    yield task_entry(task, task.contact.display_name if task.contact else "")


# — all there are: plain columns, which takes a fifth of the time ————————————————————————————————————————————————————————

def all_contacts() -> Iterator[Entry]:
    statement = select(
        Contact.id, Contact.display_name, Contact.first_name, Contact.last_name, Contact.archived_at, Contact.merged_into_id, Contact.last_interaction_at,
        Organisation.name,
    ).outerjoin(Organisation, Organisation.id == Contact.organisation_id)
    addresses = select(Address.contact_id, Address.kind, Address.value, Address.normalised).order_by(Address.contact_id, Address.id)
    for contacts in _batches(statement, Contact.id):
        theirs = fetch(addresses.where(Address.contact_id.between(contacts[0].id, contacts[-1].id)))
        by_contact = {ident: list(group) for ident, group in groupby(theirs, itemgetter(0))}
        for contact in contacts:
            yield contact_entry(contact, contact.name or "", by_contact.get(contact.id, ()))


def all_organisations() -> Iterator[Entry]:
    names = ("id", "name", "domain", "industry", "phone", "archived_at", "merged_into_id", "last_interaction_at")
    for organisations in _batches(select(*(getattr(Organisation, name) for name in names)), Organisation.id):
        yield from map(organisation_entry, organisations)


def all_conversations() -> Iterator[Entry]:
    names = ("id", "subject", "customer_address", "last_message_at", "status")
    statement = select(*(getattr(Conversation, name) for name in names), Contact.display_name).outerjoin(Contact, Contact.id == Conversation.contact_id)
    for conversations in _batches(statement, Conversation.id):
        yield from (conversation_entry(row, row.display_name or "") for row in conversations)


def all_tasks() -> Iterator[Entry]:
    statement = select(Task.id, Task.title, Task.notes, Task.due_at, Task.cancelled_at, Contact.display_name).outerjoin(Contact, Contact.id == Task.contact_id)
    for tasks in _batches(statement, Task.id):
        yield from (task_entry(row, row.display_name or "") for row in tasks)


def _batches(statement: Select, ident: Any) -> Iterator[Sequence[Row]]:
    after = 0
    while rows := fetch(statement.where(ident > after).order_by(ident).limit(BATCH)):
        yield rows
        after = rows[-1].id


SEARCHABLES = {
    Contact: Searchable(
        of_contact, ("display_name", "first_name", "last_name", "organisation_id", "addresses", "archived_at", "merged_into_id"),
        loading=lambda: (selectinload(Contact.addresses), joinedload(Contact.organisation)), everything=all_contacts,
    ),
    Address: Searchable(lambda address: of_contact(address.contact) if address.contact else (), ("value", "normalised"), owns=False),
    Organisation: Searchable(
        lambda organisation: [organisation_entry(organisation)], ("name", "domain", "industry", "phone", "archived_at", "merged_into_id"),
        everything=all_organisations,
    ),
    Conversation: Searchable(
        of_conversation, ("subject", "status", "contact_id", "customer_address"), loading=lambda: (joinedload(Conversation.contact),), everything=all_conversations,
    ),
    Task: Searchable(of_task, ("title", "notes", "contact_id", "cancelled_at"), loading=lambda: (joinedload(Task.contact),), everything=all_tasks),
}


def again(kind: str, idents: Sequence[int]) -> None:
    """Index some hundred records anew that were changed past the session."""
    model: Any = next(one for one in SEARCHABLES if one.__name__.lower() == kind)
    wanted = select(model).where(model.id.in_(idents)).options(*SEARCHABLES[model].loading()).execution_options(populate_existing=True)
    refresh(db.session.scalars(wanted).unique())


def register(app: Flask) -> None:
    app.extensions["searchables"] = SEARCHABLES
    app.extensions["texts"] = [indexing]  # with `rebuild` and `tidy`: indexes of long texts beside that of names
    app.extensions["finding"] = find  # for lists that stand left of the search
    app.extensions["indexing"] = again  # for those who write past the session
