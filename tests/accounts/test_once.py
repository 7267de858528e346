"""A form that is sent twice makes one thing, and leads to the same page both times."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from crm.accounts import jobs
from crm.accounts.models import Department, SentForm, User
from crm.contacts.models import Affiliation, Contact, Organisation
from crm.feedback.models import FeedbackRule
from crm.inbox.models import Conversation, Mailbox, Message
from crm.segments.models import Segment
from crm.tasks.models import Task
from crm.timeline.models import Interaction
from crm.touchpoints.models import Touchpoint
from tests.inbox.conftest import mail

RULE = {"root": "r", "r.kind": "all", "r.0.kind": "field"}
# The page that holds the form, its address, what is filled in, what it makes.
FORMS = [
    ("/contacts/new", "/contacts", {"last_name": "Neu"}, Contact),
    ("/organisations/new", "/organisations", {"name": "Neu GmbH"}, Organisation),
    ("/organisations/1", "/organisations/1/people", {"person": "klara@kunde.example"}, Affiliation),
    ("/contacts/1/affiliations", "/contacts/1/affiliations", {"organisation": "Ganz neu AG"}, Affiliation),
    ("/contacts/1", "/contacts/1/interactions", {"body": "Angerufen"}, Interaction),
    ("/log?contact=1", "/contacts/1/interactions", {"body": "Angerufen"}, Interaction),
    ("/tasks", "/tasks", {"title": "Anrufen morgen"}, Task),
    ("/tasks/new", "/tasks/new", {"title": "Anrufen"}, Task),
    ("/inbox/new", "/inbox", {"address": "neu@kunde.example", "subject": "Angebot", "body": "Guten Tag"}, Conversation),
    ("/inbox/1", "/inbox/1/messages", {"kind": "note", "body": "Nur für uns"}, Message),
    ("/settings/mailboxes/new", "/settings/mailboxes", {"name": "Verkauf", "address": "verkauf@firm.example"}, Mailbox),
    ("/touchpoints/new", "/touchpoints", {"name": "Messe"}, Touchpoint),
    ("/feedback/rules/new", "/feedback/rules/new", {}, FeedbackRule),
    ("/settings/users/new", "/settings/users/new", {"name": "Neu", "email": "neu@firm.example"}, User),
    ("/settings/departments", "/settings/departments", {"name": "Versand"}, Department),
    ("/segments/new?starter=unhappy-spoken", "/segments", {"name": "Kunden"}, Segment),
]


@pytest.fixture
def office(app, db, browse, admin):
    """An administrator's browser, a customer with a conversation, a firm."""
    from crm.inbox import intake, spool

    app.extensions["prepare"]()
    intake.take(mail(), spool.Envelope("klara@kunde.example", ("service@firm.example",)))
    db.session.add(Organisation(name="Kunde GmbH", sort_name="kunde"))
    db.session.commit()
    return browse(admin)


def at(path: str, db) -> str:
    """The ids of this run instead of 1."""
    for part, model in (("contacts", Contact), ("contact=", Contact), ("organisations", Organisation), ("inbox", Conversation)):
        joint = "" if part.endswith("=") else "/"
        path = path.replace(f"{part}{joint}1", f"{part}{joint}{db.session.scalar(select(func.max(model.id)))}")
    return path


def filled(client, page: str, action: str, given: dict[str, str]) -> dict[str, str]:
    """What the browser would send: the form as the page gives it, with what is filled in."""
    (form,) = [one for one in html.fromstring(client.get(page).text).forms if re.fullmatch(re.escape(action) + r"(\?.*)?", one.get("action"))]
    buttons = {one.get("name") for one in form.xpath(".//button[@name]")}
    values = {name: value for name, value in form.form_values() if name not in buttons}
    return values | given


def count(db, model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize(("page", "action", "given", "model"), FORMS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_form_sent_twice_makes_one_thing_and_leads_to_the_same_page(office, db, page, action, given, model):
    page, action = at(page, db), at(action, db)
    form, before = filled(office, page, action, given), count(db, model)
    assert form["once"]
    first = office.post(action, data=form, headers={"Referer": f"http://localhost{page}"})
    assert first.status_code == 303, first.text
    made = count(db, model)
    again = office.post(action, data=form, headers={"Referer": f"http://localhost{page}"})
    assert made > before
    assert count(db, model) == made
    assert (again.status_code, again.location.split("?")[0]) == (303, first.location.split("?")[0])


def test_whoever_goes_back_and_writes_something_else_is_not_taken_for_a_second_click(office, db):
    page, action = at("/contacts/1", db), at("/contacts/1/interactions", db)
    form, before = filled(office, page, action, {"body": "Angerufen"}), count(db, Interaction)
    office.post(action, data=form)
    office.post(action, data=form | {"body": "Noch einmal angerufen"})
    assert count(db, Interaction) == before + 2


def test_what_was_refused_can_be_sent_again(office, db):
    form = filled(office, "/tasks/new", "/tasks/new", {"title": "Anrufen", "due": "irgendwann vielleicht"})
    assert [office.post("/tasks/new", data=form).status_code for _ in range(2)] == [422, 422]
    assert count(db, SentForm) == 0
    assert office.post("/tasks/new", data=form | {"due": ""}).status_code == 303


def test_the_same_form_of_somebody_else_is_another_one(office, db, client):
    form = filled(office, "/tasks/new", "/tasks/new", {"title": "Anrufen"})
    for browser in (office, client):
        assert browser.post("/tasks/new", data=form).status_code == 303
    assert count(db, Task) == 2


def test_to_htmx_the_second_click_is_answered_with_the_page_the_first_led_to(office, db):
    page, action = at("/contacts/1", db), at("/contacts/1/interactions", db)
    form = filled(office, page, action, {"body": "Angerufen"})
    office.post(action, data=form, headers={"HX-Request": "true"})
    again = office.post(action, data=form, headers={"HX-Request": "true"})
    assert (again.status_code, again.headers["HX-Redirect"]) == (204, page)


def test_what_was_sent_is_forgotten_after_some_days(office, db, clock):
    office.post("/tasks/new", data=filled(office, "/tasks/new", "/tasks/new", {"title": "Anrufen"}))
    jobs.forget_forms()
    assert count(db, SentForm) == 1
    clock.advance(days=jobs.SENT_AGAIN_WITHIN / timedelta(days=1) + 1)
    jobs.forget_forms()
    assert count(db, SentForm) == 0
