"""The inbox as people see it."""

from __future__ import annotations

import pytest

from crm.accounts.preferences import set_preference
from crm.inbox import replying
from crm.inbox.models import Draft, Mailbox, ReceivedMail
from tests.conftest import HTMX
from tests.inbox.conftest import messages


@pytest.fixture
def conversation(arrive):
    return arrive("Mein Anschluss ist tot.", subject="Anschluss", message_id="<first@kunde.example>")


def test_the_list_shows_who_what_and_since_when(client, conversation):
    page = client.get("/inbox?view=open").text
    assert "Klara Kunde" in page
    assert "Anschluss" in page
    assert "Mein Anschluss ist tot." in page


@pytest.mark.parametrize("view", ["mine", "unassigned", "open", "waiting", "snoozed", "resolved", "spam"])
def test_every_view_opens_empty_and_full(client, conversation, view):
    assert client.get(f"/inbox?view={view}").status_code == 200


def test_the_list_answers_nothing_while_nothing_changed(client, conversation, arrive):
    page = client.get("/inbox?view=open").text
    known = page.split("known=")[1].split('"')[0].split("&")[0]
    assert client.get(f"/inbox/changes?view=open&known={known}", headers=HTMX).status_code == 204
    arrive("Noch etwas")
    answer = client.get(f"/inbox/changes?view=open&known={known}", headers=HTMX)
    assert answer.status_code == 200
    assert 'id="inbox-list"' in answer.text


def test_a_conversation_shows_its_messages_and_its_person(client, conversation, agent):
    conversation.note(agent, "Kennt sich aus")
    page = client.get(f"/inbox/{conversation.id}").text
    assert "Mein Anschluss ist tot." in page
    assert "Kennt sich aus" in page
    assert "internal" in page
    assert 'id="inbox-list"' not in client.get(f"/inbox/{conversation.id}", headers=HTMX).text


def test_links_in_a_text_can_be_followed_and_its_markup_is_shown_as_text(client, arrive):
    page = client.get(f"/inbox/{arrive('Siehe https://kunde.example/x?a=1&b=2 <script>alert(1)</script>').id}").text
    assert 'href="https://kunde.example/x?a=1&amp;b=2"' in page
    assert "<script>alert" not in page


def test_chosen_in_the_list_only_the_conversation_is_answered(client, conversation):
    answer = client.get(f"/inbox/{conversation.id}", headers={**HTMX, "HX-Boosted": "true", "HX-Target": "conversation"})
    assert 'id="conversation"' in answer.text
    assert 'id="inbox-list"' not in answer.text
    assert "<title>" in answer.text


def test_one_that_is_not_there(client):
    assert client.get("/inbox/4711").status_code == 404


def test_nobody_sees_the_inbox(nobody, conversation):
    assert nobody.get("/inbox").status_code == 303
    assert nobody.post(f"/inbox/{conversation.id}/resolution").status_code == 401


@pytest.mark.parametrize(("path", "data", "status"), [
    ("resolution", {}, "resolved"), ("snooze", {"until": "tomorrow"}, "snoozed"), ("snooze", {"until": "answer"}, "snoozed"),
    ("waiting", {}, "waiting"), ("spam", {}, "spam"),
])
def test_a_step_changes_the_state_and_can_be_undone(client, conversation, path, data, status, db):
    assert client.get(f"/inbox/{conversation.id}/{path}").status_code == 405
    answer = client.post(f"/inbox/{conversation.id}/{path}", data=data)
    assert answer.status_code == 303
    assert conversation.status == status
    from crm.accounts.models import UndoStep

    step = db.session.query(UndoStep).one()
    assert client.post(f"/undo/{step.id}").status_code == 303
    assert conversation.status == "open"


def test_a_step_by_htmx_answers_with_the_conversation_and_has_the_list_fetch_itself(client, conversation):
    answer = client.post(f"/inbox/{conversation.id}/resolution", headers=HTMX)
    assert 'id="conversation"' in answer.text
    assert "inbox-changed" in answer.headers["HX-Trigger"]


def test_reopening(client, conversation, agent):
    conversation.resolve(agent)
    client.delete(f"/inbox/{conversation.id}/resolution")
    assert conversation.status == "open"


def test_assigning(client, conversation, colleague):
    client.post(f"/inbox/{conversation.id}/assignment", data={"assignee": str(colleague.id)})
    assert conversation.assignee_id == colleague.id
    client.delete(f"/inbox/{conversation.id}/assignment")
    assert conversation.assignee_id is None
    assert client.post(f"/inbox/{conversation.id}/assignment", data={"assignee": "x"}).status_code == 404
    assert client.post(f"/inbox/{conversation.id}/assignment", data={"assignee": "4711"}).status_code == 404


def test_the_past_is_no_time_to_snooze_to(client, conversation):
    assert client.post(f"/inbox/{conversation.id}/snooze", data={"day": "2020-01-01"}).status_code == 409
    assert conversation.status == "open"


