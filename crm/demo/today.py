"""What makes the demo office a present one: the known customer, mail that waits, tasks due today, segments to look at."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

from crm.contacts.models import Address, Affiliation, Contact
from crm.contacts.naming import display_name, sort_name
from crm.contacts.phonetics import sound_of_name
from crm.demo import content
from crm.demo.history import History
from crm.demo.office import Office, Person
from crm.demo.tables import Tables
from crm.segments.models import Segment
from crm.tasks.models import Task

SEGMENTS = (
    ("Unzufrieden und gesprochen", "NPS von 6 oder weniger in 30 Tagen und mindestens ein Telefonat", {"all": [
        {"history": "answers", "where": {"survey": "nps"}, "within_days": 30, "measure": "min", "of": "score", "at_most": 6},
        {"history": "interactions", "where": {"channel": "phone"}, "measure": "count", "at_least": 1}]}),
    ("Stammkunden mit Kauf im letzten Jahr", "Kunden, die in zwölf Monaten mindestens zweimal gekauft haben", {"all": [
        {"field": "lifecycle", "is": "customer"}, {"history": "purchases", "within_days": 365, "measure": "count", "at_least": 2}]}),
    ("Lange nichts gehört", "Kunden ohne jeden Kontakt seit 180 Tagen", {"all": [
        {"field": "lifecycle", "is": "customer"}, {"none": [{"history": "interactions", "within_days": 180, "measure": "count", "at_least": 1}]}]}),
)
WAITING = (("open", 8, False, False), ("open", 7, True, False), ("open", 4, True, True), ("waiting", 9, True, True), ("snoozed", 4, True, True))


def add_known_customer(tables: Tables, history: History, office: Office) -> Person:
    """Margarete Sommer, customer since 2006, who writes from two addresses."""
    since = office.now - timedelta(days=700)
    organisation = next(o for o in office.organisations if o[1].startswith("kanzlei-sommer"))
    owner = office.sellers[0]
    ident = tables.add(
        Contact, first_name="Margarete", last_name="Sommer", title="Dr.", salutation="ms", language="de", lifecycle="customer", customer_since=date(2006, 5, 2),
        organisation_id=organisation[0], owner_id=owner, display_name=display_name("Dr.", "Margarete", "Sommer"), sort_name=sort_name("Margarete", "Sommer"),
        sound=sound_of_name("Margarete", "Sommer"),
        created_at=since, updated_at=since,
    )
    for place, email in enumerate(("margarete.sommer@post.example", f"m.sommer@{organisation[1]}")):
        tables.add(Address, contact_id=ident, kind="email", value=email, normalised=email, type="work" if place else "home", primary=place == 0, created_at=since)
    tables.add(Address, contact_id=ident, kind="phone", value="040 3344 5566", normalised="+494033445566", reversed_digits="665544330494"[:12], type="work", primary=True, created_at=since)
    tables.add(Affiliation, contact_id=ident, organisation_id=organisation[0], role="Inhaberin", primary=True, valid_from=date(2006, 5, 2))
    tables.add(Address, contact_id=ident, kind="customer_number", value="K-10042", normalised="K-10042", primary=True, created_at=since)
    person = Person(ident, "Margarete", "Sommer", "margarete.sommer@post.example", "de", organisation[0], "customer", since, owner)
    history.write(person, 38, until=office.now - timedelta(days=45))  # whom a visitor may ask: no cool-down, room in the budget
    return person


def fill(tables: Tables, history: History, people: list[Person]) -> None:
    """Open conversations, tasks and segments."""
    _conversations(history, people)
    _tasks(tables, history, people)
    for name, description, rule in SEGMENTS:
        tables.add(Segment, name=name, description=description, rule=rule, created_by_id=history.people["marketing"][0], created_at=history.now, updated_at=history.now)


def _conversations(history: History, people: list[Person]) -> None:
    number = 0
    for status, count, assigned, answered in WAITING:
        for _ in range(count):
            hours = (0.2, 0.7, 1.5, 3, 5, 20, 26, 44)[number % 8] + number / 5
            person = people[(number * 17 + 3) % len(people)]
            history.threads.unresolved(history, person, status, history.now - timedelta(hours=hours), assigned=assigned, answered=answered)
            number += 1
    for index, (subject, text) in enumerate(content.SPAM):
        ident = history.threads.unresolved(history, people[50 + index], "spam", history.now - timedelta(hours=7 + index), assigned=False, answered=False)
        row = next(row for row in reversed(history.tables.rows["conversations"]) if row["id"] == ident)
        row.update(subject=subject, preview=text)


def _tasks(tables: Tables, history: History, people: list[Person]) -> None:
    """Overdue, today, this week, later and done ones, for everybody."""
    users = [user for group in history.people.values() for user in group]
    for number in range(90):
        person, rng = people[(number * 29 + 11) % len(people)], history.rng
        days = (-2, -1, 0, 0, 0, 1, 2, 3, 6, 12, 30)[number % 11] if number < 44 else -rng.randint(3, 200)
        due = end_of_day(history.now, days)
        done = due - timedelta(hours=rng.randint(1, 60)) if number >= 44 else None
        title = rng.choice(content.TASKS_EN if person.language == "en" else content.TASKS_DE)
        assignee = users[number % len(users)]
        tables.add(Task, title=title, due_at=due, assignee_id=assignee, created_by_id=assignee, contact_id=person.id, created_at=min(due, history.now) - timedelta(days=9),
                   updated_at=history.now, done_at=done, done_by_id=assignee if done else None)


def end_of_day(now: datetime, days: int) -> datetime:
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    day = now.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(0), zone) - timedelta(seconds=1)
