"""Conversations that have to do with each other, and one that turns out to be another person's."""

from __future__ import annotations

import pytest

from crm.accounts.models import UndoStep
from crm.dates.due_dates import whole_day
from crm.extensions import db
from crm.inbox import replying
from crm.inbox.joining import joining
from crm.inbox.linking import giving, linking
from crm.inbox.linking.models import ConversationLink
from crm.inbox.linking.queries import linked_with
from crm.inbox.models import Mailbox
from crm.tasks.models import Task
from crm.timeline.models import Interaction
from crm.timeline.rebuilding import drift
from crm.touchpoints.models import Touchpoint
from tests.inbox.conftest import events


@pytest.fixture
def first(arrive):
    return arrive("Mein Anschluss ist tot.", subject="Anschluss", message_id="<first@kunde.example>")


@pytest.fixture
def second(arrive):
    return arrive("Die Rechnung ist falsch.", subject="Rechnung", sender="Otto <otto@kunde.example>")


def undo_last(client):
    step = db.session.query(UndoStep).order_by(UndoStep.id.desc()).first()
    assert client.post(f"/undo/{step.id}").status_code == 303


def test_a_link_is_seen_at_both_ends_and_made_once(first, second, agent):
    link = linking.link(first, second, "duplicate", agent)
    assert linking.link(first, second, "duplicate", agent) is link
    assert [(row.number, linking.words(row.kind, row.outward)) for row in linked_with(first.id)] == [(second.id, "Duplicate of")]
    assert [(row.number, linking.words(row.kind, row.outward)) for row in linked_with(second.id)] == [(first.id, "Has a duplicate")]
    assert (events(first), events(second)) == (["linked"], ["linked"])
    related = linking.link(first, second, "related", agent)
    assert linking.link(second, first, "related", agent) is related


def test_it_is_made_by_number_and_removed_each_with_an_undo(client, first, second):
    assert client.get(f"/inbox/{first.id}/links").status_code == 200
    assert client.post(f"/inbox/{first.id}/links", data={"kind": "follow_up", "other": f"#{second.id}"}).status_code == 303
    assert "Follow-up of" in client.get(f"/inbox/{first.id}").text
    assert "Has a follow-up" in client.get(f"/inbox/{second.id}").text
    row = db.session.query(ConversationLink).one()
    assert client.delete(f"/inbox/links/{row.id}?from={second.id}").headers["Location"] == f"/inbox/{second.id}"
    assert row.removed_at
    undo_last(client)
    assert row.removed_at is None
    client.delete(f"/inbox/links/{row.id}")
    assert "Follow-up of" not in client.get(f"/inbox/{first.id}").text


def test_it_is_found_by_words(client, first, second):
    answer = client.post(f"/inbox/{first.id}/links", data={"kind": "related", "other": "rechnung"})
    assert answer.status_code == 422
    assert f'name="pick" value="{second.id}"' in answer.text
    assert client.post(f"/inbox/{first.id}/links", data={"kind": "related", "other": "rechnung", "pick": second.id}).status_code == 303
    assert linked_with(first.id)[0].number == second.id


@pytest.mark.parametrize("other", ["", "9999", "nirgends"])
def test_what_is_not_there_cannot_be_linked(client, first, other):
    assert client.post(f"/inbox/{first.id}/links", data={"kind": "related", "other": other}).status_code == 422
    assert client.post(f"/inbox/{first.id}/links", data={"kind": "related", "other": first.id}).status_code == 422
    assert db.session.query(ConversationLink).count() == 0


def test_links_go_along_with_a_merge_and_back(first, second, arrive, agent):
    third = arrive("Noch etwas", subject="Drittes", sender="Ute <ute@kunde.example>")
    linking.link(first, second, "related", agent)
    join = joining.merge(second, third, agent)
    assert linked_with(first.id)[0].number == third.id
    joining.undo(join, agent)
    assert linked_with(first.id)[0].number == second.id
    join = joining.merge(second, first, agent)
    assert linked_with(first.id) == []
    joining.undo(join, agent)
    assert linked_with(first.id)[0].number == second.id


