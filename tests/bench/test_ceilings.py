"""However much there is, a page asks the database as often as with a single row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm import clock, defaults
from crm.contacts.models import Address, Contact, Organisation, Tag
from crm.extensions import db
from crm.feedback.models import Answer, FeedbackRequest, Survey
from crm.inbox.models import Conversation
from crm.outbox.models import Delivery
from crm.segments.models import Segment
from crm.tasks.models import Task
from crm.timeline.models import Interaction

FEW, MANY = 3, 45
# page → the most statements it may take, sign-in included. Raise a number only with a reason.
CEILINGS = {
    "/": 11,  # birthdays, promised times that run out
    "/contacts": 6,
    "/contacts?sort=-last_in": 7,
    "/contacts?q=kunde": 8,
    "/contacts/{contact}": 10,
    "/contacts/{contact}?channel=phone": 10,
    "/organisations": 7,
    "/organisations/{organisation}": 8,  # postal addresses, its group
    "/inbox": 7,  # three are remembered in real life: counts, pulse, saved lists
    "/inbox?view=unassigned": 7,
    "/inbox/{conversation}": 15,  # six are remembered in real life
    "/tasks": 4,
    "/tasks?view=missing": 4,
    "/feedback": 6,
    "/feedback/requests": 3,
    "/segments": 3,
    "/touchpoints": 4,
    "/outbox": 7,  # what is wrong at present, four short questions
    "/search?q=kunde": 4,
}


@pytest.fixture
def office(app, admin):
    """office(n) adds n people, each with all that lists show of one."""
    defaults.prepare()
    survey = db.session.scalars(select(Survey)).first()

    def add(number: int) -> dict[str, int]:
        for _ in range(number):
            contact = person(admin)
            conversation = happened(contact, admin, survey)
        db.session.commit()
        return {"contact": contact.id, "organisation": contact.organisation.id, "conversation": conversation.id}

    return add


def person(agent) -> Contact:
    number = len(db.session.scalars(select(Contact.id)).all())
    firm = Organisation(name=f"Firma {number}", sort_name=f"firma {number}")
    contact = Contact(first_name="Klara", last_name=f"Kunde {number}", lifecycle="customer", organisation=firm, owner=agent, last_interaction_at=clock.now() - timedelta(days=100 + number))
    contact.addresses = [Address(kind="email", value=f"klara{number}@kunde.example", normalised=f"klara{number}@kunde.example", primary=True)]
    contact.tags = [Tag(name=f"Tag {number}", folded=f"tag {number}")]
    db.session.add(contact)
    db.session.flush()
    return contact


def happened(contact: Contact, agent, survey: Survey) -> Conversation:
    now = clock.now()
    conversation = Conversation(contact=contact, subject="Anschluss", last_message_at=now, waiting_since=now)
    db.session.add(conversation)
    conversation.add("inbound", text="Guten Tag", reply_text="Guten Tag", from_name="Klara", from_address="klara@kunde.example")
    conversation.add("outbound", text="Danke", reply_text="Danke", author=agent)
    entry = Interaction(contact_id=contact.id, organisation_id=contact.organisation_id, kind="call.logged", channel="phone", direction="inbound", staff_id=agent.id, happened_at=now, logged_at=now)
    request = FeedbackRequest(contact_id=contact.id, survey_id=survey.id, state="answered", staff_id=agent.id)
    db.session.add_all([entry, request, Task(title="Anrufen", due_at=now - timedelta(days=1), assignee_id=agent.id, contact_id=contact.id),
                        Segment(name=f"Segment {contact.id}", rule={"all": []}), Delivery(recipient="k@kunde.example", recipients="k@kunde.example", subject="Danke", message_id=f"{contact.id}@firm.example", blob="0" * 64)])
    db.session.flush()
    db.session.add(Answer(request_id=request.id, contact_id=contact.id, survey_id=survey.id, survey_type=survey.type, score=1, comment="Nein", staff_id=agent.id))
    return conversation


@pytest.fixture
def asked(browse, admin, statements):
    """asked(path) → the statements of a second look: what is worked out once is not a page's."""
    client = browse(admin)

    def count(path: str) -> int:
        assert client.get(path).status_code == 200, path
        with statements() as seen:
            client.get(path)
        return len(seen)

    return count


def test_no_page_asks_more_often_when_there_is_more(asked, office):
    known = office(FEW)
    few = {path: asked(path.format(**known)) for path in CEILINGS}
    known = office(MANY)
    many = {path: asked(path.format(**known)) for path in CEILINGS}
    grown = {path: (few[path], many[path]) for path in CEILINGS if many[path] > few[path]}
    assert grown == {}


def test_every_page_stays_under_its_ceiling(asked, office):
    known = office(FEW)
    above = {path: taken for path in CEILINGS if (taken := asked(path.format(**known))) > CEILINGS[path]}
    assert above == {}


def test_a_statement_more_for_each_row_would_be_seen(office, statements):
    office(FEW)
    with statements() as seen:
        for contact in db.session.scalars(select(Contact)):
            _ = contact.tags
    assert len(seen) == FEW + 1
