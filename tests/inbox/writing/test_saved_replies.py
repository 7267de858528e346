"""Texts that are written again and again."""

from __future__ import annotations

from io import BytesIO

import pytest

from crm.accounts.preferences import set_preference
from crm.extensions import db
from crm.inbox.composing import filling, forms
from crm.inbox.composing.models import SavedReply
from crm.inbox.models import Draft
from tests.inbox.conftest import messages

FIELDS = {"name": "Neustart", "shortcut": "neu", "body_de": "{salutation},\nbitte starten Sie neu. Nummer {number}.\n{agent}, {firm}", "body_en": "{salutation}, please restart.",
          "mailbox_id": "0", "department_id": "0", "shared": "y"}


@pytest.fixture
def conversation(arrive):
    row = arrive("Guten Tag, mein Anschluss ist tot.")
    row.contact.salutation, row.contact.first_name, row.contact.last_name, row.contact.language = "ms", "Klara", "Kunde", "de"
    db.session.commit()
    return row


@pytest.fixture
def saved(agent):
    row = SavedReply(name="Neustart", shortcut="neu", bodies={"de": FIELDS["body_de"], "en": FIELDS["body_en"]}, owner_id=agent.id, shared=True)
    db.session.add(row)
    db.session.commit()
    return row


def test_a_saved_reply_is_written_changed_and_archived(client, agent):
    assert client.get("/settings/saved-replies/new").status_code == 200
    assert client.post("/settings/saved-replies", data=FIELDS).status_code == 303
    row = db.session.query(SavedReply).one()
    assert (row.name, row.shortcut, row.owner_id, row.shared, row.mailbox_id) == ("Neustart", "neu", agent.id, True, None)
    assert client.post(f"/settings/saved-replies/{row.id}", data={**FIELDS, "name": "Anders", "body_en": ""}).status_code == 303
    assert (row.name, list(row.bodies)) == ("Anders", ["de"])
    assert client.post(f"/settings/saved-replies/{row.id}/archive").status_code == 303
    assert row.archived_at
    assert client.delete(f"/settings/saved-replies/{row.id}/archive").status_code == 303
    assert "Anders" in client.get("/settings/saved-replies").text
    assert "bitte starten" in client.get(f"/settings/saved-replies/{row.id}").text


def test_a_placeholder_that_nothing_fills_is_refused(client):
    answer = client.post("/settings/saved-replies", data={**FIELDS, "body_de": "Hallo {vorname}"})
    assert answer.status_code == 422
    assert "{vorname}" in answer.text
    assert db.session.query(SavedReply).count() == 0


def test_a_saved_reply_needs_a_text(client):
    answer = client.post("/settings/saved-replies", data={**FIELDS, "body_de": "", "body_en": ""})
    assert answer.status_code == 422
    assert "one language at least" in answer.text


def test_placeholders_become_words_in_the_customers_language(conversation, saved, agent):
    set_preference("firm_name", "Nordlicht")
    text = filling.fill(saved.text(filling.language_of(conversation)), conversation, agent)
    assert text == f"Sehr geehrte Frau Kunde,\nbitte starten Sie neu. Nummer {conversation.id}.\n{agent.name}, Nordlicht"
    conversation.contact.language = "en"
    assert filling.fill(saved.text(filling.language_of(conversation)), conversation, agent) == "Dear Ms Kunde, please restart."


def test_a_first_name_basis_is_kept(conversation, saved, agent):
    conversation.contact.address_form = "du"
    assert filling.fill("{salutation}!", conversation, agent) == "Hallo Klara!"


def test_the_composer_offers_them_filled(client, conversation, saved):
    assert f'hx-get="/inbox/{conversation.id}/saved-replies"' in client.get(f"/inbox/{conversation.id}").text
    part = client.get(f"/inbox/{conversation.id}/saved-replies", headers={"HX-Request": "true"}).text
    assert "Sehr geehrte Frau Kunde" in part
    assert "<html" not in part


def test_without_script_one_is_inserted_into_the_draft(client, conversation, saved, agent):
    page = client.get(f"/inbox/{conversation.id}/saved-replies").text
    assert f"/inbox/{conversation.id}/saved-replies/{saved.id}/insertion" in page
    assert client.get(f"/inbox/{conversation.id}/saved-replies/{saved.id}/insertion").status_code == 405
    assert client.post(f"/inbox/{conversation.id}/saved-replies/{saved.id}/insertion").status_code == 303
    assert db.session.query(Draft).one().body.startswith("Sehr geehrte Frau Kunde")
    assert "bitte starten" in client.get(f"/inbox/{conversation.id}").text


