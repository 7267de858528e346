"""The firm of the demo office: its staff, mailbox, tags; and what those who make its history need to know of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from crm.accounts.models import Department, User
from crm.accounts.passwords import hash_password
from crm.accounts.preferences import set_preference
from crm.contacts.models import Tag
from crm.demo import content, people
from crm.extensions import db
from crm.feedback.models import FeedbackRule, Survey
from crm.folding import fold
from crm.inbox.models import Mailbox
from crm.touchpoints.models import Touchpoint

PASSWORD = "espresso-2026"  # noqa: S105 — of every member of staff in the demo office, printed when it is loaded
DOMAIN = "nordlicht.example"


class Sender(NamedTuple):
    """The mailbox everybody writes to."""

    id: int
    name: str
    address: str


@dataclass(frozen=True)
class Firm:
    """Plain values only, by the keys they are known by: other processes are handed it too."""

    now: datetime
    staff: dict[str, list[int]]  # by department, its head first
    departments: dict[str, int]
    touchpoints: dict[str, int]
    surveys: dict[str, int]
    tags: list[int]
    mailbox: Sender


def establish(now: datetime) -> tuple[Firm, str]:
    """Make the firm in a prepared, empty database; returns it and its administrator's mail address."""
    departments = {department.key: department for department in db.session.scalars(select(Department))}
    staff = _staff(departments)
    mailbox = _mailbox(departments["service"])
    _settings(staff)
    firm = Firm(
        now, {key: [user.id for user in users] for key, users in staff.items()}, {key: department.id for key, department in departments.items()},
        dict(db.session.execute(select(Touchpoint.key, Touchpoint.id)).all()), dict(db.session.execute(select(Survey.key, Survey.id)).all()),
        _tags(), Sender(mailbox.id, mailbox.name, mailbox.address),
    )
    return firm, staff["management"][0].email


def _staff(departments: dict[str, Department]) -> dict[str, list[User]]:
    """The seven members of staff, by department."""
    hashed = hash_password(PASSWORD)
    found: dict[str, list[User]] = defaultdict(list)
    for name, department, role, locale in people.STAFF:
        email = f"{fold(name.split()[0])}@{DOMAIN}"
        user = User(email=email, name=name, role=role, locale=locale, department=departments[department], password_hash=hashed)
        db.session.add(user)
        found[department].append(user)
    db.session.flush()
    return dict(found)


def _mailbox(department: Department) -> Mailbox:
    mailbox = db.session.scalars(select(Mailbox).where(Mailbox.is_default)).one()
    mailbox.name, mailbox.address, mailbox.department_id = content.FIRM, f"service@{DOMAIN}", department.id
    mailbox.signature = f"{content.FIRM} · Service\nSpeicherstadt 12, 20457 Hamburg"
    return mailbox


def _settings(staff: dict[str, list[User]]) -> None:
    set_preference("firm_name", content.FIRM)
    set_preference("undo_seconds", 5)
    db.session.execute(update(FeedbackRule).values(delay_minutes=0))  # a visitor wants to see the question leave
    leads = {key: users[0].id for key, users in staff.items()}
    for touchpoint in db.session.scalars(select(Touchpoint)):
        touchpoint.owner_id = leads.get(touchpoint.department.key) if touchpoint.department else None
    db.session.flush()


def _tags() -> list[int]:
    tags = [Tag(name=name, folded=fold(name)) for name in people.TAGS]
    db.session.add_all(tags)
    db.session.flush()
    return [tag.id for tag in tags]
