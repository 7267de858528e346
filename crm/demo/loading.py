"""`crm demo load`: the office of about 600 contacts, or as many as one wants to measure with."""

from __future__ import annotations

import random
from collections import defaultdict
from contextlib import nullcontext
from datetime import datetime, timedelta

from sqlalchemy import select, update

from crm import clock, defaults
from crm.accounts.models import Department, User
from crm.accounts.passwords import hash_password
from crm.accounts.preferences import set_preference
from crm.consent.models import Consent
from crm.contacts.models import Address, Contact, Tag
from crm.demo import content, people, today
from crm.demo.history import History
from crm.demo.office import Office, Person
from crm.demo.tables import Tables, without_indexes
from crm.demo.threads import Threads
from crm.extensions import db
from crm.feedback.models import FeedbackRule, Survey
from crm.folding import fold
from crm.inbox.models import Conversation, Mailbox, Message
from crm.search import rebuilding as search
from crm.segments import jobs as segments
from crm.timeline import rebuilding as statistics
from crm.timeline.models import Interaction
from crm.touchpoints.models import Touchpoint

PASSWORD = "espresso-2026"  # noqa: S105 — of every member of staff in the demo office, printed when it is loaded
DOMAIN = "nordlicht.example"
LARGE = 100_000  # interactions from which the data is for measuring: somebody in it has 2,000
LONG = (Contact, Address, Interaction, Conversation, Message)


def load(contacts: int = 600, interactions: int = 9000, seed: int = 2026) -> str:
    """Fill an empty database and commit. Returns the administrator's mail address; the password is PASSWORD."""
    rng, now = random.Random(seed), clock.now()  # noqa: S311 — reproducible, not secret
    defaults.prepare()
    staff, departments = _staff(), {d.key: d for d in db.session.scalars(select(Department))}
    _settings(departments, staff)
    administrator = staff["management"][0].email
    tables = Tables()
    office = Office(tables, rng, now, staff, departments, _tags())
    history = _history(tables, rng, now, staff, departments)
    office.add_organisations(max(12, min(contacts // 15, 4000)))
    with without_indexes(*LONG) if interactions >= LARGE else nullcontext():
        known = today.add_known_customer(tables, history, office)
        everybody = _people(office, history, contacts - 1, interactions)
        today.fill(tables, history, [known, *everybody[:400]], staff)
        tables.settle()
    statistics.rebuild()
    search.rebuild()
    segments.count_all()
    db.session.commit()
    return administrator


def _people(office: Office, history: History, contacts: int, interactions: int) -> list[Person]:
    """Everybody with their history; a few have very long ones, as in life."""
    rng, made = office.rng, []
    average = interactions / max(contacts, 1)
    for number in range(contacts):
        person = office.add_person(number)
        entries = 2000 if number == 7 and interactions >= LARGE else max(1, int(rng.expovariate(1 / average)))
        history.write(person, entries)
        _consent(office, person)
        made.append(person)
        office.tables.flush_when_full()
    return made


def _consent(office: Office, person: Person) -> None:
    if office.rng.random() < 0.55:
        wording = "I would like to receive the newsletter." if person.language == "en" else "Ich möchte den Newsletter erhalten."
        office.tables.add(Consent, contact_id=person.id, purpose="marketing", channel="email", state="granted", wording=wording, source="form", at=person.since)


def _staff() -> dict[str, list[User]]:
    """The seven members of staff, by department."""
    departments = {d.key: d for d in db.session.scalars(select(Department))}
    hashed = hash_password(PASSWORD)
    found: dict[str, list[User]] = defaultdict(list)
    for name, department, role, locale in people.STAFF:
        email = f"{fold(name.split()[0])}@{DOMAIN}"
        user = User(email=email, name=name, role=role, locale=locale, department=departments[department], password_hash=hashed)
        db.session.add(user)
        found[department].append(user)
    db.session.flush()
    return found


def _settings(departments: dict[str, Department], staff: dict[str, list[User]]) -> None:
    set_preference("firm_name", content.FIRM)
    set_preference("undo_seconds", 5)
    db.session.execute(update(FeedbackRule).values(delay_minutes=0))  # a visitor wants to see the question leave
    mailbox = _mailbox()
    mailbox.name, mailbox.address, mailbox.department_id = content.FIRM, f"service@{DOMAIN}", departments["service"].id
    mailbox.signature = f"{content.FIRM} · Service\nSpeicherstadt 12, 20457 Hamburg"
    leads = {key: users[0].id for key, users in staff.items()}
    for touchpoint in db.session.scalars(select(Touchpoint)):
        touchpoint.owner_id = leads.get(touchpoint.department.key) if touchpoint.department else None
    db.session.flush()


def _mailbox() -> Mailbox:
    return db.session.scalars(select(Mailbox).where(Mailbox.is_default)).one()


def _tags() -> list[int]:
    tags = [Tag(name=name, folded=fold(name)) for name in people.TAGS]
    db.session.add_all(tags)
    db.session.flush()
    return [tag.id for tag in tags]


def _history(tables: Tables, rng: random.Random, now: datetime, staff: dict[str, list[User]], departments: dict[str, Department]) -> History:
    touchpoints = dict(db.session.execute(select(Touchpoint.key, Touchpoint.id)).all())
    surveys = {survey.key: survey for survey in db.session.scalars(select(Survey))}
    threads = Threads(tables, rng, now - timedelta(minutes=5), _mailbox(), surveys)
    return History(tables, rng, now, staff, departments, touchpoints, threads)
