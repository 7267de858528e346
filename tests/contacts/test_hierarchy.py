import pytest

from crm import timeline
from crm.contacts.hierarchy import ids_below, set_parent, tree
from crm.contacts.models import Organisation
from crm.errors import Refused
from crm.extensions import db
from tests.conftest import HTMX


@pytest.fixture
def group(make):
    """Holding ← Werk ← Labor; Holding ← Vertrieb."""
    holding = make.save(Organisation(name="Holding AG"))
    werk = make.save(Organisation(name="Werk GmbH", parent=holding))
    make.save(Organisation(name="Vertrieb GmbH", parent=holding))
    return holding, werk, make.save(Organisation(name="Labor GmbH", parent=werk))


def test_the_tree_stands_on_every_page_of_the_group(client, group):
    _holding, werk, labor = group
    for firm in group:
        assert [(one.name, one.depth) for one in tree(firm)] == [("Holding AG", 0), ("Vertrieb GmbH", 1), ("Werk GmbH", 1), ("Labor GmbH", 2)]
    text = client.get(f"/organisations/{werk.id}").text
    assert f'href="/organisations/{labor.id}"' in text
    assert "Belongs to" in text
    assert tree(Organisation(id=999, name="alone")) == []


def test_nobody_belongs_to_their_own_part(client, group):
    holding, _werk, labor = group
    with pytest.raises(Refused):
        set_parent(holding, labor)
    with pytest.raises(Refused):
        set_parent(holding, holding)
    response = client.post(f"/organisations/{holding.id}", data={"name": "Holding AG", "parent": "Labor"})
    assert (response.status_code, "is a part of" in response.text) == (422, True)
    assert holding.parent_id is None


def test_the_parent_is_chosen_by_name_and_taken_away(client, group):
    holding, _werk, labor = group
    assert "Give" not in client.post(f"/organisations/{labor.id}", data={"name": "Labor GmbH", "parent": "holding"}).text
    assert labor.parent is holding
    client.post(f"/organisations/{labor.id}", data={"name": "Labor GmbH", "parent": ""})
    assert labor.parent is None
    response = client.post(f"/organisations/{labor.id}", data={"name": "Labor GmbH", "parent": "Unbekannt"})
    assert (response.status_code, "no organisation of this name" in response.text) == (422, True)


def test_the_timeline_can_tell_of_the_subsidiaries_as_well(client, program, make, group):
    holding, _werk, labor = group
    for firm, words in ((holding, "on top"), (labor, "far below")):
        timeline.record("call.logged", make.contact(organisation=firm), channel="phone", direction="inbound", subject=words)
    db.session.commit()
    alone, together = (client.get(f"/organisations/{holding.id}/timeline{query}").text for query in ("", "?subsidiaries=1"))
    assert ("far below" in alone, "far below" in together, "on top" in together) == (False, True, True)
    assert "With subsidiaries" in client.get(f"/organisations/{holding.id}/timeline?subsidiaries=1", headers=HTMX).text
    assert "Subsidiaries" in client.get(f"/organisations/{holding.id}/timeline/filters").text
    told = program("read").get(f"/organisations/{holding.id}/timeline", subsidiaries="true").json["items"]
    assert {item["subject"] for item in told} == {"on top", "far below"}
    assert len(program("read").get(f"/organisations/{holding.id}/timeline").json["items"]) == 1


def test_a_circle_made_elsewhere_ends(group):
    holding, _werk, labor = group
    holding.parent_id = labor.id
    db.session.commit()
    assert len(db.session.scalars(ids_below(holding.id)).all()) == 4
    assert len(tree(labor)) == 4


def test_programs_say_the_parent(program, group):
    holding, _werk, labor = group
    assert program().patch(f"/organisations/{labor.id}", parent_id=holding.id).json["parent_id"] == holding.id
    assert program().patch(f"/organisations/{holding.id}", parent_id=labor.id).status_code == 409
    assert program().patch(f"/organisations/{holding.id}", parent_id=999).status_code == 422
    assert program().patch(f"/organisations/{labor.id}", parent_id=None).json["parent_id"] is None
