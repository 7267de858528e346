"""Several steps of a conversation in one."""

from __future__ import annotations

import pytest

from crm import blobs
from crm.accounts.models import UndoStep
from crm.extensions import db
from crm.inbox.composing.models import SavedReply, SavedReplyFile
from crm.inbox.macros.models import Macro
from crm.inbox.models import Draft, Mailbox
from crm.inbox.teamwork.tagging import tags_of
from tests.conftest import HTMX
from tests.inbox.conftest import events, messages

FIELDS = {"name": "Störung", "assign": "me", "hand_to": "0", "priority": "high", "touchpoint_id": "0", "tags": "technik, dringend", "note": "", "saved_reply_id": "0",
          "finish": "wait:3", "mailbox_id": "0", "department_id": "0", "shared": "y"}


@pytest.fixture
def conversation(arrive):
    return arrive("Guten Tag, mein Anschluss ist tot.")


@pytest.fixture
def saved(agent):
    row = SavedReply(name="Neustart", bodies={"en": "Please restart, {contact}."}, owner_id=agent.id, shared=True)
    row.files = [SavedReplyFile(filename="plan.txt", content_type="text/plain", size=4, blob=blobs.put(b"Plan"))]
    return keep(row)


@pytest.fixture
def macro(agent, saved):
    steps = {"assign": "me", "priority": "high", "tags": ["technik"], "note": "Called {contact}", "saved_reply_id": saved.id, "finish": "resolve"}
    return keep(Macro(name="Störung", steps=steps, owner_id=agent.id, shared=True))


def keep(row):
    db.session.add(row)
    db.session.commit()
    return row


def run(client, conversation, macro, **more):
    return client.post(f"/inbox/{conversation.id}/macros/{macro.id}/run", **more)


def test_a_macro_is_put_together_changed_and_archived(client, agent):
    assert client.get("/settings/macros/new").status_code == 200
    assert client.post("/settings/macros", data=FIELDS).status_code == 303
    row = db.session.query(Macro).one()
    assert row.steps == {"assign": "me", "priority": "high", "tags": ["technik", "dringend"], "finish": "wait:3"}
    assert 'value="wait:3"' in client.get(f"/settings/macros/{row.id}").text
    assert client.post(f"/settings/macros/{row.id}", data={**FIELDS, "name": "Anders", "assign": str(agent.id)}).status_code == 303
    assert (row.name, row.steps["assign"]) == ("Anders", agent.id)
    assert client.post(f"/settings/macros/{row.id}/archive").status_code == 303
    assert row.archived_at
    assert client.delete(f"/settings/macros/{row.id}/archive").status_code == 303
    assert "Anders" in client.get("/settings/macros").text


def test_a_macro_that_does_nothing_is_refused(client):
    answer = client.post("/settings/macros", data={**FIELDS, "assign": "", "priority": "", "tags": "", "finish": ""})
    assert answer.status_code == 422
    assert "at least one thing" in answer.text
    assert db.session.query(Macro).count() == 0


def test_a_shared_macro_does_not_use_a_reply_that_only_its_owner_sees(client, saved):
    saved.shared = False
    db.session.commit()
    assert client.post("/settings/macros", data={**FIELDS, "saved_reply_id": str(saved.id)}).status_code == 422
    assert client.post("/settings/macros", data={**FIELDS, "saved_reply_id": str(saved.id), "shared": ""}).status_code == 303


def test_the_menu_says_what_each_will_do(client, conversation, macro):
    part = client.get(f"/inbox/{conversation.id}/macros", headers=HTMX).text
    assert "Assigns it to Anna Agent · Sets the priority: high · Adds tags: technik · Writes an internal note · Answers with “Neustart” · Resolves it" in part
    page = client.get(f"/inbox/{conversation.id}/macros/{macro.id}").text
    assert "Please restart, Klara Kunde." in page
    assert "Called Klara Kunde" in page
    assert f'hx-get="/inbox/{conversation.id}/macros"' in client.get(f"/inbox/{conversation.id}").text


