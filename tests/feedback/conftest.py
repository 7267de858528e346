import re

import pytest
from sqlalchemy import select

from crm import timeline
from crm.contacts.models import Address
from crm.extensions import db
from crm.feedback.defaults import create_defaults
from crm.feedback.models import FeedbackRequest, FeedbackRule, Survey


@pytest.fixture
def surveys(app):
    create_defaults(delay=0)
    db.session.commit()
    return {survey.key: survey for survey in db.session.scalars(select(Survey))}


@pytest.fixture
def rule(surveys) -> FeedbackRule:
    return db.session.scalars(select(FeedbackRule)).one()


@pytest.fixture
def customer(make, agent):
    contact = make.contact(first_name="Klara", last_name="Kunde", lifecycle="customer", language="de", owner=agent)
    db.session.add(Address(contact=contact, kind="email", value="klara@kunde.example", normalised="klara@kunde.example", primary=True))
    db.session.commit()
    return contact


@pytest.fixture
def resolve(agent):
    """resolve(contact) → the interaction that a resolved conversation leaves, with its reactions run."""

    def run(contact, **details):
        details.setdefault("channel", "email")
        entry = timeline.record("conversation.resolved", contact, direction="internal", staff=agent, **details)
        db.session.commit()
        return entry

    return run


@pytest.fixture
def asked(surveys, customer, resolve) -> FeedbackRequest:
    """A request that was sent."""
    from crm.feedback.jobs import send_due

    resolve(customer)
    send_due()
    return db.session.scalars(select(FeedbackRequest)).one()


def nonce_in(page: str) -> str:
    return re.search(r'name="nonce" value="([^"]+)"', page)[1]


@pytest.fixture
def give(asked):
    """give(client, score) → the answer of the POST that follows a look at the page."""
    from crm.feedback import links

    path = f"/f/{links.token(asked.id)}"

    def run(client, score, **fields):
        nonce = nonce_in(client.get(path).text)
        return client.post(path, data={"score": score, "nonce": nonce, **fields})

    return run
