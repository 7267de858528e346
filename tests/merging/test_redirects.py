"""The id of a merged record leads to its survivor, wherever it is used."""

from __future__ import annotations

import pytest

from crm.contacts.models import Organisation
from crm.extensions import db
from crm.merging.parting import part
from crm.merging.uniting import unite
from crm.tasks.models import Task
from tests.stored import our_rules


@pytest.fixture
def merged(make, lead):
    anna, ann = make.contact("Anna", "Berg"), make.contact("Ann", "Berg")
    merge = unite("contact", anna.id, ann.id, lead)
    db.session.commit()
    return anna, ann, merge


@pytest.fixture
def firms(make, lead):
    old, new = make.save(Organisation(name="Acme GmbH")), make.save(Organisation(name="Acme"))
    unite("organisation", old.id, new.id, lead)
    db.session.commit()
    return old, new


def readable(app, noun: str) -> list[str]:
    """Every page and list that stands under the id of a record."""
    found = []
    for rule in our_rules(app):
        below = rule.rule.startswith((f"/{noun}/<int:", f"/{noun}/<int(", f"/api/v1/{noun}/<int("))
        if below and "GET" in rule.methods and len(rule.arguments) == 1:
            found.append(rule.rule)
    return found


@pytest.mark.parametrize("noun", ["contacts", "organisations"])
def test_every_page_below_an_old_id_leads_to_the_survivor(app, browse, program, admin, merged, firms, noun):
    old, new = (merged[0], merged[1]) if noun == "contacts" else firms
    client, api = browse(admin), program("admin", admin)
    faults = []
    for rule in readable(app, noun):
        path = rule[: rule.index("<")] + str(old.id) + rule[rule.index(">") + 1 :]
        answer = api.get(path.removeprefix("/api/v1")) if path.startswith("/api") else client.get(path, headers={"HX-Request": "true"})
        if f"/{noun}/{new.id}" not in (answer.location or "") and not (path.startswith("/api") and answer.status_code == 200):
            faults.append((path, answer.status_code, answer.location))
    assert faults == []


def test_a_page_leads_on_with_its_question(client, merged):
    anna, ann, _ = merged
    answer = client.get(f"/contacts/{anna.id}/edit?tab=2")
    assert (answer.status_code, answer.location, answer.headers["Cache-Control"]) == (303, f"/contacts/{ann.id}/edit?tab=2", "private, no-store")


def test_what_is_written_to_the_old_id_is_sent_again_to_the_survivor(client, merged):
    anna, ann, _ = merged
    answer = client.post(f"/contacts/{anna.id}", data={"last_name": "Changed"})
    assert (answer.status_code, answer.location) == (308, f"/contacts/{ann.id}")


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_the_api_answers_308(program, merged, method):
    anna, ann, _ = merged
    answer = getattr(program(), method)(f"/contacts/{anna.id}")
    assert (answer.status_code, answer.location) == (308, f"/api/v1/contacts/{ann.id}")


def test_a_chain_leads_to_its_end_at_once(client, merged, make, lead):
    anna, ann, _ = merged
    last = make.contact("Last", "Berg")
    unite("contact", ann.id, last.id, lead)
    db.session.commit()
    assert client.get(f"/contacts/{anna.id}/edit").location == f"/contacts/{last.id}/edit"


def test_after_undoing_the_old_id_is_itself_again(client, merged, lead):
    anna, _, merge = merged
    part(merge, lead)
    db.session.commit()
    assert client.get(f"/contacts/{anna.id}").status_code == 200


def test_strangers_are_told_nothing(nobody, merged):
    assert "/sign-in" in nobody.get(f"/contacts/{merged[0].id}/edit").location
    assert nobody.get(f"/contacts/{merged[0].id}/nothing-here").status_code == 404
    assert nobody.get(f"/api/v1/contacts/{merged[0].id}").status_code == 401


def test_one_who_never_was_is_not_found(client, merged):
    assert client.get("/contacts/999999/edit").status_code == 404


def test_an_old_id_that_a_program_writes_stands_for_the_survivor(program, merged, agent):
    anna, ann, _ = merged
    assert program().post("/tasks", title="Call", contact_id=anna.id).json["contact_id"] == ann.id
    assert db.session.query(Task).one().contact_id == ann.id


def test_an_organisation_written_by_its_old_id_is_its_survivor(program, firms):
    assert program().post("/contacts", last_name="Berg", organisation_id=firms[0].id).json["organisation_id"] == firms[1].id