def test_priority_and_touchpoint(client, conversation):
    assert client.post(f"/inbox/{conversation.id}/priority", data={"priority": "urgent"}).status_code == 303
    assert conversation.priority == "urgent"
    assert client.post(f"/inbox/{conversation.id}/priority", data={"priority": "x"}).status_code == 400
    assert client.post(f"/inbox/{conversation.id}/touchpoint", data={}).status_code == 303


def test_answering(client, conversation):
    answer = client.post(f"/inbox/{conversation.id}/messages", data={"kind": "reply", "body": "Ein Techniker kommt.", "seen": str(replying.last_heard(conversation))})
    assert answer.status_code == 303
    assert messages(conversation, "reply")[0].reply_text == "Ein Techniker kommt."
    assert conversation.status == "waiting"


def test_answering_and_resolving(client, conversation):
    client.post(f"/inbox/{conversation.id}/messages", data={"kind": "reply", "body": "Erledigt.", "resolve": "1"})
    assert conversation.status == "resolved"


def test_an_internal_note_leaves_no_house(client, conversation):
    client.post(f"/inbox/{conversation.id}/messages", data={"kind": "note", "body": "Vorsicht"})
    assert [message.kind for message in messages(conversation)][-1] == "note"
    assert messages(conversation)[-1].delivery_id is None
    assert conversation.preview == "Mein Anschluss ist tot."


def test_an_empty_answer_is_refused_at_its_field(client, conversation):
    answer = client.post(f"/inbox/{conversation.id}/messages", data={"kind": "reply", "body": " "})
    assert answer.status_code == 422
    assert "Write something first." in answer.text


def test_a_wrong_copy_is_refused_and_the_text_kept(client, conversation):
    answer = client.post(f"/inbox/{conversation.id}/messages", data={"kind": "reply", "body": "Mein langer Text", "cc": "nobody"})
    assert answer.status_code == 422
    assert "Mein langer Text" in answer.text
    assert messages(conversation, "reply") == []


def test_an_answer_is_held_with_its_text_when_the_customer_wrote_meanwhile(client, conversation, arrive, db):
    seen = replying.last_heard(conversation)
    arrive("Warten Sie bitte", answers="<first@kunde.example>")
    answer = client.post(f"/inbox/{conversation.id}/messages", data={"kind": "reply", "body": "Mein langer Text", "seen": str(seen)})
    assert answer.status_code == 422
    assert "has written since" in answer.text
    assert "Mein langer Text" in answer.text
    assert "Warten Sie bitte" in answer.text
    assert messages(conversation, "reply") == []
    assert db.session.query(Draft).one().body == "Mein langer Text"
    assert client.post(f"/inbox/{conversation.id}/messages", data={"kind": "reply", "body": "Mein langer Text", "seen": str(replying.last_heard(conversation))}).status_code == 303


def test_a_draft_is_kept_and_colleagues_see_that_somebody_is_at_it(client, conversation, browse, colleague, db):
    assert client.post(f"/inbox/{conversation.id}/draft", data={"body": "Ich fang mal an", "kind": "reply"}, headers=HTMX).status_code == 204
    assert "Ich fang mal an" in client.get(f"/inbox/{conversation.id}").text
    seen_by_colleague = browse(colleague).get(f"/inbox/{conversation.id}").text
    assert "Anna Agent is writing here too." in seen_by_colleague
    client.post(f"/inbox/{conversation.id}/draft", data={"body": "", "kind": "reply"})
    assert db.session.query(Draft).count() == 0


def test_a_reply_can_be_taken_back_from_its_message(client, conversation, agent):
    set_preference("undo_seconds", 15)
    message = replying.reply(conversation, agent, "Zu schnell")
    assert client.delete(f"/inbox/messages/{message.id}/delivery").status_code == 303
    assert message.delivery.state == "cancelled"
    assert "Zu schnell" in client.get(f"/inbox/{conversation.id}").text


def test_a_new_conversation_is_begun(client, mailbox, make, db):
    klara = make.contact()
    klara.add_address("email", "klara@kunde.example")
    db.session.commit()
    assert "klara@kunde.example" in client.get(f"/inbox/new?contact={klara.id}").text
    data = {"contact": str(klara.id), "address": "klara@kunde.example", "subject": "Ihr Vertrag", "body": "Guten Tag", "mailbox": str(mailbox.id)}
    assert client.post("/inbox", data=data).status_code == 303
    assert klara.open_conversations == 1
    assert client.post("/inbox", data={**data, "address": "nobody"}).status_code == 422
    assert client.post("/inbox", data={**data, "contact": "", "address": "neu@kunde.example"}).status_code == 303


HTML = b"""From: Klara <klara@kunde.example>
To: service@firm.example
Subject: Bunt
Message-ID: <html@kunde.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p onclick="evil()">Hallo</p><script>alert(1)</script><img src="https://spy.example/pixel.png">
--b
Content-Type: text/html; name="evil.html"
Content-Disposition: attachment; filename="evil.html"

<script>alert(2)</script>
--b--
"""


