"""What every form does with what is typed."""

from __future__ import annotations

import re

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField

from crm import fields
from tests.stored import our_rules


class Sample(Form):
    name = fields.text("Name", 5)
    notes = fields.long_text("Notes", 100)
    owner = SelectField("Owner", coerce=fields.ident, choices=fields.options([(7, "Anna")], empty="nobody"))


def filled(**values: str) -> Sample:
    form = Sample(MultiDict({"owner": "", **values}))
    form.validate()
    return form


@pytest.mark.parametrize(("typed", "kept"), [("  A   B ", "A B"), ("A\nB", "A B"), ("", "")])
def test_a_line_loses_what_nobody_meant(app, typed, kept):
    assert filled(name=typed).name.data == kept


def test_a_long_text_keeps_its_lines(app):
    assert filled(notes=" one\n\n two ").notes.data == "one\n\n two"


def test_what_is_too_long_is_refused_with_the_number_that_fits(app):
    with app.test_request_context():
        assert filled(name="123456").errors == {"name": ["Use at most 5 characters."]}


@pytest.mark.parametrize(("chosen", "ident"), [("7", 7), ("", None)])
def test_a_choice_is_an_id_or_nothing(app, chosen, ident):
    form = filled(owner=chosen)
    assert (form.owner.data, form.errors) == (ident, {})


def test_somebody_who_is_not_offered_cannot_be_chosen(app):
    with app.test_request_context():
        assert list(filled(owner="8").errors) == ["owner"]


# — numbers that no row can have ——————————————————————————————————————————————————————————————————————————

NUMBERS = (2**31, 2**63, 10**40)


@pytest.mark.parametrize("number", NUMBERS)
def test_an_address_with_a_number_too_large_leads_nowhere(app, browse, admin, number):
    browser = browse(admin)
    patterns = {rule.rule for rule in our_rules(app) if "<int:" in rule.rule and len(rule.arguments) == 1 and "GET" in rule.methods}
    assert len(patterns) > 20
    answers = {pattern: browser.get(re.sub("<.*>", str(number), pattern)).status_code for pattern in patterns}
    assert {pattern: status for pattern, status in answers.items() if status != 404} == {}


@pytest.mark.parametrize("number", [*map(str, NUMBERS), "-1", "²", "1.5", "x"])
@pytest.mark.parametrize("address", [
    "/inbox?contact={}&mailbox={}", "/inbox/changes?chosen={}", "/inbox/new?contact={}", "/contacts?organisation={}&owner={}", "/contacts/likely?contact={}&value=a@b.example",
    "/tasks/new?contact={}", "/log?contact={}", "/feedback?touchpoint={}", "/feedback/requests?contact={}",
])
def test_nonsense_in_a_filter_is_as_if_it_were_not_there(browse, admin, address, number):
    assert browse(admin).get(address.replace("{}", number)).status_code == 200


@pytest.mark.parametrize("number", [*map(str, NUMBERS), "²"])
def test_nobody_is_meant_by_a_number_too_large(client, make, number):
    from crm.inbox.models import Conversation

    case = make.save(Conversation(contact=make.contact(), subject="Lid"))
    assert client.post(f"/inbox/{case.id}/assignment", data={"assignee": number}).status_code == 404
    assert client.post(f"/contacts/{case.contact_id}/owner", data={"value": number}).status_code == 422