def test_running_it_does_all_of_it_and_one_undo_takes_it_back(client, conversation, macro, agent):
    assert run(client, conversation, macro).status_code == 303
    assert (conversation.status, conversation.priority, conversation.assignee_id) == ("resolved", "high", agent.id)
    assert tags_of(conversation.id) == ["technik"]
    [reply], [note] = messages(conversation, "reply"), messages(conversation, "note")
    assert (reply.reply_text, note.text) == ("Please restart, Klara Kunde.", "Called Klara Kunde")
    assert [file.filename for file in reply.attachments] == ["plan.txt"]
    step = db.session.query(UndoStep).order_by(UndoStep.id.desc()).first()
    assert client.post(f"/undo/{step.id}").status_code == 303
    db.session.refresh(conversation)
    assert (conversation.status, conversation.priority, conversation.assignee_id, conversation.resolved_at) == ("open", "normal", None, None)
    assert conversation.waiting_since
    assert not conversation.first_response_at
    assert tags_of(conversation.id) == []
    assert messages(conversation, "note") == []
    assert reply.delivery.state == "cancelled"
    assert db.session.query(Draft).one().body == "Please restart, Klara Kunde."


def test_what_cannot_be_done_whole_is_not_done_at_all(client, conversation, macro, saved, agent):
    saved.archive()
    db.session.commit()
    assert run(client, conversation, macro).status_code == 409
    db.session.rollback()
    assert (conversation.priority, conversation.assignee_id, messages(conversation, "reply"), events(conversation)) == ("normal", None, [], [])
    assert "is not there any more" in client.get(f"/inbox/{conversation.id}/macros", headers=HTMX).text


def test_a_macro_of_another_mailbox_or_of_somebody_else_is_not_offered(browse, conversation, macro, colleague, client):
    macro.shared = False
    db.session.commit()
    other = browse(colleague)
    assert run(other, conversation, macro).status_code == 404
    assert other.get(f"/settings/macros/{macro.id}").status_code == 404
    macro.shared, macro.mailbox_id = True, keep(Mailbox(name="Other", address="other@firm.example")).id
    db.session.commit()
    assert run(client, conversation, macro).status_code == 404
    assert run(client, conversation, macro, headers={}).status_code == 404
    assert client.get(f"/inbox/{conversation.id}/macros/{macro.id}/run").status_code == 405


def test_nobody_runs_a_macro_without_signing_in(browse, conversation, macro):
    assert run(browse(), conversation, macro).status_code in (302, 303, 401)
    assert conversation.status == "open"


def test_a_selection_goes_through_a_macro_and_back(client, arrive, macro, agent):
    rows = [arrive("Eins", subject="Eins"), arrive("Zwei", subject="Zwei", sender="Otto <otto@kunde.example>")]
    answer = client.post("/inbox/bulk", data={"pick": [row.id for row in rows], "change": f"macro:{macro.id}"})
    assert answer.status_code == 303
    assert [row.status for row in rows] == ["resolved", "resolved"]
    assert f"macro:{macro.id}" in client.get("/inbox/bulk", headers=HTMX).text
    step = db.session.query(UndoStep).order_by(UndoStep.id.desc()).first()
    client.post(f"/undo/{step.id}")
    assert [(row.status, row.assignee_id, messages(row, "reply")[0].delivery.state) for row in rows] == [("open", None, "cancelled")] * 2


def test_the_command_box_offers_the_macros_of_the_conversation_one_looks_at(client, conversation, macro):
    here = {"HX-Request": "true", "HX-Current-URL": f"http://localhost/inbox/{conversation.id}?view=open"}
    assert f"/inbox/{conversation.id}/macros/{macro.id}" in client.get("/search?q=stör", headers=here).text
    assert "/macros/" not in client.get("/search?q=stör", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/"}).text


def test_programs_put_macros_together_and_run_them(program, conversation, saved):
    api = program()
    made = api.post("/macros", name="Done", priority="low", saved_reply_id=saved.id, finish="resolve", tags=["x"])
    assert made.status_code == 201, made.json
    ident = made.json["id"]
    assert api.post("/macros", name="Nothing").status_code == 422
    assert api.post("/macros", name="Odd", finish="explode").status_code == 422
    assert api.patch(f"/macros/{ident}", priority="urgent").json["priority"] == "urgent"
    ran = api.post(f"/macros/{ident}/runs", conversation_id=conversation.id)
    assert ran.status_code == 200, ran.json
    assert (ran.json["status"], ran.json["priority"], ran.json["tags"]) == ("resolved", "urgent", ["x"])
    assert messages(conversation, "reply")[0].reply_text == "Please restart, Klara Kunde."
    assert api.post(f"/macros/{ident}/runs", conversation_id=999).status_code == 422
    assert api.delete(f"/macros/{ident}").status_code == 204
    assert api.get("/macros").json["items"] == []
