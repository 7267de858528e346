"""Searching the inbox: words of messages, and operators in English and German."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from crm.contacts.models import Tag
from crm.extensions import db
from crm.inbox import replying
from crm.inbox.listing import Listing
from crm.inbox.models import Mailbox
from crm.inbox.searching import finding, indexing
from crm.inbox.searching.models import MessageWords
from crm.inbox.teamwork.models import conversation_tags
from crm.touchpoints.models import Touchpoint
from tests.conftest import HTMX
from tests.inbox.conftest import mail, messages


@pytest.fixture
def found(app, agent):
    """found("question") → the subjects of what is found, newest first."""

    def find(question: str) -> list[str]:
        with app.test_request_context():
            page = Listing.of(agent, MultiDict({"q": question})).page()
        return [str(row.subject).replace("<mark>", "").replace("</mark>", "") for row in page.items]

    return find


@pytest.fixture
def problems(app, agent):
    def find(question: str) -> list[str]:
        with app.test_request_context():
            return Listing.of(agent, MultiDict({"q": question})).question.problems

    return find


@pytest.fixture
def three(arrive, clock, agent):
    """An old resolved one, one that waits for the customer, and one of today."""
    clock.set(2026, 3, 2, 9)
    old = arrive("Die Rechnung vom Januar stimmt nicht, der Zähler wurde falsch abgelesen.", subject="Rechnung Januar")
    old.resolve(agent)
    db.session.commit()
    clock.advance(days=10)
    answered = arrive("Wann kommt der neue Zähler?", sender="Bernd Müller <bernd@mueller.example>", subject="Termin")
    replying.reply(answered, agent, "Wir kommen am Dienstag mit dem Gerät.")
    db.session.commit()
    clock.advance(days=10)
    arrive("Hier ist der neue Anschluss tot.", sender="Klara Kunde <klara@kunde.example>", subject="Störung")
    return old


QUESTIONS = [
    ("zähler", ["Termin", "Rechnung Januar"]),
    ("zaehler", ["Termin", "Rechnung Januar"]),
    ("Zähl", ["Termin", "Rechnung Januar"]),
    ("neue zähler", ["Termin"]),
    ('"neue zähler"', ["Termin"]),
    ('"zähler neue"', []),
    ("zähler -neue", ["Rechnung Januar"]),
    ('zähler -"falsch abgelesen"', ["Termin"]),
    ("anschluss OR januar", ["Störung", "Rechnung Januar"]),
    ("neue anschluss ODER januar", ["Störung"]),
    ("dienstag", ["Termin"]),
    ("mueller", ["Termin"]),
    ("from:bernd", ["Termin"]),
    ("von:mueller.example", ["Termin"]),
    ("from:klara@kunde.example", ["Störung", "Rechnung Januar"]),
    ("-from:klara", ["Termin"]),
    ("to:service", ["Störung", "Termin", "Rechnung Januar"]),
    ("an:bernd", ["Termin"]),
    ("subject:rechnung", ["Rechnung Januar"]),
    ('betreff:"rechnung januar"', ["Rechnung Januar"]),
    ("subject:zähler", []),
    ("is:resolved", ["Rechnung Januar"]),
    ("ist:gelöst", ["Rechnung Januar"]),
    ("is:open", ["Störung"]),
    ("-is:open", ["Termin", "Rechnung Januar"]),
    ("is:open OR ist:gelöst", ["Störung", "Rechnung Januar"]),
    ("is:unassigned", ["Störung"]),
    ("zuständig:ich", ["Termin"]),
    ("-assignee:me", ["Störung", "Rechnung Januar"]),
    ("assignee:niemand", ["Störung", "Rechnung Januar"]),
    ("is:mine", ["Termin"]),
    ("before:2026-03-12", ["Rechnung Januar"]),
    ("vor:12.3.2026", ["Rechnung Januar"]),
    ("after:12.3.26", ["Störung", "Termin"]),
    ("after:2026-04", []),
    ("nach:heute", ["Störung"]),
    ("older_than:2w", ["Rechnung Januar"]), ("older_than:9999y", []),
    ("älter_als:15t", ["Rechnung Januar"]),
    ("newer_than:5d", ["Störung"]),
    ("mailbox:service", ["Störung", "Termin", "Rechnung Januar"]),
    ("postfach:service zähler is:resolved", ["Rechnung Januar"]),
    ("zähler OR is:open", ["Störung", "Termin", "Rechnung Januar"]),
    ("has:attachment", []),
    ("-has:attachment zähler", ["Termin", "Rechnung Januar"]),
    ("-", ["Störung", "Termin", "Rechnung Januar"]),
    ("OR", ["Störung", "Termin", "Rechnung Januar"]),
    ("...", ["Störung", "Termin", "Rechnung Januar"]),
    ('"', ["Störung", "Termin", "Rechnung Januar"]),
]


def test_a_question_finds(three, found):
    for question, subjects in QUESTIONS:
        assert found(question) == subjects, question


MISTAKES = [
    ("is:eating", "takes one of: open, waiting"),
    ("before:someday", "is no day"),
    ("vor:31.2.2026", "is no day"),
    ("older_than:soon", "3d for three days"),
    ("mailbox:nowhere", "There are: Service"),
    ("tag:nothing", "Nothing is called"),
    ("has:fun", "takes “attachment”"),
    ("priority:purple", "takes one of: low"),
    ("form:bernd", "Did you mean “from:”"),
    ("before:9999-99", "is no day"),
    ("after:0001-01-01", ""),
]


def test_what_cannot_be_meant_is_explained(three, problems, client):
    for question, said in MISTAKES:
        assert said in " ".join(problems(question)), question
        assert client.get("/inbox", query_string={"q": question}).status_code == 200


def test_an_operator_that_there_is_not_is_searched_as_words(three, found, problems):
    assert problems("zzz:abgelesen") == ["There is no “zzz:”; it was searched as words."]
    assert found("Re:januar") == []
    assert problems("Re: januar http://x.example 12:30") == []


def test_a_file_is_found_by_its_name_and_by_being_there(take, found, arrive):
    from email import message_from_bytes, policy

    raw = message_from_bytes(mail("Siehe Anhang.", subject="Mit Datei"), policy=policy.default)
    raw.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Rechnung-4711.pdf")
    take(raw.as_bytes())
    arrive("Rechnung", subject="Ohne Datei", sender="kurt@kunde.example")
    assert found("filename:rechnung") == ["Mit Datei"]
    assert found("datei:rechnung-4711.pdf") == ["Mit Datei"]
    assert found("has:attachment") == found("hat:anhang") == found("4711") == ["Mit Datei"]
    assert found("-has:attachment") == ["Ohne Datei"]


def test_a_tag_a_department_and_a_touchpoint_are_found_by_name(arrive, found, make):
    conversation = arrive(subject="Wichtig")
    arrive(subject="Anderes", sender="kurt@kunde.example")
    website = make.save(Touchpoint(key="website", name="Website form", phase="before", channel="web"))
    tag = Tag(name="Große Kunden", folded="grosse kunden")
    db.session.add(tag)
    conversation.department, conversation.touchpoint = make.department("sales", name="Sales"), website
    db.session.flush()
    db.session.execute(conversation_tags.insert(), [{"conversation_id": conversation.id, "tag_id": tag.id}])
    db.session.commit()
    for question in ('tag:"Große Kunden"', "schlagwort:gross", "tag:kunden", "department:sales", "abteilung:sal", 'touchpoint:"website form"', "kontaktpunkt:website"):
        assert found(question) == ["Wichtig"], question


def test_spam_is_found_only_when_asked_for(arrive, found, agent):
    conversation = arrive("Lotterie", subject="Gewinn")
    conversation.mark_spam(agent)
    db.session.commit()
    assert found("lotterie") == []
    assert found("lotterie is:spam") == ["Gewinn"]


def test_the_list_shows_the_piece_that_was_found_with_its_words_marked(client, arrive):
    arrive("Guten Tag, " + "bla " * 60 + "dann brach der Zähler <b>ab</b>. " + "bla " * 60, subject="Zähler")
    page = client.get("/inbox?q=zaehler").text
    assert '<span class="inbox-row-subject"><mark>Zähler</mark>' in page
    assert "… " in page
    assert "brach der <mark>Zähler</mark> &lt;b&gt;ab&lt;/b&gt;." in page
    assert 'value="zaehler"' in page


def test_the_question_stays_in_the_addresses_of_rows_and_of_the_next_page(client, arrive):
    for number in range(14):
        arrive("Zähler", sender=f"k{number}@kunde.example")
    page = client.get("/inbox?q=zähler").text
    assert page.count('<a class="inbox-row') == 12
    more = page.split('class="more" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(more, headers=HTMX).text.count('<a class="inbox-row') == 2
    row = page.split('<a class="inbox-row')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    opened = client.get(row).text
    assert 'value="zähler"' in opened
    known = page.split('hx-get="/inbox/changes?')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(f"/inbox/changes?{known}", headers=HTMX).status_code == 204


def test_a_search_is_kept_as_a_list(client, arrive):
    arrive("Zähler", subject="Eins")
    arrive("Rechnung", subject="Zwei", sender="kurt@kunde.example")
    location = client.post("/inbox/lists", data={"name": "Zähler", "q": "zähler is:open"}).location
    page = client.get(location).text
    assert "Eins" in page
    assert "Zwei" not in page


def test_a_note_is_found_and_a_deleted_message_is_not(three, agent, found):
    note = three.note(agent, "Der Nachbar heißt Rumpelstilz.")
    db.session.commit()
    assert found("rumpelstilz") == ["Rechnung Januar"]
    db.session.delete(note)
    db.session.commit()
    assert found("rumpelstilz") == []


def test_a_changed_text_is_found_by_its_new_words(three, found):
    message = messages(three, "inbound")[0]
    message.reply_text = "Nun steht hier Quitte."
    db.session.commit()
    assert found("quitte") == ["Rechnung Januar"]
    assert found("abgelesen") == []


def test_rebuilding_gives_the_words_that_following_gave(three):
    def words():
        db.session.expire_all()
        return {row.id: row.words for row in db.session.query(MessageWords)}

    before = words()
    assert indexing.rebuild() == len(before) == 4
    assert words() == before


def test_who_searches_for_a_very_common_word_is_told(client, three, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 1)
    assert "the newest 2,000 were looked at" in client.get("/inbox?q=zähler").text
    assert "the newest 2,000 were looked at" not in client.get("/inbox?q=rechnung").text


def test_nothing_found_says_what_to_try(client, three):
    page = client.get("/inbox?q=quastenflosser").text
    assert "Nothing was found" in page
    assert 'role="search"' in page


OFFERS = [
    ("", "from:"), ("fr", "from:"), ("zähler is:", "zähler is:resolved"), ("is:o", "is:open"), ("mailbox:", "mailbox:Service"), ("-be", "-before:"), ("von:", ""), ("has:", "has:attachment"),
    ("postf", "mailbox:"), ("priority:", "priority:urgent"),
]


def test_what_may_come_next_is_offered(client, mailbox):
    for typed, offered in OFFERS:
        answer = client.get("/inbox/search/suggestions", query_string={"q": typed})
        assert f'value="{offered}' in answer.text or not (offered or "option" in answer.text), typed


def test_a_suggestion_with_a_blank_is_in_quotes(client, mailbox):
    db.session.add(Mailbox(name="Neue Kunden", address="neu@firm.example"))
    db.session.commit()
    assert "mailbox:&#34;Neue Kunden&#34;" in client.get("/inbox/search/suggestions?q=mailbox:neu").text


def test_german_readers_see_german_operators(browse, make):
    page = browse(make.user(locale="de")).get("/inbox/search").text
    assert "von:meier" in page
    assert "ist:offen" in page


def test_nobody_searches_without_signing_in(nobody):
    for path in ("/inbox?q=x", "/inbox/search", "/inbox/search/suggestions?q=x"):
        assert nobody.get(path).status_code in (302, 303, 401)


NONSENSE = ["'", "a'b", '"a" *', "NOT AND", "NEAR(a b)", "a:b:c", "{x}:y", "%", "\\", "x" * 500, "-" * 50, "a " * 200, "&|!<->", ":*", "from:''", "((", "\u202e x", "🙂", "0f", "is:\x00open"]


def test_nothing_that_is_typed_is_a_fault(client, three):
    for question in NONSENSE:
        assert client.get("/inbox", query_string={"q": question}).status_code == 200, question
        assert client.get("/inbox/search/suggestions", query_string={"q": question}).status_code == 200, question


def test_programs_search_in_the_same_words(three, program):
    desk = program("read")
    found = desk.get("/conversations", q="zähler is:resolved")
    assert [row["subject"] for row in found.json["items"]] == ["Rechnung Januar"]
    refused = desk.get("/conversations", q="is:eating")
    assert refused.status_code == 422
    assert "takes one of" in refused.text
