import pytest
from sqlalchemy import select

from crm import timeline
from crm.contacts.models import Organisation
from crm.timeline.models import Interaction
from crm.touchpoints.models import Touchpoint

CALL = {"channel": "phone", "direction": "inbound", "subject": "Where is my parcel?"}


@pytest.fixture
def ada(make, db):
    ada = make.contact("Ada", "Adler")
    ada.add_address("email", "ada@nordwind.example")
    db.session.commit()
    return ada


def test_an_interaction_is_recorded_and_shown(program, ada, make, clock):
    make.save(Touchpoint(key="hotline", name="Hotline", phase="after", channel="phone"))
    api = program()
    added = api.post("/interactions", contact_id=ada.id, happened_at="2026-11-20T10:00:00+01:00", **CALL)
    assert added.status_code == 201, added.text
    entry = added.json
    assert (entry["kind"], entry["touchpoint"], entry["provenance"], entry["happened_at"]) == ("call.logged", "hotline", "api", "2026-11-20T09:00:00+00:00")
    assert api.get(f"/interactions/{entry['id']}").json == entry
    assert ada.interactions_count == 1


def test_the_person_is_recognised_by_an_address(program, ada):
    assert program().post("/interactions", identify={"email": "ADA@nordwind.example"}, **CALL).json["contact_id"] == ada.id


def test_the_same_external_id_is_recorded_once(program, ada, db):
    api = program()
    first = api.post("/interactions", contact_id=ada.id, external_id="T-1", **CALL).json
    assert api.post("/interactions", contact_id=ada.id, external_id="T-1", **CALL).json["id"] == first["id"]
    assert api.post("/interactions", contact_id=ada.id, external_id="T-1", source="shop", **CALL).json["id"] != first["id"]
    assert ada.interactions_count == 2


def test_a_purchase_adds_to_the_value(program, ada):
    program().post("/interactions", contact_id=ada.id, channel="web", kind="purchase.made", amount=49.90)
    assert float(ada.value) == 49.90


@pytest.mark.parametrize(("fields", "at"), [
    ({}, "contact_id"), ({"contact_id": 999}, "contact_id"), ({"identify": {"email": "nobody@x.example"}}, "identify"),
    ({"identify": {"email": "ada@nordwind.example"}, "channel": "pigeon"}, "channel"),
    ({"identify": {"email": "ada@nordwind.example"}, "happened_at": "2036-01-01T00:00:00Z"}, "happened_at"),
    ({"identify": {"email": "ada@nordwind.example"}, "touchpoint": "nowhere"}, "touchpoint"),
    ({"identify": {"email": "ada@nordwind.example"}, "kind": "feedback.answered"}, "kind"),
    ({"identify": {"email": "ada@nordwind.example"}, "kind": "Nonsense"}, "kind"),
    ({"identify": {"email": "ada@nordwind.example"}, "self_rating": 9}, "self_rating"),
])
def test_what_does_not_fit_is_refused_by_the_field(program, ada, db, clock, fields, at):
    answer = program().post("/interactions", **CALL | fields)
    assert answer.status_code == 422, answer.text
    assert at in answer.get_json(force=True)["errors"]
    assert db.session.scalars(select(Interaction)).all() == []


def test_a_withdrawn_entry_is_gone(program, ada):
    api = program()
    entry = api.post("/interactions", contact_id=ada.id, **CALL).json
    assert api.delete(f"/interactions/{entry['id']}").status_code == 204
    assert api.get(f"/interactions/{entry['id']}").status_code == 404
    assert ada.interactions_count == 0


def test_timelines_are_filtered_and_paged(program, make, ada, clock, db, agent):
    organisation = make.save(Organisation(name="Nordwind"))
    ada.organisation = organisation
    for number in range(5):
        clock.advance(hours=1)
        timeline.record("call.logged", ada, channel="phone" if number else "chat", direction="inbound", subject=str(number), staff=agent)
    db.session.commit()
    api = program("read")
    for path in (f"/contacts/{ada.id}/timeline", f"/organisations/{organisation.id}/timeline"):
        page = api.get(path, limit=2).json
        rest = api.get(path, limit=10, cursor=page["next"]).json
        assert [entry["subject"] for entry in page["items"] + rest["items"]] == ["4", "3", "2", "1", "0"]
        subjects = lambda path=path, **query: [entry["subject"] for entry in api.get(path, **query).json["items"]]  # noqa: E731
        assert subjects(channel="chat") == ["0"]
        assert subjects(department="service") == ["4", "3", "2", "1", "0"]
        assert subjects(department="sales") == []
        assert subjects(**{"from": "2026-11-21T13:30:00Z"}) == ["4"]


def test_a_private_note_stays_with_its_author(program, ada, agent, colleague, db):
    note = timeline.record("note.logged", ada, channel="other", direction="internal", visibility="private", staff=agent)
    db.session.commit()
    assert program("read").get(f"/interactions/{note.id}").status_code == 200
    assert program("read", colleague).get(f"/interactions/{note.id}").status_code == 404
    assert program("read", colleague).get(f"/contacts/{ada.id}/timeline").json["items"] == []
