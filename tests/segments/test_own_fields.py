from datetime import date

import pytest

from crm.contacts.custom.models import CustomField
from crm.contacts.models import Organisation
from crm.segments.exporting import export
from crm.segments.models import Segment
from crm.segments.rules import RuleError, parse


@pytest.fixture
def people(make, clock):
    for key, kind, choices in (("size", "number", []), ("club", "choice", [["Gold", ""], ["Silver", "Silber"]]), ("joined", "date", []), ("loud", "yes_no", []), ("remark", "text", [])):
        make.save(CustomField(about="contact", key=key, label=key.title(), kind=kind, choices=choices))
    make.save(CustomField(about="organisation", key="tier", label="Tier", kind="number", choices=[]))
    firm = make.save(Organisation(name="Beispiel", custom={"tier": 2}))
    make.contact("Ada", custom={"size": 38, "club": "Gold", "joined": "2026-11-20", "loud": True, "remark": "Likes Tea"}, organisation=firm)
    make.contact("Ben", custom={"size": 44.5, "club": "Silver", "joined": "2020-01-31", "loud": False}, birth_date=date(1980, 11, 25))
    make.contact("Cleo", custom={"size": "big", "joined": "soon", "loud": "perhaps"})
    make.contact("Dora", custom={})


@pytest.mark.parametrize(("rule", "names"), [
    ({"field": "custom.size", "at_least": 40}, {"Ben"}), ({"field": "custom.size", "at_most": 40}, {"Ada"}), ({"field": "custom.size", "is": 44.5}, {"Ben"}),
    ({"field": "custom.size", "in": [38, 39]}, {"Ada"}), ({"field": "custom.size", "empty": False}, {"Ada", "Ben"}), ({"field": "custom.size", "is_not": 38}, {"Ben", "Cleo", "Dora"}),
    ({"field": "custom.club", "is": "Gold"}, {"Ada"}), ({"field": "custom.club", "in": ["Gold", "Silver"]}, {"Ada", "Ben"}), ({"field": "custom.club", "empty": True}, {"Cleo", "Dora"}),
    ({"field": "custom.joined", "within_days": 5}, {"Ada"}), ({"field": "custom.joined", "before": "2021-01-01"}, {"Ben"}), ({"field": "custom.joined", "is": "2020-01-31"}, {"Ben"}),
    ({"field": "custom.loud", "is": True}, {"Ada"}), ({"field": "custom.loud", "is": False}, {"Ben"}), ({"field": "custom.loud", "empty": True}, {"Cleo", "Dora"}),
    ({"field": "custom.remark", "contains": "tea"}, {"Ada"}), ({"none": [{"field": "custom.size", "at_least": 1}]}, {"Cleo", "Dora"}),
    ({"field": "organisation.custom.tier", "at_least": 2}, {"Ada"}), ({"field": "custom.unknown", "empty": True}, {"Ada", "Ben", "Cleo", "Dora"}),
    ({"field": "days_to_birthday", "at_most": 7}, {"Ben"}), ({"field": "days_to_birthday", "is": 4}, {"Ben"}), ({"field": "days_to_birthday", "at_most": 3}, set()),
    ({"field": "days_to_birthday", "at_least": 5}, set()), ({"field": "days_to_birthday", "at_least": 4}, {"Ben"}), ({"field": "days_to_birthday", "empty": True}, {"Ada", "Cleo", "Dora"}),
])
def test_rules_compare_own_fields_by_their_kind(program, people, rule, names):
    answer = program("read").post("/segments/preview", rule=rule)
    assert answer.status_code == 200, answer.text
    assert {one["display_name"].split()[0] for one in answer.json["sample"]} == names
    assert answer.json["count"] == len(names)


@pytest.mark.parametrize("rule", [
    {"field": "custom.size", "is": "38"}, {"field": "custom.size", "contains": "3"}, {"field": "custom.club", "is": "Bronze"}, {"field": "custom.loud", "is": "yes"},
    {"field": "custom.joined", "is": "soon"}, {"field": "days_to_birthday", "before": "2020-01-01"},
])
def test_a_comparison_that_makes_no_sense_is_refused(people, rule):
    with pytest.raises(RuleError):
        parse(rule)


def test_why_somebody_is_in_says_what_there_is(program, people, make):
    segment = make.save(Segment(name="x", rule={"all": [{"field": "custom.loud", "is": True}, {"field": "custom.joined", "before": "2027-01-01"}, {"field": "custom.size", "at_least": 38}]}))
    ident = program("read").post("/segments/preview", rule=segment.rule).json["sample"][0]["id"]
    because = program("read").get(f"/segments/{segment.id}/members/{ident}").json["because"]
    assert [(one["words"], one["actual"]) for one in because[1:]] == [("Loud is Yes", "Yes"), ("Joined before 1 Jan 2027", "20 Nov 2026"), ("Size at least 38", "38")]


def test_the_builder_offers_own_fields_and_keeps_them(client, people):
    page = client.get("/segments/new").text
    assert '<option value="field:custom.size">Size</option>' in page
    assert "Tier (organisation)" in page
    form = {"r.mode": "all", "r.0.what": "field:custom.loud", "r.0.was": "field:custom.loud", "r.0.op": "is", "r.0.value": "False", "name": "Quiet"}
    page = client.post("/segments", data=form).location
    assert "Loud is No" in client.get(page).text
    assert 'value="False" selected' in client.get(f"{page}/rule").text
    chosen = client.post("/segments/draft", data={"r.mode": "all", "r.0.what": "field:custom.club", "r.0.was": ""}, headers={"HX-Request": "true"}).text
    assert '<option value="Gold" selected>' in chosen


def test_the_export_has_a_column_for_each(app, people, make):
    segment = make.save(Segment(name="x", rule={"all": [{"field": "custom.size", "at_least": 40}]}))
    with app.test_request_context():
        head, row = export(segment).get_data().decode("utf-8-sig").splitlines()
    assert head.endswith("custom.size,custom.club,custom.joined,custom.loud,custom.remark")
    assert row.endswith("44.5,Silver,2020-01-31,false,")
