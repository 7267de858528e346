"""What belongs to somebody else does not exist: not by its number, not by its words, not through any list."""

from __future__ import annotations

import csv
import io
import re

import pytest

from crm import timeline
from crm.accounts.models import ApiToken, UndoStep, UserSession
from crm.contacts.exporting import harmless
from crm.contacts.models import Organisation
from crm.extensions import db
from crm.inbox import intake
from crm.inbox.spool import Envelope
from crm.segments.models import Segment
from tests.inbox.conftest import mail, mailbox  # noqa: F401 — a fixture

SECRET = "Rosenkohlallergie"  # what is searched for
HIDDEN = "Vertraulichkeit"  # what stands beside it


@pytest.fixture
def contact(make):
    return make.contact("Klara", "Kunde", organisation=make.save(Organisation(name="Beispiel GmbH")), lifecycle="customer")


@pytest.fixture
def note(contact, agent):
    """A private note of the agent's."""
    entry = timeline.record("note.added", contact, channel="other", direction="internal", staff=agent, subject=f"{SECRET} {HIDDEN}", body=f"{SECRET} {HIDDEN}", visibility="private")
    db.session.commit()
    return entry


@pytest.fixture
def conversation(contact, mailbox):  # noqa: F811
    contact.add_address("email", "klara@kunde.example")
    db.session.commit()
    return intake.take(mail(), Envelope("klara@kunde.example", ())).ident


def places(contact, note, conversation) -> list[str]:
    return [
        "/", f"/contacts/{contact.id}", f"/contacts/{contact.id}/timeline", f"/contacts/{contact.id}/timeline?q={SECRET}", f"/organisations/{contact.organisation_id}",
        f"/organisations/{contact.organisation_id}/timeline", f"/interactions/{note.id}", f"/interactions/{note.id}/text", f"/interactions/{note.id}/touchpoint",
        f"/search?q={SECRET}", f"/search?q={SECRET[:8]}", f"/contacts?q={SECRET}", f"/inbox/{conversation}", "/settings/audit", "/outbox", "/tasks",
    ]  # fmt: skip


@pytest.mark.parametrize("other", ["colleague", "outsider", "lead", "admin"])
def test_a_private_note_is_seen_by_nobody_else(request, browse, agent, contact, note, conversation, other):
    client, own = browse(request.getfixturevalue(other)), browse(agent)
    for path in places(contact, note, conversation):
        for headers in ({}, {"HX-Request": "true"}):
            assert HIDDEN not in client.get(path, headers=headers).text, path
    assert "Klara" not in client.get(f"/contacts?q={SECRET}", headers={"HX-Request": "true"}).text
    assert [client.get(f"/interactions/{note.id}{part}", headers={"HX-Request": "true"}).status_code for part in ("", "/text", "/touchpoint")] == [404] * 3
    assert HIDDEN in own.get(f"/contacts/{contact.id}").text
    assert own.get(f"/interactions/{note.id}").status_code == 200


@pytest.mark.parametrize("other", ["colleague", "lead", "admin"])
def test_a_private_note_is_changed_by_nobody_else(request, browse, note, other):
    client = browse(request.getfixturevalue(other))
    assert client.post(f"/interactions/{note.id}/withdrawal").status_code == 404
    assert client.post(f"/interactions/{note.id}/touchpoint", data={"touchpoint_id": "1"}).status_code == 404
    assert note.superseded_by_id is None


def test_a_private_note_is_not_in_the_api_of_others(program, contact, note, colleague, agent, admin):
    for user, scope in ((colleague, "write"), (admin, "admin")):
        api = program(scope, user)
        for path in (f"/interactions/{note.id}", "/interactions", f"/contacts/{contact.id}/timeline", f"/organisations/{contact.organisation_id}/timeline", f"/contacts?q={SECRET}"):
            assert HIDDEN not in api.get(path).text, path
        assert api.get(f"/interactions/{note.id}").status_code == 404
        assert api.delete(f"/interactions/{note.id}").status_code == 404
    assert HIDDEN in program("read", agent).get(f"/interactions/{note.id}").text


def test_sessions_tokens_and_undo_of_others_do_not_exist(browse, agent, colleague, admin):
    browse(agent)
    token, _plain = ApiToken.issue(agent, "mine", "read")
    step = UndoStep(user_id=agent.id, action="token.revoked", label="x", payload={"id": 1})
    db.session.add(step)
    db.session.commit()
    browser = db.session.scalars(db.select(UserSession).where(UserSession.user_id == agent.id)).first()
    for client in (browse(colleague), browse(admin)):
        for path in (f"DELETE /account/sessions/{browser.id}", f"DELETE /account/tokens/{token.id}", f"POST /undo/{step.id}"):
            method, _, address = path.partition(" ")
            assert client.open(address, method=method).status_code == 404, path
    assert (browser.revoked_at, token.revoked_at, step.undone_at) == (None, None, None)


def test_a_member_cannot_rise_by_fields_that_the_form_does_not_have(browse, agent):
    client = browse(agent)
    client.post("/account", data={"name": "Anna", "role": "admin", "email": "boss@firm.example", "department_id": "1", "deactivated_at": "", "locale": "en", "timezone": "", "theme": "auto", "address_form": "sie"})
    assert client.post("/account/tokens", data={"name": "x", "scope": "admin", "days": "90"}).status_code == 422
    assert (agent.role, agent.email == "boss@firm.example") == ("member", False)


# — exports ———————————————————————————————————————————————————————————————————————————————————————————————

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", "=cmd|' /C calc'!A0", "x;=1+1", "x\t=1", 'a";=1+1;"', "x\r\n=1+1", "＝1+1")


@pytest.mark.parametrize("by", ["page", "api"])
def test_no_cell_of_an_export_is_a_formula(browse, program, lead, make, by):
    for formula in FORMULAS:
        make.contact(formula[:100], formula[:100], lifecycle="customer", title=formula, organisation=make.save(Organisation(name=formula)))
    segment = make.save(Segment(name="=1+1", rule={"all": []}))
    if by == "page":
        answer = browse(lead).post(f"/segments/{segment.id}/export", data={"reason": "=1+1"})
    else:
        answer = program("read", lead).get(f"/segments/{segment.id}/export.csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert len(rows) == len(FORMULAS) + 1
    for cell in (cell for row in rows for cell in row):
        for part in re.split(r"[;\t\r\n]", cell):  # whatever a spreadsheet takes for the end of a cell
            assert not part.lstrip('"').startswith(("=", "+", "-", "@", "＝")), cell


def test_numbers_and_plain_words_stay_as_they_are():
    assert [harmless(value) for value in (-5, 3.5, None, "Müller-Lüdenscheidt", "a+b", "a@b.example", "-")] == ["-5", "3.5", "", "Müller-Lüdenscheidt", "a+b", "a@b.example", "'-"]
