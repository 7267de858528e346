"""`crm demo load`: the office of about 600 contacts, or as many as one wants to measure with."""

from __future__ import annotations

import random
from contextlib import nullcontext

from crm import clock, defaults, planning, queue
from crm.consent.models import Consent
from crm.contacts.models import Address, Affiliation, Contact, Organisation, PostalAddress, contact_tags
from crm.demo import crowd, desk, doubles, service_levels, tables, today, websites
from crm.demo.crowd import Plan
from crm.demo.firm import Firm, establish
from crm.demo.history import History
from crm.demo.hurrying import bare, hurried
from crm.demo.office import Office
from crm.demo.tables import Tables
from crm.extensions import db
from crm.feedback.models import Answer, FeedbackRequest
from crm.inbox.models import Conversation, Message
from crm.search import rebuilding as search
from crm.segments import jobs as segments
from crm.segments.models import Segment
from crm.tasks.models import Task
from crm.timeline import rebuilding as statistics
from crm.timeline.models import Interaction

LARGE = 100_000  # interactions from which the data is for measuring: somebody in it has 2,000
MODELS = (Organisation, Contact, Address, Affiliation, PostalAddress, Consent, Interaction, Conversation, Message, FeedbackRequest, Answer, Task, Segment)
TABLES = (*(model.__table__ for model in MODELS), contact_tags)


def load(contacts: int = 600, interactions: int = 9000, seed: int = 2026) -> str:
    """Fill an empty database and commit. Returns the administrator's mail address; every password is firm.PASSWORD."""
    large = interactions >= LARGE
    defaults.prepare()
    firm, administrator = establish(clock.now())
    with hurried() if large else nullcontext():
        with bare(TABLES) if large else nullcontext():
            _fill(Plan(seed, contacts, interactions, crowd.LONGEST if large else None), firm)
        if large:
            planning.measure()
        else:
            websites.add_form(firm.now)
            service_levels.promise()
            desk.lay_out()
            doubles.come_again()
            queue.soon("duplicates.scan")
        statistics.rebuild()
        search.rebuild()
        segments.count_all()
        db.session.commit()
    return administrator


def _fill(plan: Plan, firm: Firm) -> None:
    """The first thousand here, with everything that waits today; the others wherever there is a processor."""
    rng, first = random.Random(plan.seed), Tables(tables.begins(MODELS))  # noqa: S311 — reproducible, not secret
    dialect = db.session.get_bind().dialect.name
    office, history = Office(first, rng, firm), History(first, rng, firm)
    office.add_organisations(max(12, min(plan.contacts // 15, 4000)))
    known = today.add_known_customer(first, history, office)
    everybody = crowd.people(plan, plan.first, office, history)
    today.fill(first, history, [known, *everybody[:400]])
    tables.write(first.batches(dialect))
    if plan.rest:
        for batches in crowd.batches(crowd.Making(plan, firm, office.organisations, dialect), first):
            tables.write(batches)
    tables.settle(first.begins)