def test_programs_link_and_unlink(program, first, second):
    made = program().post("/conversation-links", kind="duplicate", from_id=first.id, to_id=second.id)
    assert made.status_code == 201, made.json
    assert [row["id"] for row in program("read").get(f"/conversation-links?conversation_id={second.id}").json["items"]] == [made.json["id"]]
    assert program().post("/conversation-links", kind="duplicate", from_id=first.id, to_id=999).status_code == 422
    assert program().delete(f"/conversation-links/{made.json['id']}").status_code == 204
    assert program().get(f"/conversation-links/{made.json['id']}").status_code == 404


# — to another contact —


@pytest.fixture
def busy(first, agent, make):
    """With an answer, a task about it, and resolved."""
    replying.reply(first, agent, "Moment bitte.")
    task = Task.create("Call back", agent, whole_day(first.created_at.date().replace(year=2030), "UTC"), contact=first.contact)
    task.about_type, task.about_id = "conversation", first.id
    first.resolve(agent)
    db.session.commit()
    return first


def figures(contact):
    db.session.refresh(contact)
    return (contact.interactions_count, contact.last_in_at, contact.last_out_at, contact.open_conversations, contact.next_task_at)


def test_moved_to_another_contact_everything_goes_along_and_back(busy, second, agent):
    mine, other = busy.contact, second.contact
    before = figures(mine), figures(other)
    giving.give_to(busy, other, agent)
    db.session.commit()
    assert busy.contact_id == other.id
    assert {row.contact_id for row in db.session.query(Interaction).filter_by(about_type="conversation", about_id=busy.id)} == {other.id}
    assert db.session.query(Task).one().contact_id == other.id
    assert figures(mine)[:3] == (0, None, None)
    assert list(drift()) == []
    giving.give_to(busy, mine, agent)
    db.session.commit()
    assert (figures(mine), figures(other)) == before
    assert list(drift()) == []
    assert events(busy).count("given") == 2


def test_it_is_moved_on_a_page_with_an_undo(client, first, second):
    mine, other = first.contact_id, second.contact
    assert client.get(f"/inbox/{first.id}/move").status_code == 200
    assert client.post(f"/inbox/{first.id}/contact", data={"person": f"{other.display_name} #{other.id}"}).status_code == 303
    assert first.contact_id == other.id
    undo_last(client)
    assert first.contact_id == mine
    assert client.post(f"/inbox/{first.id}/contact", data={"person": "Nobody at all"}).status_code == 422
    other.archive()
    db.session.commit()
    assert client.post(f"/inbox/{first.id}/contact", data={"person": f"#{other.id}"}).status_code == 422
    assert client.get(f"/inbox/{first.id}/contact").status_code == 405
    assert first.contact_id == mine


def test_its_touchpoint_is_corrected_on_the_same_page(client, first, make):
    touchpoint = make.save(Touchpoint(key="fair", name="Messestand", phase="before", channel="event"))
    db.session.commit()
    assert "Messestand" in client.get(f"/inbox/{first.id}/move").text
    assert client.post(f"/inbox/{first.id}/touchpoint", data={"touchpoint": touchpoint.id}).status_code == 303
    assert first.touchpoint_id == touchpoint.id
    assert f'<option value="{touchpoint.id}" selected>' in client.get(f"/inbox/{first.id}/move").text


def test_programs_move_it_to_a_contact_and_a_mailbox(program, first, second):
    box = Mailbox(name="Other", address="other@firm.example")
    db.session.add(box)
    db.session.commit()
    changed = program().patch(f"/conversations/{first.id}", contact_id=second.contact_id, mailbox_id=box.id)
    assert changed.status_code == 200, changed.json
    assert (changed.json["contact_id"], changed.json["mailbox_id"]) == (second.contact_id, box.id)
    assert program().patch(f"/conversations/{first.id}", contact_id=9999).status_code == 422
    assert program().patch(f"/conversations/{first.id}", mailbox_id=9999).status_code == 422
