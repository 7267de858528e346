"""People with histories, and `members(rule)`: the first names of those whom a rule picks."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from crm import clock as clock_module
from crm.contacts.models import Contact
from crm.extensions import db
from crm.feedback.models import Answer, FeedbackRequest, Survey
from crm.inbox.models import Conversation
from crm.segments.compiling import matching
from crm.segments.rules import parse
from crm.timeline.models import Interaction
from crm.touchpoints.models import Touchpoint

JOURNEY = {
    "all": [
        {"field": "lifecycle", "is": "customer"},
        {"history": "answers", "where": {"survey": "nps", "score": {"at_most": 6}}, "within_days": 30, "at_least": 1},
        {"history": "interactions", "where": {"channel": "phone"}, "at_least": 1},
    ]
}
NUMBERS = count(1)


class Past:
    """What happened with people, `days` ago."""

    def interaction(self, contact, days=1, channel="phone", kind="call.logged", direction="inbound", **fields):
        return self.save(Interaction(contact=contact, kind=kind, channel=channel, direction=direction,
                                     happened_at=clock_module.now() - timedelta(days=days), **fields))

    def purchase(self, contact, amount, days=1):
        return self.interaction(contact, days, "web", "purchase.made", amount=amount)

    def answer(self, contact, score, type="nps", days=1, **fields):
        survey = self.save(Survey(key=f"survey{next(NUMBERS)}", name="S", type=type))
        request = self.save(FeedbackRequest(contact=contact, survey=survey))
        return self.save(Answer(request=request, survey=survey, survey_type=type, contact_id=contact.id, score=score,
                                answered_at=clock_module.now() - timedelta(days=days), **fields))

    def conversation(self, contact, status="open", days=1, hours=None, **fields):
        created = clock_module.now() - timedelta(days=days)
        resolved = created + timedelta(hours=hours) if hours is not None else None
        return self.save(Conversation(contact=contact, status=status, created_at=created, resolved_at=resolved, **fields))

    def touchpoint(self, key):
        return self.save(Touchpoint(key=key, name=key.title(), phase="during", channel="phone"))

    def save(self, row):
        db.session.add(row)
        db.session.commit()
        return row


@pytest.fixture
def past(app):
    return Past()


@pytest.fixture
def members(app):
    def names(rule):
        query = select(Contact.first_name).where(Contact.id.in_(matching(parse(rule))))
        return sorted(db.session.scalars(query))

    return names