def test_html_is_shown_cleaned_in_an_origin_of_its_own(client, arrive):
    conversation = arrive(HTML)
    message = messages(conversation)[0]
    assert "<iframe" in client.get(f"/inbox/messages/{message.id}/frame", headers=HTMX).text
    answer = client.get(f"/inbox/messages/{message.id}/html")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "allow-scripts" not in answer.headers["Content-Security-Policy"]
    assert "allow-same-origin" not in answer.headers["Content-Security-Policy"]
    assert "script" not in answer.text
    assert "onclick" not in answer.text
    assert "spy.example" not in answer.text
    assert "https://spy.example/pixel.png" in client.get(f"/inbox/messages/{message.id}/html?remote=1").text


def test_files_are_saved_never_shown(client, arrive):
    message = messages(arrive(HTML))[0]
    answer = client.get(f"/inbox/attachments/{message.attachments[0].id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.data.strip() == b"<script>alert(2)</script>"


def test_the_original_can_be_downloaded_byte_for_byte(client, arrive):
    message = messages(arrive(HTML))[0]
    answer = client.get(f"/inbox/messages/{message.id}/original")
    assert answer.data == HTML
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_whole_text_is_one_click_away(client, arrive):
    conversation = arrive("Ja.\n\nAm 1.1.2026 um 10:00 schrieb Service:\n> Haben Sie neu gestartet?\n> Bitte sehr lange Zeile, damit es sich lohnt")
    message = messages(conversation)[0]
    assert "neu gestartet" in client.get(f"/inbox/messages/{message.id}/text").text


def test_quarantine(browse, lead, client, take, db):
    outcome = take(b"Subject: from nobody\n\nhello", envelope_from="")
    assert client.get("/inbox/quarantine").status_code == 403
    boss = browse(lead)
    assert "names no sender" in boss.get("/inbox/quarantine").text
    assert "from nobody" in boss.get(f"/inbox/quarantine/{outcome.ident}").text
    assert boss.get(f"/inbox/quarantine/{outcome.ident}/original").data == b"Subject: from nobody\n\nhello"
    assert boss.post(f"/inbox/quarantine/{outcome.ident}/attempt").status_code == 303
    assert db.session.query(ReceivedMail).one().state == "quarantined"
    assert boss.delete(f"/inbox/quarantine/{outcome.ident}").status_code == 303
    assert db.session.query(ReceivedMail).one().state == "discarded"
    assert boss.post(f"/inbox/quarantine/{outcome.ident}/attempt").status_code == 409


def test_a_mended_mail_leaves_quarantine(browse, lead, take, db):
    take(b"Subject: from nobody\n\nhello", envelope_from="")
    row = db.session.query(ReceivedMail).one()
    row.envelope_from = "klara@kunde.example"
    db.session.commit()
    answer = browse(lead).post(f"/inbox/quarantine/{row.id}/attempt")
    assert answer.location.startswith("/inbox/")
    assert db.session.query(ReceivedMail).one().state == "taken"


def test_mailboxes(browse, admin, client, mailbox, db):
    assert client.get("/settings/mailboxes").status_code == 403
    boss = browse(admin)
    assert boss.get("/settings/mailboxes").status_code == 200
    assert boss.get("/settings/mailboxes/new").status_code == 200
    data = {"name": "Sales", "address": "Sales@Firm.example", "department_id": "0", "touchpoint_id": "0", "language": ""}
    assert boss.post("/settings/mailboxes", data=data).status_code == 303
    sales = db.session.query(Mailbox).filter_by(address="sales@firm.example").one()
    assert boss.post("/settings/mailboxes", data=data).status_code == 422
    assert boss.post(f"/settings/mailboxes/{sales.id}", data={**data, "is_default": "1"}).status_code == 303
    assert (sales.is_default, mailbox.is_default) == (True, False)
    assert boss.post(f"/settings/mailboxes/{sales.id}/archive").status_code == 409
    assert boss.post(f"/settings/mailboxes/{mailbox.id}/archive").status_code == 303
    assert mailbox.archived_at
    assert boss.delete(f"/settings/mailboxes/{mailbox.id}/archive").status_code == 303
    assert boss.get(f"/settings/mailboxes/{sales.id}").status_code == 200


def test_the_conversation_page_reads_as_much_however_long_the_thread_is(client, conversation, arrive, statements):
    with statements() as few:
        client.get(f"/inbox/{conversation.id}")
    for n in range(12):
        arrive(f"Noch etwas {n}", answers="<first@kunde.example>")
    with statements() as many:
        client.get(f"/inbox/{conversation.id}")
    assert len(many) <= len(few) <= 16


def test_the_list_reads_as_much_however_long_it_is(client, arrive, statements):
    arrive()
    with statements() as few:
        client.get("/inbox")
    for n in range(8):
        arrive(sender=f"k{n}@kunde.example")
    with statements() as many:
        client.get("/inbox")
    assert len(many) <= len(few) <= 7
