"""The pages of segments, with and without script: building a rule by choosing, counting, saving, why, archive, export."""

from __future__ import annotations

import re

import html5lib
import pytest
from sqlalchemy import select

from crm.accounts.models import AuditEntry
from crm.extensions import db
from crm.segments.models import Segment, SegmentCount
from tests.conftest import HTMX
from tests.segments.conftest import JOURNEY


def fields(html: str) -> list[tuple[str, str]]:
    """What a browser would post of the form #rule: names and values in order."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    form = tree.find(".//form[@id='rule']")
    root = tree if form is None else form
    pairs: list[tuple[str, str]] = []
    for node in root.iter():
        name = node.get("name")
        if not name:
            continue
        if node.tag in ("input", "textarea"):
            pairs.append((name, node.get("value", "") if node.tag == "input" else node.text or ""))
        elif node.tag == "select":
            options = list(node.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or ([] if node.get("multiple") is not None else options[:1])
            pairs += [(name, o.get("value", "")) for o in chosen]
    return pairs


class Builder:
    """Somebody who builds a rule in a browser without script."""

    def __init__(self, client, path="/segments/new"):
        self.client = client
        self.html = client.get(path).text

    def post(self, url, *extra, **changes):
        pairs = [(name, changes.pop(name, value)) for name, value in fields(self.html)]
        data: dict[str, list[str]] = {}
        for name, value in [*pairs, *changes.items(), *extra]:
            data.setdefault(name, []).append(value)
        return self.client.post(url, data=data)

    def choose(self, **changes):
        self.html = self.post("/segments/draft", **{name.replace("__", "."): value for name, value in changes.items()}).text
        return self

    def press(self, do):
        self.html = self.post("/segments/draft", ("do", do)).text
        return self

    def save(self, **changes):
        return self.post("/segments", **changes)


@pytest.fixture
def segment(make, agent):
    row = Segment(name="Unhappy", rule=JOURNEY, created_by_id=agent.id)
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def ada(make, past):
    contact = make.contact("Ada", "Adler", lifecycle="customer")
    past.interaction(contact)
    past.answer(contact, 3)
    return contact


def test_marketing_builds_the_journey_by_choosing_and_sees_who(client, ada, make):
    make.contact("Ben", "Biber", lifecycle="customer")
    builder = Builder(client).choose(r__0__what="field:lifecycle").choose(r__0__value="customer")
    builder.press("add:r").choose(r__1__what="preset:nps").press("add:r").choose(r__2__what="preset:calls").press("count:")
    builder.html = builder.post("/segments/draft", ("do", "count")).text
    assert "Adler" in builder.html
    assert "Biber" not in builder.html
    saved = builder.save(name="Unhappy and spoken to")
    assert saved.status_code == 303
    row = db.session.scalars(select(Segment)).one()
    assert row.rule == JOURNEY
    assert "Adler" in client.get(saved.location).text
    assert db.session.scalars(select(SegmentCount.count)).one() == 1


def test_a_starter_is_the_journey_ready_made(client, ada):
    assert Builder(client, "/segments/new?starter=unhappy-spoken").save().status_code == 303
    assert db.session.scalars(select(Segment)).one().rule == JOURNEY


def test_a_starter_speaks_german(browse, make, app):
    html = browse(make.user(locale="de")).get("/segments/new?starter=unhappy-spoken").text
    assert "Unzufrieden und gesprochen" in html
    assert "Telefon" in html


@pytest.mark.parametrize("starter", ["unhappy-spoken", "silent", "promoters", "reachable", "loyal", "no-next-step"])
def test_every_starter_survives_the_form(client, starter):
    from crm.segments.starters import STARTERS

    assert Builder(client, f"/segments/new?starter={starter}").save().status_code == 303
    assert db.session.scalars(select(Segment)).one().rule == STARTERS[starter].rule


@pytest.mark.parametrize("rule", [
    {"any": [{"field": "tags", "in": ["vip", "gold"]}, {"none": [{"field": "last_in_at", "within_days": 90}]}]},
    {"all": [{"field": "customer_since", "before": "2010-01-01"}, {"field": "nps", "at_least": 6.5}, {"field": "email", "empty": False}]},
    {"all": [{"history": "purchases", "within_days": 365, "measure": "sum", "of": "amount", "at_least": 100}]},
    {"all": [{"history": "interactions", "where": {"channel": {"in": ["email", "phone"]}, "subject": {"contains": "offer"}}, "measure": "last", "before": "2026-01-01"}]},
    {"all": [{"history": "answers", "where": {"survey": "csat"}, "measure": "last", "of": "score", "at_most": 2}]},
])
def test_a_rule_survives_the_form(client, segment, rule):
    segment.rule = rule
    db.session.commit()
    assert Builder(client, f"/segments/{segment.id}/rule").post(f"/segments/{segment.id}/rule").status_code == 303
    assert segment.rule == rule


def test_groups_and_restrictions_come_and_go(client):
    builder = Builder(client).press("group:r").press("remove:r.0").choose(r__0__0__what="history:interactions").press("where:r.0.0")
    assert 'name="r.0.0.w.0.field"' in builder.html
    builder.press("unwhere:r.0.0.w.0")
    assert 'name="r.0.0.w.0.field"' not in builder.html
    builder.press("remove:r.0")
    assert 'name="r.0.mode"' not in builder.html


def test_choosing_answers_htmx_with_the_rule_alone(client):
    response = client.post("/segments/draft", data={"r.mode": "all", "r.0.what": "field:lifecycle", "r.0.was": ""}, headers=HTMX)
    assert "<html" not in response.text
    assert 'name="r.0.op"' in response.text


def test_what_is_unfinished_is_named_at_its_condition_and_kept(client):
    builder = Builder(client).choose(r__0__what="field:first_name")
    response = builder.save(name="Half")
    assert response.status_code == 422
    assert "r.0-error" in response.text
    assert 'value="Half"' in response.text
    assert db.session.scalars(select(Segment)).all() == []


def test_what_nobody_has_chosen_yet_does_not_stop_the_count(client, ada):
    builder = Builder(client, "/segments/new?starter=promoters").press("group:r").press("add:r").press("count")
    html = builder.post("/segments/matches").text
    assert re.search(r"<strong[^>]*>0</strong>", html)
    assert "nobody" not in html


def test_an_empty_group_is_named_and_not_saved(client):
    builder = Builder(client, "/segments/new?starter=promoters").press("group:r").press("remove:r.2.0")
    response = builder.save()
    assert response.status_code == 422
    assert "r.2-error" in response.text
    assert db.session.scalars(select(Segment)).all() == []


def test_a_name_is_needed(client):
    response = Builder(client, "/segments/new?starter=silent").save(name="")
    assert response.status_code == 422
    assert "Give the segment a name." in response.text


@pytest.mark.parametrize("data", [{}, {"r.mode": "nonsense", "r.0.what": "history:nonsense"}, {"r.0.what": "field:nonsense", "r.0.op": "x"},
                                  {"r.0.what": "history:interactions", "r.0.measure": "sum", "r.0.of": "x", "r.0.w.0.field": "x"},
                                  {"r." + ".".join("0" * 60) + ".mode": "all", "do": "add:r.9.9"}, {"do": "remove:r", "r.0.what": "preset:x", "r.0.was": ""},
                                  {"r.0.what": "field:first_name", "r.0.op": "is", "r.0.value": "\x00"}])
def test_a_tampered_form_is_no_crash(client, data):
    for path in ("/segments/draft", "/segments/matches"):
        assert client.post(path, data=data).status_code == 200
    assert client.post("/segments", data={**data, "name": "x"}).status_code == 422


def test_the_count_tells_how_many_and_shows_some(client, ada):
    html = client.post("/segments/matches", data=dict(fields(client.get("/segments/new?starter=unhappy-spoken").text)), headers=HTMX).text
    assert re.search(r"<strong[^>]*>1</strong>", html)
    assert "Adler" in html


def test_why_somebody_is_in_before_saving(client, ada):
    data = dict(fields(client.get("/segments/new?starter=unhappy-spoken").text))
    html = client.post(f"/segments/matches/{ada.id}", data=data, headers=HTMX).text
    assert "In, because" in html
    assert "here: 1" in html


def test_why_somebody_is_not_in(client, segment, make):
    ben = make.contact("Ben", lifecycle="lead")
    html = client.get(f"/segments/{segment.id}/members/{ben.id}").text
    assert "Not in, because" in html
    assert "here: Lead" in html


def test_the_list_shows_segments_with_their_last_count(client, segment):
    segment.note_count(1234)
    db.session.commit()
    html = client.get("/segments").text
    assert "Unhappy" in html
    assert "1,234" in html


def test_the_page_shows_the_rule_in_words_and_its_people(client, segment, ada):
    html = client.get(f"/segments/{segment.id}").text
    assert "Lifecycle is Customer and Answers: at least 1 (Survey is NPS and Score at most 6) in the last 30 days" in html
    assert "Adler" in html


def test_people_are_paged(client, segment, make):
    segment.rule = {"all": []}
    for number in range(55):
        make.contact(f"N{number}", "X", sort_name=f"x n{number:03}")
    first = client.get(f"/segments/{segment.id}").text
    cursor = re.search(r"cursor=([\w-]+)", first)[1]
    assert "N54 X" in client.get(f"/segments/{segment.id}?cursor={cursor}", headers=HTMX).text


def test_a_rule_that_names_something_gone_says_so(client, segment):
    segment.rule = {"all": [{"history": "interactions", "where": {"touchpoint": "gone"}}]}
    db.session.commit()
    assert "can no longer be read" in client.get(f"/segments/{segment.id}").text
    assert client.get(f"/segments/{segment.id}/count").status_code == 409
    assert client.get(f"/segments/{segment.id}/rule").status_code == 200


def test_archiving_can_be_undone(client, segment):
    assert client.post(f"/segments/{segment.id}/archival").status_code == 303
    undo = re.search(r'action="(/undo/\d+)"', client.get("/segments").text)[1]
    assert client.get(f"/segments/{segment.id}").status_code == 404
    client.post(undo)
    assert client.get(f"/segments/{segment.id}").status_code == 200
    client.post(f"/segments/{segment.id}/archival")
    assert client.delete(f"/segments/{segment.id}/archival").status_code in (204, 303)
    assert segment.archived_at is None


def test_the_export_is_safe_and_written_down(browse, lead, segment, ada):
    ada.first_name, ada.title = "=cmd()", "+1"
    db.session.commit()
    response = browse(lead).post(f"/segments/{segment.id}/export", data={"reason": "Call them"})
    assert response.mimetype == "text/csv"
    lines = response.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("id,first_name")
    assert "'=cmd()" in lines[1]
    assert not re.search(r'(^|,)"?[=+@-]', lines[1])
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "segment.exported")).one()
    assert (entry.user_id, entry.detail["people"], entry.detail["reason"]) == (lead.id, 1, "Call them")


def test_the_export_needs_its_right(client, segment):
    assert client.post(f"/segments/{segment.id}/export").status_code == 403
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "segment.exported")).all() == []


@pytest.mark.parametrize("path", ["archival", "export"])
def test_writes_refuse_get_and_strangers(client, nobody, segment, path):
    assert client.get(f"/segments/{segment.id}/{path}").status_code == 405
    assert nobody.post(f"/segments/{segment.id}/{path}").status_code == 401
    assert segment.archived_at is None


def test_the_job_counts_every_segment_once_a_day(app, segment, ada, clock):
    from crm.segments.jobs import count_all

    count_all()
    count_all()
    clock.advance(days=1)
    count_all()
    assert len(db.session.scalars(select(SegmentCount)).all()) == 2


def test_the_pages_ask_a_fixed_number_of_questions(client, segment, make, statements):
    segment.rule = {"all": []}
    db.session.commit()
    with statements() as few:
        client.get(f"/segments/{segment.id}")
    for number in range(30):
        make.contact(f"N{number}")
    with statements() as many:
        client.get(f"/segments/{segment.id}")
    assert len(many) == len(few) <= 8
