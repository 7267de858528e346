from sqlalchemy import func, select

from crm.extensions import db
from crm.touchpoints.models import Touchpoint

HOTLINE = {"name": "Hotline", "phase": "after", "channel": "phone", "department": "service", "importance": 5, "promise": "We answer."}


def test_a_touchpoint_is_added_changed_and_retired(program, lead):
    boss = program(user=lead)
    answer = boss.post("/touchpoints", **HOTLINE)
    assert answer.status_code == 201, answer.text
    hotline = answer.json
    assert (hotline["key"], hotline["department"], hotline["reach"], hotline["active"], hotline["score"]) == ("hotline", "service", "direct", True, {})
    path = f"/touchpoints/{hotline['id']}"
    assert boss.patch(path, department=None, importance=2).json["department"] is None
    assert boss.patch(path, key="other").status_code == 422
    assert boss.delete(path).status_code == 204
    assert boss.get("/touchpoints", active="true").json["items"] == []
    assert boss.patch(path, active=True).json["active"] is True
    assert [item["id"] for item in boss.get("/touchpoints", channel="phone").json["items"]] == [hotline["id"]]


def test_what_does_not_fit_is_refused(program, lead):
    boss = program(user=lead)
    for change, field in (({"phase": "never"}, "phase"), ({"department": "moon"}, "department"), ({"department": 5}, "department"), ({"owner_id": 999}, "owner_id"), ({"key": "Ä ö"}, "key")):
        answer = boss.post("/touchpoints", **HOTLINE | change)
        assert answer.status_code == 422, answer.text
        assert field in answer.get_json(force=True)["errors"]
    boss.post("/touchpoints", **HOTLINE, key="hot")
    assert boss.post("/touchpoints", **HOTLINE, key="hot").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Touchpoint)) == 1


def test_members_read_the_register_but_do_not_change_it(program):
    assert program().get("/touchpoints").status_code == 200
    assert program().post("/touchpoints", **HOTLINE).status_code == 403
