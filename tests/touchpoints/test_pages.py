import pytest
from sqlalchemy import func, select

from crm import timeline
from crm.contacts.creating import create_contact
from crm.extensions import db
from crm.touchpoints.models import Touchpoint

FILLED = {"name": "Pop-up shop", "name_de": "Pop-up-Laden", "phase": "during", "reach": "direct", "channel": "in_person", "importance": "4", "promise": "You can try everything."}


@pytest.fixture
def boss(browse, lead):
    return browse(lead)


@pytest.fixture
def touchpoint(app):
    def add(key, **fields):
        row = Touchpoint(**{"key": key, "name": key.title(), "phase": "after", "channel": "phone"} | fields)
        db.session.add(row)
        db.session.commit()
        return row

    return add


def test_the_register_shows_the_journey_with_its_volume(client, touchpoint, clock):
    hotline, old = touchpoint("hotline", promise="We answer."), touchpoint("old")
    touchpoint("website", phase="before", channel="web")
    anna = create_contact(first_name="Anna")
    timeline.record("call.logged", anna, channel="phone", direction="inbound", touchpoint_id=hotline.id)
    timeline.record("call.logged", anna, channel="phone", direction="inbound", touchpoint_id=old.id)
    old.merge_into(hotline)
    db.session.commit()
    text = client.get("/touchpoints").text
    for shown in ("Before the purchase", "Hotline", "We answer.", "Website", '<span class="num">2</span>'):
        assert shown in text
    assert f'id="touchpoint-{old.id}"' not in text
    assert "Merged into" in client.get("/touchpoints?retired=1").text
    clock.advance(days=91)
    assert '<span class="num">2</span>' not in client.get("/touchpoints").text


def test_german_readers_see_german_names(browse, make, touchpoint):
    touchpoint("hotline", name_de="Servicetelefon", promise="We answer.", promise_de="Wir gehen ran.")
    text = browse(make.user("Greta", locale="de")).get("/touchpoints").text
    assert "Servicetelefon" in text
    assert "Wir gehen ran." in text


def test_a_touchpoint_is_added_with_a_key_of_its_own(boss, touchpoint):
    touchpoint("pop_up_shop")
    response = boss.post("/touchpoints", data=FILLED)
    added = db.session.scalars(select(Touchpoint).where(Touchpoint.key == "pop_up_shop_2")).one()
    assert response.location == f"/touchpoints/{added.id}"
    assert (added.name_de, added.importance, added.channel) == ("Pop-up-Laden", 4, "in_person")
    assert "You can try everything." in boss.get(f"/touchpoints/{added.id}").text


@pytest.mark.parametrize(("change", "words"), [
    ({"name": " "}, "Give the touchpoint a name."),
    ({"phase": "never"}, "Not a valid choice"),
    ({"importance": "9"}, "Not a valid choice"),
    ({"owner_id": "999"}, "Not a valid choice"),
])
def test_a_touchpoint_with_an_error_says_why(boss, app, change, words):
    response = boss.post("/touchpoints", data=FILLED | change)
    assert response.status_code == 422
    assert words in response.text
    assert "You can try everything." in response.text
    assert db.session.scalar(select(func.count()).select_from(Touchpoint)) == 0


def test_editing_keeps_the_key(boss, touchpoint):
    hotline = touchpoint("hotline")
    assert "Hotline" in boss.get(f"/touchpoints/{hotline.id}/edit").text
    assert boss.post(f"/touchpoints/{hotline.id}", data=FILLED).status_code == 303
    assert (hotline.name, hotline.key) == ("Pop-up shop", "hotline")
    assert boss.post(f"/touchpoints/{hotline.id}", data=FILLED | {"name": ""}).status_code == 422


def test_retiring_can_be_undone(boss, touchpoint):
    hotline = touchpoint("hotline")
    boss.post(f"/touchpoints/{hotline.id}/retirement")
    assert not hotline.active
    boss.post("/undo/" + boss.get(f"/touchpoints/{hotline.id}").text.split('action="/undo/')[1].split('"')[0])
    assert hotline.active
    boss.post(f"/touchpoints/{hotline.id}/retirement")
    boss.delete(f"/touchpoints/{hotline.id}/retirement")
    assert hotline.active


def test_merging_moves_along_what_was_merged_before_and_undoing_puts_all_back(boss, touchpoint):
    one, two, three = touchpoint("one"), touchpoint("two"), touchpoint("three")
    boss.post(f"/touchpoints/{one.id}/merge", data={"into": two.id})
    response = boss.post(f"/touchpoints/{two.id}/merge", data={"into": three.id})
    assert response.location == f"/touchpoints/{three.id}"
    assert (one.merged_into, two.merged_into) == (three, three)
    text = boss.get(response.location).text
    assert "Took over:" in text
    last = text.split('action="/undo/')[-1].split('"')[0]
    boss.post(f"/undo/{last}")
    assert (one.merged_into, two.merged_into, two.active) == (two, None, True)


def test_a_touchpoint_cannot_be_merged_into_itself_or_a_retired_one(boss, touchpoint):
    one, gone = touchpoint("one"), touchpoint("gone")
    gone.retire()
    for into in (one.id, gone.id, 999, ""):
        assert boss.post(f"/touchpoints/{one.id}/merge", data={"into": into}).status_code == 422
    assert one.merged_into is None


def test_only_who_has_the_right_may_change_the_register(client, nobody, touchpoint):
    hotline = touchpoint("hotline")
    for path in ("/touchpoints", f"/touchpoints/{hotline.id}", f"/touchpoints/{hotline.id}/retirement", f"/touchpoints/{hotline.id}/merge"):
        assert client.post(path, data=FILLED).status_code == 403
        assert nobody.post(path, data=FILLED).status_code == 401
    assert client.get(f"/touchpoints/{hotline.id}/retirement").status_code == 405
    assert "New touchpoint" not in client.get("/touchpoints").text
    assert (hotline.name, hotline.active) == ("Hotline", True)


def test_the_register_takes_the_same_statements_for_many(client, touchpoint, statements):
    touchpoint("first")
    client.get("/touchpoints")
    with statements() as few:
        client.get("/touchpoints")
    for number in range(20):
        touchpoint(f"t{number}")
    with statements() as many:
        client.get("/touchpoints")
    assert len(many) == len(few) <= 4
