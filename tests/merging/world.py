"""Two contacts with rows of every kind, work on them, and what the database then holds: what the property test is made of."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from sqlalchemy import func, select

from crm import clock, timeline
from crm.consent import ledger
from crm.contactforms.models import ContactForm, FormSubmission
from crm.contacts.changes import Change, note
from crm.contacts.models import Address, Contact, Organisation, PostalAddress
from crm.contacts.relations.models import Relation
from crm.contacts.tagging import tags_named
from crm.dates.due_dates import whole_day
from crm.extensions import db
from crm.feedback import answering, asking
from crm.feedback.models import FeedbackRequest, Survey
from crm.files.models import File
from crm.inbox.models import Conversation
from crm.merging.references import encoded
from crm.outbox.models import Delivery
from crm.tasks.models import Task
from crm.timeline.models import Interaction

UNCOMPARED = {"merges", "merge_rows", "audit_entries", "undo_steps", "search_documents", "sent_forms"}


class Cast:
    """Who else is there."""

    def __init__(self, make: Any):
        self.staff = make.user(name="Sam Staff")
        self.firms = [make.save(Organisation(name=f"Firm {n}")) for n in range(3)]
        self.friends = [make.contact(f"Friend{n}", "Third") for n in range(2)]
        self.survey = make.save(Survey(key="nps", type="nps", name="NPS", wording={}))
        self.form = make.save(ContactForm(key="write-to-us", name="Write to us"))


# — rows —


def interaction(cast: Cast, contact: Contact, n: int) -> None:
    bought = {"amount": Decimal(n * 10 + 5), "kind": "purchase.made"} if n % 2 else {"kind": "call.logged"}
    timeline.record(bought.pop("kind"), contact, channel="phone", direction=("inbound", "outbound")[n % 2], subject=f"Entry {n}", **bought)


def conversation(cast: Cast, contact: Contact, n: int) -> None:
    row = Conversation(contact=contact, subject=f"Conversation {n}")
    db.session.add(row)
    db.session.flush()
    row.counted()
    timeline.record("mail.received", contact, channel="email", direction="inbound", about=("conversation", row.id), subject=row.subject)


def task(cast: Cast, contact: Contact, n: int) -> None:
    Task.create(f"Task {n}", cast.staff, whole_day(clock.today() + timedelta(days=n), "UTC"), contact=contact)


def address(cast: Cast, contact: Contact, n: int) -> None:
    row = contact.add_address(("email", "phone")[n % 2], (f"mail{n}@x.example", f"+49301234{n:03}")[n % 2])
    if n % 3 == 0:
        row.opt_out()
    if n % 5 == 4:
        row.mark_invalid("unknown user")


def place(cast: Cast, contact: Contact, n: int) -> None:
    db.session.add(PostalAddress(contact_id=contact.id, street=f"Street {n}", city="Berlin", country="DE"))


def affiliation(cast: Cast, contact: Contact, n: int) -> None:
    contact.affiliate(cast.firms[n % 3], role=("", "Buyer")[n % 2], since=date(2020, 1, 1 + n % 28), primary=not n % 2)


def tag(cast: Cast, contact: Contact, n: int) -> None:
    contact.tags = list({*contact.tags, *tags_named([f"tag{n}"])})


def consent(cast: Cast, contact: Contact, n: int) -> None:
    say = (ledger.grant, ledger.withdraw, ledger.refuse)[n % 3]
    say(contact, ("marketing", "feedback")[n % 2], ("email", "any", "phone")[n % 3], wording=f"Wording {n}", at=clock.now() - timedelta(days=n))


def question(cast: Cast, contact: Contact, n: int) -> None:
    entry = timeline.record("call.logged", contact, channel="phone", direction="inbound", subject=f"Asked about {n}")
    request = asking.plan(contact, cast.survey, entry)
    if n % 2:
        answering.answer(request, n % 11, f"visitor{n}", "de", f"Comment {n}")


def relation(cast: Cast, contact: Contact, n: int) -> None:
    one, other = contact, cast.friends[n % 2]
    kind = ("recommended_by", "friend", "family")[n % 3]
    if kind != "recommended_by":
        one, other = sorted((one, other), key=lambda each: each.id)
    known = (Relation.from_contact_id == one.id, Relation.to_contact_id == other.id, Relation.kind == kind)
    if db.session.scalar(select(Relation.id).where(*known)) is None:
        db.session.add(Relation(kind=kind, from_contact_id=one.id, to_contact_id=other.id, note=("", f"Note {n}")[n % 2]))
        db.session.flush()


def file(cast: Cast, contact: Contact, n: int) -> None:
    db.session.add(File(contact_id=contact.id, filename=f"{n}.pdf", content_type="application/pdf", size=n, blob="0" * 64))


def delivery(cast: Cast, contact: Contact, n: int) -> None:
    count = db.session.scalar(select(func.count()).select_from(Delivery))
    db.session.add(Delivery(recipients=f"r{n}@x.example", message_id=f"<{count}@firm.example>", blob="0" * 64, contact_id=contact.id))
    db.session.flush()


def change(cast: Cast, contact: Contact, n: int) -> None:
    note(db.session, [Change("industry", f"old {n}", f"new {n}", contact_id=contact.id)])


def submission(cast: Cast, contact: Contact, n: int) -> None:
    count = db.session.scalar(select(func.count()).select_from(FormSubmission))
    db.session.add(FormSubmission(form_id=cast.form.id, once=f"once {count}", state="taken", answers={"message": f"Message {n}"}, contact_id=contact.id))
    db.session.flush()


BUILDERS = {each.__name__: each for each in (
    interaction, conversation, task, address, place, affiliation, tag, consent, question, relation, file, delivery, change, submission)}


def between(one: Contact, other: Contact, kind: str) -> None:
    first, second = sorted((one, other), key=lambda each: each.id)
    db.session.add(Relation(kind=kind, from_contact_id=first.id, to_contact_id=second.id))


# — work: done to the survivor, and to what was the other's, wherever it stands now —


def _of(model: Any, ids: dict[str, list[int]], n: int) -> Any:
    known = ids[model.__tablename__]
    return db.session.get_one(model, known[n % len(known)]) if known else None


def log_call(cast, survivor, ids, n):
    timeline.record("call.logged", survivor, channel="phone", direction="inbound", subject=f"Work {n}")


def complete_task(cast, survivor, ids, n):
    if row := _of(Task, ids, n):
        row.complete(cast.staff)


def end_address(cast, survivor, ids, n):
    for ident in ids["secondary"][:n]:
        db.session.get_one(Address, ident).end()


def bounce(cast, survivor, ids, n):
    if row := _of(Address, ids, n):
        row.mark_invalid(f"bounced {n}")


def rename(cast, survivor, ids, n):
    survivor.first_name = f"Renamed {n}"


def write_notes(cast, survivor, ids, n):
    survivor.notes = f"Written since {n}"


def own_field(cast, survivor, ids, n):
    survivor.custom = {**survivor.custom, f"since{n}": n}


def new_address(cast, survivor, ids, n):
    survivor.add_address("handle", f"since{n}")


def new_tag(cast, survivor, ids, n):
    survivor.tags = [*survivor.tags, *(each for each in tags_named([f"since{n}"]) if each not in survivor.tags)]


def correct_entry(cast, survivor, ids, n):
    if row := _of(Interaction, ids, n):
        timeline.correct(row, cast.staff, subject=f"Corrected {n}")


def mail_arrives(cast, survivor, ids, n):
    if row := _of(Conversation, ids, n):
        timeline.record("mail.received", row.contact, channel="email", direction="inbound", about=("conversation", row.id), subject=f"Mail {n}")


def resolve(cast, survivor, ids, n):
    if row := _of(Conversation, ids, n):
        row.resolve(cast.staff)


def promise_in_conversation(cast, survivor, ids, n):
    if row := _of(Conversation, ids, n):
        Task.create(f"Promised {n}", cast.staff, whole_day(clock.today(), "UTC"), contact=row.contact, about=("conversation", row.id))


def customer_answers(cast, survivor, ids, n):
    if (row := _of(FeedbackRequest, ids, n)) and answering.counted(row) is None:
        answering.answer(row, n % 11, f"late{n}", "de", f"Late {n}")


def agree(cast, survivor, ids, n):
    ledger.grant(survivor, "service", "letter", wording=f"Since {n}")


WORK = {each.__name__: each for each in (
    log_call, complete_task, end_address, bounce, rename, write_notes, own_field, new_address, new_tag, correct_entry, mail_arrives, resolve,
    promise_in_conversation, customer_answers, agree)}


def belongings(contact_id: int, survivor_id: int) -> dict[str, list[int]]:
    """The ids of what a contact has, for work that is done on it later. An address that both have is one while they are merged: whose it is then,
    nobody can tell."""
    models = (Task, Interaction, Conversation, FeedbackRequest)
    found = {model.__tablename__: list(db.session.scalars(select(model.id).where(model.contact_id == contact_id).order_by(model.id))) for model in models}
    known = set(db.session.scalars(select(Address.normalised).where(Address.contact_id == survivor_id)))
    own = [one for one in db.session.scalars(select(Address).where(Address.contact_id == contact_id).order_by(Address.id)) if one.normalised not in known]
    return found | {"addresses": [one.id for one in own], "secondary": [one.id for one in own if not one.primary]}


# — what the database holds —


def marks() -> dict[str, int]:
    return {name: db.session.scalar(select(func.max(table.c.id))) or 0 for name, table in db.metadata.tables.items() if "id" in table.c}


def holds(before: dict[str, int]) -> dict[str, Counter]:
    """Every row of every table. Rows that came after `before` are known by what they say, not by their numbers."""
    found: dict[str, Counter] = {}
    for name, table in db.metadata.tables.items():
        if name not in UNCOMPARED:
            rows = db.session.execute(select(table)).mappings().all()
            found[name] = Counter(_said(table, row, before) for row in rows if not _about_merging(name, row, before))
    return found


def _about_merging(name: str, row: Any, before: dict[str, int]) -> bool:
    if name == "interactions":
        return row["kind"] in ("contact.merged", "interaction.retracted")
    return name == "field_changes" and row["id"] > before[name] and row["record"] == "contact"


def _said(table: Any, row: Any, before: dict[str, int]) -> tuple:
    said = []
    for column in table.columns:
        value = encoded(row[column.name])
        if column.name == "id" or column.name in ("about_id", "record_id"):
            limit = before.get(name_of_table(table, row, column), 0)
        else:
            limit = next((before[key.column.table.name] for key in column.foreign_keys if key.column.table.name in before), None)
        if limit is not None and isinstance(value, int) and value > limit:
            value = "new"
        if column.name == "updated_at" and table.name in ("contacts", "organisations"):
            value = None
        said.append((column.name, json.dumps(value, sort_keys=True) if isinstance(value, dict) else repr(value)))
    return tuple(said)


def name_of_table(table: Any, row: Any, column: Any) -> str:
    from crm.merging.rules import ABOUT

    if column.name == "id":
        return table.name
    return ABOUT.get(row["about_type" if column.name == "about_id" else "record"] or "", "contacts")


def differences(one: dict[str, Counter], other: dict[str, Counter]) -> dict[str, Any]:
    return {name: (sorted((one[name] - other[name]).elements()), sorted((other[name] - one[name]).elements())) for name in one if one[name] != other[name]}


def told(found: dict[str, Any]) -> str:
    """Only the columns in which rows differ."""
    lines = []
    for name, (missing, extra) in found.items():
        for one, other in zip_longest(missing, extra, fillvalue=()):
            lines.append(f"{name}: never merged {dict(set(one) - set(other))} | undone {dict(set(other) - set(one))}")
    return "\n".join(lines)


@contextmanager
def fork():
    """What happens inside is gone afterwards. Inside the transaction of the test."""
    db.session.remove()
    savepoint = db.engine.begin_nested()
    try:
        yield
    finally:
        db.session.remove()
        savepoint.rollback()
