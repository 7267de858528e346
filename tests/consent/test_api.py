from crm.contacts.creating import create_contact
from crm.extensions import db


def test_the_ledger_is_written_and_asked(program, agent):
    anna = create_contact(first_name="Anna", addresses=[("email", "anna@example.com")])
    db.session.commit()
    asked = {"contact_id": anna.id, "purpose": "marketing"}
    assert program("read").get("/consents/permission", **asked).json["allowed"] is False
    answer = program().post("/consents", **asked, state="granted", wording="Ja, gern.")
    assert answer.status_code == 201, answer.text
    assert (answer.json["channel"], answer.json["source"], answer.json["recorded_by_id"]) == ("email", "api", agent.id)
    assert program("read").get("/consents/permission", **asked).json["allowed"] is True
    program().post("/consents", **asked, state="withdrawn", channel="any")
    assert program("read").get("/consents/permission", **asked).json["allowed"] is False
    states = [entry["state"] for entry in program("read").get("/consents", contact_id=anna.id).json["items"]]
    assert states == ["withdrawn", "granted"]
    assert program("read").get(f"/consents/{answer.json['id']}").json == answer.json


def test_entries_are_refused_by_field(program, app):
    answer = program().post("/consents", contact_id=999, purpose="marketing", state="granted")
    assert answer.status_code == 422
    assert "contact_id" in answer.get_json(force=True)["errors"]
    anna = create_contact(first_name="Anna")
    db.session.commit()
    for change, field in (({"state": "maybe"}, "state"), ({"at": "2999-01-01T00:00:00Z"}, "at"), ({"at": "2020-01-01T00:00:00"}, "at")):
        answer = program().post("/consents", **{"contact_id": anna.id, "purpose": "marketing", "state": "granted"} | change)
        assert field in answer.get_json(force=True)["errors"]
