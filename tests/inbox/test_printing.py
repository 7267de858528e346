"""A conversation on paper."""

from __future__ import annotations

import pytest

from crm.extensions import db
from crm.inbox import replying
from tests.inbox.conftest import mail


@pytest.fixture
def told(arrive, agent):
    conversation = arrive(mail("Der Anschluss ist tot.\n\nAm 1.3.2026 schrieb Service:\n> Guten Tag,\n> alles gut?\n", subject="Störung <b>"))
    conversation.note(agent, "Kunde ist <i>wichtig</i>.")
    replying.reply(conversation, agent, "Wir kommen morgen.")
    db.session.commit()
    return conversation


def test_who_said_what_and_when_without_what_is_internal(client, told):
    page = client.get(f"/inbox/{told.id}/print").text
    for shown in ("Störung &lt;b&gt;", f"#{told.id}", "Klara Kunde", "klara@kunde.example", "Der Anschluss ist tot.", "Anna Agent", "Wir kommen morgen.", "service@firm.example"):
        assert shown in page, shown
    assert "wichtig" not in page
    assert "alles gut?" not in page
    assert 'class="rail' not in page
    assert "<h1" in page


def test_notes_and_quotes_only_if_asked_for(client, told):
    assert "Kunde ist &lt;i&gt;wichtig&lt;/i&gt;." in client.get(f"/inbox/{told.id}/print?notes=1").text
    whole = client.get(f"/inbox/{told.id}/print?quotes=1").text
    assert "alles gut?" in whole
    assert "wichtig" not in whole


def test_the_way_there_and_strangers(client, nobody, told):
    assert f'href="/inbox/{told.id}/print"' in client.get(f"/inbox/{told.id}").text
    assert client.get("/inbox/4711/print").status_code == 404
    assert nobody.get(f"/inbox/{told.id}/print").status_code in (302, 303, 401)
    assert client.post(f"/inbox/{told.id}/print").status_code == 405


def test_a_long_conversation_takes_as_many_statements_as_a_short_one(client, told, arrive, agent, statements):
    short = arrive("Kurz", sender="kurt@kunde.example").id
    for number in range(30):
        told.note(agent, f"Notiz {number}")
    db.session.commit()
    ident = told.id
    with statements() as few:
        client.get(f"/inbox/{short}/print?notes=1")
    with statements() as many:
        client.get(f"/inbox/{ident}/print?notes=1")
    assert len(many) == len(few)
