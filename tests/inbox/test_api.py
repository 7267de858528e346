"""Conversations for programs."""

from __future__ import annotations

import pytest

from tests.inbox.conftest import messages


@pytest.fixture
def conversation(arrive):
    return arrive("Mein Anschluss ist tot.", subject="Anschluss")


def test_a_conversation_with_its_messages(program, conversation):
    shown = program(scope="read").get(f"/conversations/{conversation.id}").json
    assert {"id", "number", "subject", "status", "priority", "contact_id", "assignee_id", "touchpoint", "first_response_due", "resolution_due", "messages"} <= set(shown)
    assert shown["messages"][0]["body"] == "Mein Anschluss ist tot."
    assert shown["messages"][0]["from"]["address"] == "klara@kunde.example"


def test_the_list_is_filtered_and_carries_the_messages(program, conversation, agent):
    other = program(scope="read")
    assert [one["id"] for one in other.get("/conversations", status="open").json["items"]] == [conversation.id]
    assert other.get("/conversations").json["items"][0]["messages"]
    assert other.get("/conversations", status="resolved").json == {"items": [], "next": None}


def test_assigning_and_changing(program, conversation, agent):
    answer = program().patch(f"/conversations/{conversation.id}", assignee_id=agent.id, priority="high", status="waiting")
    assert (answer.status_code, answer.json["status"], answer.json["assignee_id"]) == (200, "waiting", agent.id)
    assert program().patch(f"/conversations/{conversation.id}", assignee_id=4711).status_code == 422
    assert program().patch(f"/conversations/{conversation.id}", touchpoint="nowhere").status_code == 422
    assert program().patch(f"/conversations/{conversation.id}", subject="x").status_code == 422


def test_answering_and_noting(program, conversation):
    answer = program().post(f"/conversations/{conversation.id}/messages", body="Ein Techniker kommt.")
    assert (answer.status_code, answer.json["kind"], answer.json["state"]) == (201, "reply", "held")
    assert program().post(f"/conversations/{conversation.id}/messages", body="Vorsicht", kind="note").json["kind"] == "note"
    assert program().post(f"/conversations/{conversation.id}/messages", body="").status_code == 422
    assert [message.kind for message in messages(conversation) if message.kind != "event"] == ["inbound", "reply", "note"]


def test_resolving_and_reopening(program, conversation):
    assert program().post(f"/conversations/{conversation.id}/resolution").json["status"] == "resolved"
    assert program().delete(f"/conversations/{conversation.id}/resolution").json["status"] == "open"


def test_reading_does_not_allow_writing(program, conversation):
    assert program(scope="read").post(f"/conversations/{conversation.id}/resolution").status_code == 403
    assert conversation.status == "open"
