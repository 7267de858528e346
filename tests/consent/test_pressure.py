from crm import timeline
from crm.contacts.creating import create_contact
from crm.extensions import db
from crm.timeline.pressure import pressure


def test_surveys_and_campaigns_draw_on_one_budget_that_comes_back(app, clock):
    anna = create_contact(first_name="Anna")
    db.session.flush()
    for kind in ("feedback.requested", "campaign.sent", "mail.sent"):
        timeline.record(kind, anna, channel="email", direction="outbound")
    assert pressure(anna.id) == (2, 3, 30)
    assert pressure(anna.id).has_room
    assert not pressure(anna.id, limit=2).has_room
    clock.advance(days=31)
    assert pressure(anna.id).spent == 0
