"""Lists of the inbox: what is in each, how many, in which order, and kept under a name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.accounts.models import UndoStep
from crm.contacts.tagging import tags_named
from crm.extensions import db
from crm.inbox import listing, replying
from crm.inbox.lifecycle import wake_due
from crm.inbox.models import Mailbox
from crm.inbox.teamwork.models import SavedList, conversation_tags
from crm.inbox.teamwork.watching import watch
from tests.conftest import HTMX


@pytest.fixture
def conversation(arrive):
    return arrive("Mein Anschluss ist tot.", subject="Anschluss", message_id="<first@kunde.example>")


def counted(user) -> dict[str, int]:
    """Only the views that are not empty."""
    db.session.flush()
    return {view: number for view, number in listing.counts(user).items() if number}


def test_the_counts_are_right_at_every_transition(conversation, agent, colleague, arrive, clock):
    assert counted(agent) == {"unassigned": 1, "open": 1}
    conversation.assign(agent, agent)
    assert counted(agent) == {"mine": 1, "open": 1}
    assert counted(colleague) == {"open": 1}
    conversation.snooze(clock() + timedelta(hours=3), agent)
    assert counted(agent) == {"snoozed": 1}
    clock.advance(hours=4)
    wake_due()
    assert counted(agent) == {"mine": 1, "open": 1}
    replying.reply(conversation, agent, "Guten Tag", delay=0)
    assert counted(agent) == {"waiting": 1}
    arrive("Immer noch.", answers="<first@kunde.example>")
    assert counted(agent) == {"mine": 1, "open": 1}
    conversation.resolve(agent)
    assert counted(agent) == {"resolved": 1}
    conversation.reopen(agent)
    conversation.mark_spam(agent)
    assert counted(agent) == {"spam": 1}
    conversation.reopen(agent)
    conversation.assign(None, agent)
    conversation.note(agent, "@Carl bitte")
    assert counted(colleague) == {"unassigned": 1, "open": 1, "mentions": 1, "watching": 1}
    watch(conversation.id, agent)
    assert counted(agent) == {"unassigned": 1, "open": 1, "watching": 1}
    conversation.resolve(agent)
    assert counted(colleague) == {"resolved": 1}


@pytest.mark.parametrize("view", ["mentions", "watching"])
def test_views_of_ones_own_show_only_what_is_ones_own(browse, conversation, agent, colleague, view):
    conversation.note(agent, "@Carl bitte")
    db.session.commit()
    assert "Anschluss" in browse(colleague).get(f"/inbox?view={view}").text
    assert f'href="/inbox/{conversation.id}?' not in browse(agent).get(f"/inbox?view={view}").text


def test_the_list_is_narrowed_by_each_of_its_properties(client, arrive, mailbox, service, make, session):
    one, other = arrive("Eins", subject="Kessel"), arrive("Zwei", subject="Pumpe", sender="Otto <otto@kunde.example>")
    away = Mailbox(name="Anderswo", address="x@firm.example")
    session.add(away)
    tag = tags_named(["Eilt"])[0]
    session.flush()
    one.priority, one.department_id = "high", service.id
    other.mailbox_id = away.id
    session.execute(conversation_tags.insert().values(conversation_id=one.id, tag_id=tag.id))
    session.commit()
    for query in (f"mailbox={mailbox.id}", f"department={service.id}", f"tag={tag.id}", "priority=high", f"contact={one.contact_id}"):
        page = client.get(f"/inbox?view=open&{query}").text
        assert ("Kessel" in page, "Pumpe" in page) == (True, False), query
        assert 'class="chip"' in page
    assert "Pumpe" in client.get("/inbox?view=open&priority=nonsense&tag=x").text


def test_the_order_is_chosen(client, arrive, clock, agent):
    for word in ("Erste", "Zweite", "Dritte"):
        arrive("Text", subject=word, sender=f"{word} <{word}@kunde.example>")
        clock.advance(minutes=5)
    answered = arrive("Text", subject="Vierte", sender="v@kunde.example")
    answered.waiting_since = None
    db.session.commit()

    def order(sort: str) -> list[str]:
        page = client.get(f"/inbox?view=open&sort={sort}").text
        return sorted(("Erste", "Zweite", "Dritte", "Vierte"), key=lambda word: page.index(f'inbox-row-subject">{word}'))

    assert order("oldest") == ["Erste", "Zweite", "Dritte", "Vierte"]
    assert order("newest") == ["Vierte", "Dritte", "Zweite", "Erste"]
    assert order("waiting") == ["Erste", "Zweite", "Dritte", "Vierte"]


def test_a_narrowed_list_goes_on_where_it_ended(client, arrive, mailbox):
    for number in range(14):
        arrive("Text", subject=f"Nr{number:02}", sender=f"k{number}@kunde.example")
    page = client.get(f"/inbox?view=open&mailbox={mailbox.id}&sort=oldest").text
    more = page.split('class="more" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = client.get(more, headers=HTMX).text
    assert ("Nr11" in page, "Nr12" in page, "Nr12" in rest, "Nr13" in rest) == (True, False, True, True)


# — kept under a name ——————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def kept(client, conversation):
    conversation.priority = "urgent"
    db.session.commit()
    assert client.post("/inbox/lists", data={"name": "Brennt", "view": "open", "priority": "urgent", "sort": "waiting", "contact": conversation.contact_id}).status_code == 303
    return db.session.scalars(select(SavedList)).one()


def test_a_kept_list_stands_in_the_left_pane_with_its_count(client, kept, arrive, agent):
    arrive("Text", subject="Kleinkram", sender="o@kunde.example")
    page = client.get(f"/inbox?list={kept.id}").text
    assert "Brennt" in page
    assert "Kleinkram" not in page
    assert listing.counts(agent)[kept.id] == 1


def test_a_list_is_ones_own_unless_it_is_shared(browse, colleague, kept):
    assert "Brennt" not in browse(colleague).get("/inbox").text
    kept.shared = True
    db.session.commit()
    assert "Brennt" in browse(colleague).get("/inbox").text
    assert browse(colleague).delete(f"/inbox/lists/{kept.id}").status_code == 404
    assert kept.archived_at is None


def test_a_deleted_list_comes_back_by_undo(client, kept):
    assert client.delete(f"/inbox/lists/{kept.id}").status_code == 303
    assert f"/inbox?list={kept.id}" not in client.get("/inbox").text
    client.post(f"/undo/{db.session.scalars(select(UndoStep)).one().id}")
    assert f"/inbox?list={kept.id}" in client.get("/inbox").text


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_list_needs_a_name(client, name, app):
    assert client.post("/inbox/lists", data={"name": name, "view": "open"}).status_code in (409, 422)
    assert db.session.scalars(select(SavedList)).all() == []


def test_keeping_takes_a_post_and_a_sign_in(client, nobody, kept):
    assert client.get("/inbox/lists").status_code == 405
    assert nobody.post("/inbox/lists", data={"name": "x"}).status_code == 401


def test_the_form_that_narrows_says_what_is_chosen(client, kept, mailbox):
    page = client.get(f"/inbox/filter?view=open&mailbox={mailbox.id}&priority=urgent").text
    assert f'<option value="{mailbox.id}" selected>' in page
    assert '<option value="urgent" selected>' in page


def test_the_list_takes_the_same_statements_however_long_it_is(client, arrive, kept, statements):
    ident = kept.id
    with statements() as few:
        client.get(f"/inbox?list={ident}")
    for number in range(10):
        arrive("Text", sender=f"k{number}@kunde.example").priority = "urgent"
    db.session.commit()
    with statements() as many:
        client.get(f"/inbox?list={ident}")
    assert len(many) == len(few)
