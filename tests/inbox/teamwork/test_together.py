"""Who is here, tags, and many conversations at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm.accounts.models import UndoStep
from crm.contacts import renaming_tags
from crm.contacts.tagging import tags_named
from crm.extensions import db
from crm.inbox.models import Mailbox
from crm.inbox.teamwork import presence
from crm.inbox.teamwork.models import Visit
from crm.inbox.teamwork.tagging import set_tags, tags_of
from tests.conftest import HTMX
from tests.inbox.conftest import events, messages


@pytest.fixture
def conversation(arrive):
    return arrive("Mein Anschluss ist tot.", subject="Anschluss", message_id="<first@kunde.example>")


def beat(client, conversation, known: int | None = None, **sent):
    newest = messages(conversation)[-1].id
    return client.post(f"/inbox/{conversation.id}/presence", data={"known": newest if known is None else known, **sent}, headers=HTMX)


def test_colleagues_see_who_reads_and_who_writes_for_half_a_minute(browse, conversation, agent, colleague, clock):
    mine, theirs = browse(agent), browse(colleague)
    assert "is reading" not in beat(mine, conversation).text
    assert "Anna Agent is reading here" in beat(theirs, conversation).text
    beat(mine, conversation, writing=1)
    assert "Anna Agent is writing here" in beat(theirs, conversation).text
    clock.advance(seconds=31)
    assert "Anna Agent" not in beat(theirs, conversation).text


def test_what_came_in_since_the_page_was_opened_is_told(client, conversation, arrive, agent):
    known = messages(conversation)[-1].id
    assert "Something new" not in beat(client, conversation).text
    arrive("Nachtrag", answers="<first@kunde.example>")
    assert "Something new" in beat(client, conversation, known=known).text


def test_bold_is_what_one_has_not_seen(clock, browse, conversation, arrive, agent, colleague):
    mine = browse(agent)
    assert "inbox-row-unseen" in mine.get("/inbox?view=open").text
    beat(mine, conversation)
    assert "inbox-row-unseen" not in mine.get("/inbox?view=open").text
    assert "inbox-row-unseen" in browse(colleague).get("/inbox?view=open").text
    known = messages(conversation)[-1].id
    clock.advance(minutes=1)
    arrive("Nachtrag", answers="<first@kunde.example>")
    beat(mine, conversation, known=known)
    assert "inbox-row-unseen" in mine.get("/inbox?view=open").text


def test_to_look_at_it_reads_what_was_told_about_it(client, conversation, agent, colleague):
    conversation.assign(agent, colleague)
    db.session.commit()
    assert agent.unread_notifications == 1
    assert "notifications-changed" in beat(client, conversation).headers["HX-Trigger"]
    db.session.refresh(agent)
    assert agent.unread_notifications == 0


def test_a_beat_takes_a_post_and_a_conversation(client, nobody, conversation):
    assert client.get(f"/inbox/{conversation.id}/presence").status_code == 405
    assert client.post("/inbox/99999/presence").status_code == 404
    assert nobody.post(f"/inbox/{conversation.id}/presence").status_code == 401
    assert db.session.scalars(select(Visit)).all() == []
    assert presence.EXPIRES.total_seconds() == 30


# — tags ———————————————————————————————————————————————————————————————————————————————————————————————


def test_tags_are_set_shown_and_taken_back(client, conversation):
    assert client.post(f"/inbox/{conversation.id}/tags", data={"tags": "Eilt, Störung; Störung"}).status_code == 303
    assert tags_of(conversation.id) == ["Eilt", "Störung"]
    assert 'class="tag">Störung' in client.get(f"/inbox/{conversation.id}").text
    undo(client)
    assert tags_of(conversation.id) == []
    assert events(conversation) == ["tagged", "tagged"]


def test_too_long_a_tag_changes_nothing(client, conversation):
    assert client.post(f"/inbox/{conversation.id}/tags", data={"tags": "x" * 61}).status_code in (409, 422)
    assert tags_of(conversation.id) == []


def test_a_tag_that_is_merged_is_so_on_conversations_too(app, conversation, agent):
    set_tags(conversation, ["Eilig"], agent)
    old, new = tags_named(["Eilig", "Eilt"])
    db.session.flush()
    kept = renaming_tags.merge(old, new)
    assert tags_of(conversation.id) == ["Eilt"]
    renaming_tags.bring_back(agent, kept)
    assert tags_of(conversation.id) == ["Eilig"]


# — many at once ———————————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def three(arrive):
    return [arrive("Text", subject=f"Nr {number}", sender=f"k{number}@kunde.example") for number in range(3)]


def change(client, conversations, asked: str, **sent):
    return client.post("/inbox/bulk?view=open", data={"pick": [one.id for one in conversations], "change": asked, **sent})


def undo(client):
    step = db.session.scalars(select(UndoStep).order_by(UndoStep.id.desc())).first()
    assert client.post(f"/undo/{step.id}").status_code == 303
    db.session.expire_all()


def states(conversations):
    names = ("status", "assignee_id", "department_id", "mailbox_id", "touchpoint_id", "priority", "snoozed_until")
    return [(*(getattr(one, name) for name in names), tuple(tags_of(one.id))) for one in conversations]


@pytest.mark.parametrize("asked", ["resolve", "spam", "snooze:tomorrow", "wait", "priority:high", "assign", "department", "mailbox", "tag"])
def test_each_change_reaches_the_selection_only_and_is_put_back_exactly(client, three, agent, colleague, service, asked):
    away = Mailbox(name="Anderswo", address="x@firm.example")
    db.session.add(away)
    three[0].assign(agent, agent)
    three[1].prioritise("low", agent)
    set_tags(three[1], ["Alt"], agent)
    db.session.commit()
    before = states(three)
    full = {"assign": f"assign:{colleague.id}", "department": f"department:{service.id}", "mailbox": f"mailbox:{away.id}"}.get(asked, asked)
    assert change(client, three[:2], full, tag="Neu" if asked == "tag" else "").status_code == 303
    after = states(three)
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False, True]
    undo(client)
    assert states(three) == before


def test_what_cannot_be_changed_is_said_and_stays(client, three, agent):
    three[0].mark_spam(agent)
    db.session.commit()
    change(client, three[:2], "resolve")
    assert [one.status for one in three] == ["spam", "resolved", "open"]
    assert "stayed as it was" in client.get("/inbox").text


def test_without_script_the_choice_comes_on_a_page_of_its_own(client, three):
    answer = client.post("/inbox/bulk", data={"pick": [one.id for one in three]})
    assert (answer.status_code, "3 selected" in answer.text) == (200, True)
    assert f'name="pick" value="{three[2].id}"' in answer.text


@pytest.mark.parametrize("asked", ["", "nonsense", "priority:nonsense", "snooze:never", "tag"])
def test_an_unknown_change_changes_nothing(client, three, asked):
    before = states(three)
    assert change(client, three, asked).status_code == 422
    assert states(three) == before


def test_a_record_that_is_not_there_changes_nothing(client, three, nobody):
    assert change(client, three, "assign:99999").status_code == 404
    assert nobody.post("/inbox/bulk", data={"pick": three[0].id, "change": "resolve"}).status_code == 401
    assert {one.status for one in three} == {"open"}


# — the API ————————————————————————————————————————————————————————————————————————————————————————————


def test_programs_give_it_to_departments_and_tag_it(program, conversation, service):
    api, path = program(), f"/conversations/{conversation.id}"
    answer = api.patch(path, department="service", tags=["Eilt"], priority="high")
    assert (answer.status_code, answer.json["department"], answer.json["tags"], answer.json["priority"]) == (200, "service", ["Eilt"], "high")
    assert [row["id"] for row in api.get("/conversations", tag="eilt", department="service").json["items"]] == [conversation.id]
    assert api.get("/conversations", tag="other").json["items"] == []
    assert api.patch(path, department="nonsense").status_code == 422
    assert api.patch(path, tags="Eilt").status_code == 422
