"""A conversation is shown in lines: the newest open, the others opened when somebody wants them, the earlier ones fetched."""

from __future__ import annotations

import time

import pytest

from crm.inbox import reading, replying
from crm.inbox.words import linked
from tests.conftest import HTMX
from tests.inbox.conftest import messages


@pytest.fixture
def long_one(arrive, agent, db):
    """A first mail of the customer, then forty notes: more than the page opens with."""
    conversation = arrive("Mein Anschluss ist tot.", message_id="<first@kunde.example>")
    for number in range(40):
        conversation.note(agent, f"Notiz {number}")
    db.session.commit()
    return conversation


def test_the_newest_are_open_and_the_others_a_line_each(client, long_one):
    page = client.get(f"/inbox/{long_one.id}").text
    assert page.count('<details class="message ') == reading.SHOWN
    assert page.count('" open>') == reading.EXPANDED
    assert page.count('<div class="message-body" hx-get="/inbox/messages/') == reading.SHOWN - reading.EXPANDED
    assert '<div class="message-text">Notiz 39</div>' in page
    assert '<span class="message-preview">Notiz 30</span>' in page
    assert '<div class="message-text">Notiz 30</div>' not in page


def test_a_line_opens_with_its_text_and_its_files(client, arrive):
    conversation = arrive("Ein langer Text " * 40)
    message = messages(conversation)[0]
    body = client.get(f"/inbox/messages/{message.id}", headers=HTMX)
    assert body.text.count("Ein langer Text") == 40
    assert "to service@firm.example" in " ".join(body.text.split())
    assert "<html" not in body.text


def test_without_script_a_message_is_a_page(client, arrive):
    message = messages(arrive("Guten Tag", subject="Anschluss"))[0]
    page = client.get(f"/inbox/messages/{message.id}").text
    assert "Guten Tag" in page
    assert "Anschluss" in page
    assert client.get("/inbox/messages/4711").status_code == 404


def test_the_earlier_ones_are_fetched_in_place(client, long_one):
    page = client.get(f"/inbox/{long_one.id}").text
    link = page.split('class="thread-earlier"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    rest = client.get(link, headers=HTMX).text
    assert "Mein Anschluss ist tot." in rest
    assert "Notiz 27" in rest
    assert "Notiz 28" not in rest
    assert "earlier?" not in rest
    assert client.get("/inbox/4711/earlier", headers=HTMX).status_code == 404


def test_without_script_the_earlier_ones_stand_on_the_page(client, long_one):
    answer = client.get(f"/inbox/{long_one.id}/earlier?before=5")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert page.count('<details class="message ') == 41
    assert "earlier?" not in page


def test_an_answer_is_not_held_because_the_customer_wrote_long_ago(client, long_one):
    page = client.get(f"/inbox/{long_one.id}").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert int(seen) == replying.last_heard(long_one)
    assert "klara@kunde.example" in page.split('class="composer-to"')[1].split("</p>")[0]
    assert client.post(f"/inbox/{long_one.id}/messages", data={"kind": "reply", "body": "Wir kommen.", "seen": seen}).status_code == 303


def test_the_page_reads_as_much_however_long_the_conversation_is(client, long_one, arrive, statements):
    short = arrive("Kurz", sender="kurt@kunde.example", subject="Anderes")
    numbers = short.id, long_one.id
    with statements() as few:
        client.get(f"/inbox/{numbers[0]}")
    with statements() as many:
        client.get(f"/inbox/{numbers[1]}")
    assert len(many) <= len(few)


def test_the_list_fetches_itself_with_as_many_rows_as_it_shows(client, arrive):
    for number in range(20):
        arrive(sender=f"k{number}@kunde.example")
    assert client.get("/inbox/changes?view=open").text.count('<a class="inbox-row') == 12
    assert client.get("/inbox/changes?view=open&rows=18").text.count('<a class="inbox-row') == 18
    assert client.get("/inbox/changes?view=open&rows=x").status_code == 200
    known = client.get("/inbox?view=open").text.split("known=")[1].split('"')[0].split("&")[0]
    assert client.get(f"/inbox/changes?view=open&rows=18&known={known}", headers=HTMX).status_code == 204


@pytest.mark.parametrize(("text", "shown"), [
    ("Siehe https://kunde.example/a?b=1&c=2.", 'Siehe <a href="https://kunde.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow" target="_blank">https://kunde.example/a?b=1&amp;c=2</a>.'),
    ("Ruf an\n(www.kunde.example)", 'Ruf an\n(<a href="https://www.kunde.example" rel="noopener noreferrer nofollow" target="_blank">www.kunde.example</a>)'),
    ("An klara@kunde.example", 'An <a href="mailto:klara@kunde.example">klara@kunde.example</a>'),
    ("<b>a & b</b> <i>www.</i>", "&lt;b&gt;a &amp; b&lt;/b&gt; &lt;i&gt;www.&lt;/i&gt;"),
    ("javascript://x", "javascript://x"),
    ("", ""),
])
def test_addresses_in_a_text_are_links_and_all_else_is_text(text, shown):
    assert linked(text) == shown


def test_a_word_without_end_is_looked_at_once():
    began = time.process_time()
    linked("x" * 2_000_000 + " " + "www" * 500_000)
    assert time.process_time() - began < 2