def test_what_is_not_shared_is_seen_by_its_owner_only(browse, colleague, client, conversation, saved):
    saved.shared = False
    db.session.commit()
    assert client.get(f"/settings/saved-replies/{saved.id}").status_code == 200
    other = browse(colleague)
    assert other.get(f"/settings/saved-replies/{saved.id}").status_code == 404
    assert "Neustart" not in other.get(f"/inbox/{conversation.id}/saved-replies").text
    assert other.post(f"/inbox/{conversation.id}/saved-replies/{saved.id}/insertion").status_code == 404


def test_colleagues_use_a_shared_one_but_do_not_change_it(browse, colleague, admin, saved):
    other = browse(colleague)
    assert "Neustart" in other.get("/settings/saved-replies").text
    assert other.post(f"/settings/saved-replies/{saved.id}", data=FIELDS | {"name": "Meins"}).status_code == 403
    assert other.post(f"/settings/saved-replies/{saved.id}/archive").status_code == 403
    assert saved.name == "Neustart"
    assert browse(admin).post(f"/settings/saved-replies/{saved.id}", data=FIELDS | {"name": "Besser"}).status_code == 303


def test_one_for_another_mailbox_is_not_offered(client, conversation, saved, make):
    from crm.inbox.models import Mailbox

    other = make.save(Mailbox(name="Sales", address="sales@firm.example", is_default=False))
    saved.mailbox_id = other.id
    db.session.commit()
    assert "Neustart" not in client.get(f"/inbox/{conversation.id}/saved-replies").text


def test_a_placeholder_that_is_left_is_not_sent_unless_one_says_so(client, conversation):
    answer = client.post(f"/inbox/{conversation.id}/messages", data={"kind": "reply", "body": "Hallo {first_name}", "cc": ""})
    assert answer.status_code == 422
    assert "Hallo {first_name}" in answer.text
    assert not messages(conversation, "reply")
    assert client.post(f"/inbox/{conversation.id}/messages", data={"kind": "reply", "body": "Hallo {first_name}", "cc": "", "as_is": "y"}).status_code == 303
    assert messages(conversation, "reply")


def test_nobody_else_sees_any_of_it(nobody, conversation, saved):
    for path in ("/settings/saved-replies", f"/settings/saved-replies/{saved.id}", f"/inbox/{conversation.id}/saved-replies"):
        assert nobody.get(path).status_code in (302, 303)


# — their files —


def upload(client, name: str = "plan.txt", data: bytes = b"Plan", **more):
    return client.post("/settings/saved-replies", data={**FIELDS, "files": [(BytesIO(data), name)], **more}, content_type="multipart/form-data")


def test_files_go_along_with_what_is_written_from_it(client, conversation):
    assert upload(client).status_code == 303
    row = db.session.query(SavedReply).one()
    [file] = row.files
    assert (file.filename, file.content_type, file.size) == ("plan.txt", "text/plain", 4)
    part = client.get(f"/inbox/{conversation.id}/saved-replies", headers={"HX-Request": "true"}).text
    assert f'[[{file.id}, "plan.txt"]]' in part
    client.post(f"/inbox/{conversation.id}/messages", data={"body": "Hier ist er.", "saved_file": file.id})
    assert [(each.filename, each.size) for each in messages(conversation, "reply")[0].attachments] == [("plan.txt", 4)]


def test_without_script_they_stand_ticked_in_the_composer(client, conversation):
    upload(client)
    row = db.session.query(SavedReply).one()
    done = client.post(f"/inbox/{conversation.id}/saved-replies/{row.id}/insertion")
    shown = client.get(done.headers["Location"].partition("#")[0]).text
    assert f'name="saved_file" value="{row.files[0].id}" checked' in shown


def test_a_file_is_kept_or_taken_out(client):
    upload(client)
    row = db.session.query(SavedReply).one()
    [file] = row.files
    client.post(f"/settings/saved-replies/{row.id}", data={**FIELDS, "kept": file.id})
    assert row.files == [file]
    client.post(f"/settings/saved-replies/{row.id}", data=FIELDS)
    assert row.files == []


def test_a_file_that_is_too_large_is_refused(client, monkeypatch):
    monkeypatch.setattr(forms, "MEGABYTE", 1024)
    set_preference("largest_file", 1)
    db.session.commit()
    answer = upload(client, data=b"x" * 1025)
    assert answer.status_code == 422
    assert "At most 1 MB" in answer.text
    assert db.session.query(SavedReply).count() == 0


def test_files_of_a_reply_that_is_somebody_elses_are_not_attached(browse, client, conversation, colleague):
    upload(client, shared="")
    row = db.session.query(SavedReply).one()
    browse(colleague).post(f"/inbox/{conversation.id}/messages", data={"body": "Hier ist er.", "saved_file": row.files[0].id})
    assert messages(conversation, "reply")[0].attachments == []
