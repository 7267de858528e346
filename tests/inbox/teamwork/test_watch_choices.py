"""When somebody begins to watch by themselves, and the names that an @ offers."""

from __future__ import annotations

import pytest

from crm.extensions import db
from crm.inbox import replying
from crm.inbox.teamwork import watching
from crm.inbox.teamwork.models import Watch
from tests.conftest import HTMX


@pytest.fixture
def conversation(arrive):
    return arrive("Mein Anschluss ist tot.")


def watches(user) -> bool:
    db.session.flush()
    return db.session.query(Watch).filter_by(user_id=user.id).filter(Watch.since.is_not(None)).count() == 1


def test_one_watches_by_oneself_what_one_was_given_mentioned_in_or_answered(conversation, agent, colleague, lead):
    conversation.assign(colleague, agent)
    conversation.note(agent, f"@{lead.name} bitte ansehen")
    replying.reply(conversation, agent, "Moment.")
    assert watches(agent)
    assert watches(colleague)
    assert watches(lead)


@pytest.mark.parametrize("because", ["mentioned", "assigned", "answered"])
def test_unless_one_does_not_want_to(conversation, agent, colleague, because):
    conversation.assign(agent, agent)
    watching.choose(colleague, [key for key in watching.REASONS if key != because])
    done = {
        "mentioned": lambda: conversation.note(agent, f"@{colleague.name} bitte ansehen"), "assigned": lambda: conversation.assign(colleague, agent),
        "answered": lambda: replying.reply(conversation, colleague, "Moment."),
    }
    done[because]()
    assert not watches(colleague)


def test_the_account_says_when(client, agent):
    assert client.get("/account/watching").text.count("checked") == 3
    assert client.post("/account/watching", data={"because": ["assigned"]}).status_code == 303
    assert [watching.wants(agent, because) for because in watching.REASONS] == [False, True, False]
    assert client.get("/account/watching").text.count("checked") == 1
    assert client.delete("/account/watching").status_code == 405


def test_strangers_choose_nothing(browse):
    assert browse().post("/account/watching", data={}).status_code in (302, 303, 401)


def test_colleagues_are_offered_after_an_at(client, agent, colleague, conversation):
    part = client.get("/inbox/mentionable", headers=HTMX).text
    assert f'role="option" id="mention-{colleague.id}" aria-selected="false" data-name="{colleague.name}"' in part
    assert f"@{colleague.name}" in client.get("/inbox/mentionable").text
    assert 'id="mention-list" role="listbox"' in client.get(f"/inbox/{conversation.id}").text
