import pytest
from sqlalchemy import func, select

from crm.contacts.creating import create_contact
from crm.contacts.models import Contact, Organisation
from crm.extensions import db

ANNA = {
    "first_name": "Anna", "last_name": "Müller", "title": "Dr.", "salutation": "ms", "language": "de", "lifecycle": "customer", "customer_since": "2006-05-31",
    "tags": ["VIP"], "custom": {"shoe_size": 38},
    "addresses": [{"kind": "email", "value": "Anna@Example.com", "type": "work", "primary": True}, {"kind": "customer_number", "value": "K-17"}],
}


def count(model=Contact):
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_contact_is_added_and_shown_with_its_figures(program, agent):
    firm = program().post("/organisations", name="Beispiel GmbH", domain="Beispiel.example", tags=["Kunde"]).json
    assert (firm["domain"], firm["tags"]) == ("beispiel.example", ["Kunde"])
    answer = program().post("/contacts", **ANNA, organisation_id=firm["id"], owner_id=agent.id)
    assert answer.status_code == 201, answer.text
    anna = answer.json
    assert anna["display_name"] == "Dr. Anna Müller"
    assert anna["stats"]["interactions"] == 0
    assert anna["stats"]["last_in_at"] is None
    assert [(a["kind"], a["normalised"], a["primary"]) for a in anna["addresses"]] == [("email", "anna@example.com", True), ("customer_number", "K-17", True)]
    shown = program("read").get(f"/contacts/{anna['id']}")
    assert shown.json == anna
    assert shown.headers["ETag"] == answer.headers["ETag"]
    assert (anna["organisation_id"], anna["provenance"], anna["archived"]) == (firm["id"], "api", False)


@pytest.mark.parametrize(("change", "field"), [
    ({"lifecycle": "friend"}, "lifecycle"),
    ({"organisation_id": 999}, "organisation_id"),
    ({"owner_id": 999}, "owner_id"),
    ({"customer_since": "soon"}, "customer_since"),
    ({"addresses": [{"kind": "email", "value": "anna@"}]}, "addresses.0.value"),
    ({"addresses": [{"kind": "pigeon", "value": "x"}]}, "addresses.0.kind"),
    ({"language": "Deutsch"}, "language"),
    ({"shoe_size": 38}, "shoe_size"),
    ({"first_name": "", "last_name": "", "addresses": []}, "last_name"),
    ({"first_name": "x" * 101}, "first_name"),
])
def test_what_does_not_fit_is_refused_by_the_field(program, app, change, field):
    answer = program().post("/contacts", **ANNA | change)
    assert answer.status_code == 422
    assert field in answer.get_json(force=True)["errors"]
    assert count() == 0


def test_a_change_touches_only_what_is_sent(program):
    anna = program().post("/contacts", **ANNA).json
    answer = program().patch(f"/contacts/{anna['id']}", last_name="Groß", tags=["Neu"])
    assert answer.status_code == 200, answer.text
    assert (answer.json["display_name"], answer.json["tags"], answer.json["lifecycle"]) == ("Dr. Anna Groß", ["Neu"], "customer")
    assert len(answer.json["addresses"]) == 2


def test_an_address_left_out_is_ended_and_still_recognised(program):
    anna = program().post("/contacts", **ANNA).json
    changed = program().patch(f"/contacts/{anna['id']}", addresses=[{"kind": "email", "value": "new@example.com"}]).json
    assert {a["value"]: a["ended"] for a in changed["addresses"]} == {"Anna@Example.com": True, "K-17": True, "new@example.com": False}
    known = program("read").get("/recognise", email="anna@example.com").json
    assert known["contact"]["id"] == anna["id"]
    assert known["match"]["ended"] is True


def test_belonging_changes_and_ends(program):
    one, two = (program().post("/organisations", name=name).json["id"] for name in ("One", "Two"))
    ident = program().post("/contacts", **ANNA, organisation_id=one).json["id"]
    assert program().patch(f"/contacts/{ident}", organisation_id=two).json["organisation_id"] == two
    assert program().patch(f"/contacts/{ident}", organisation_id=None).json["organisation_id"] is None
    assert [a.ended for a in db.session.get(Contact, ident).affiliations] == [True, True]


def test_if_match_keeps_one_from_overwriting(program):
    anna = program().post("/contacts", **ANNA)
    path, etag = f"/contacts/{anna.json['id']}", anna.headers["ETag"]
    assert program().patch(path, headers={"If-Match": etag}, title="").status_code == 200
    assert program().patch(path, headers={"If-Match": etag}, title="Prof.").status_code == 412


def test_deleting_archives(program):
    ident = program().post("/contacts", **ANNA).json["id"]
    assert program().delete(f"/contacts/{ident}").status_code == 204
    assert program().get("/contacts").json["items"] == []
    assert [c["id"] for c in program().get("/contacts", archived="true").json["items"]] == [ident]
    assert program().patch(f"/contacts/{ident}", archived=False).json["archived"] is False


def test_a_merged_contact_leads_to_its_survivor(program, app):
    survivor = create_contact(first_name="Anna")
    db.session.flush()
    merged = create_contact(first_name="Ana", merged_into_id=survivor.id)
    db.session.commit()
    answer = program().get(f"/contacts/{merged.id}")
    assert (answer.status_code, answer.location) == (308, f"/api/v1/contacts/{survivor.id}")


def test_contacts_are_searched_filtered_and_sorted(program):
    program().post("/contacts", **ANNA)
    program().post("/contacts", first_name="Bert", last_name="Alt")
    names = lambda **query: [c["first_name"] for c in program("read").get("/contacts", **query).json["items"]]  # noqa: E731
    assert names(sort="name") == ["Bert", "Anna"]
    assert names(sort="-name") == names() == ["Anna", "Bert"]
    assert names(q="muel") == names(tag="vip") == names(lifecycle="customer") == names(email="ANNA@example.com") == names(customer_number="k-17") == ["Anna"]
    assert program().get("/contacts", colour="red").status_code == 422


def test_paging_survives_inserts(program):
    for number in range(5):
        program().post("/contacts", first_name=f"P{number}")
    first = program().get("/contacts", limit=2).json
    program().post("/contacts", first_name="P9")
    rest = program().get("/contacts", limit=200, cursor=first["next"]).json
    assert [c["first_name"] for c in first["items"] + rest["items"]] == ["P0", "P1", "P2", "P3", "P4", "P9"]
    assert rest["next"] is None


def test_a_list_takes_the_same_statements_for_many(program, statements):
    def add(number):
        firm = program().post("/organisations", name=f"F{number}").json["id"]
        program().post("/contacts", first_name=f"P{number}", tags=[f"t{number}"], organisation_id=firm, addresses=[{"kind": "email", "value": f"p{number}@example.com"}])

    add(0)
    reader = program("read")
    with statements() as few:
        reader.get("/contacts")
    for number in range(1, 8):
        add(number)
    db.session.expire_all()
    with statements() as many:
        reader.get("/contacts")
    assert len(many) <= len(few)


def test_recognising_somebody(program):
    anna = program().post("/contacts", **ANNA).json
    answer = program("read").get("/recognise", customer_number="k-17").json
    assert answer == {
        "known": True,
        "contact": {"id": anna["id"], "display_name": "Dr. Anna Müller", "lifecycle": "customer", "customer_since": "2006-05-31", "interactions": 0,
                    "last_in_at": None, "open_conversations": 0},
        "match": {"kind": "customer_number", "value": "K-17", "exact": True, "ended": False, "others": 0},
    }
    assert program("read").get("/recognise", email="nobody@example.com").json == {"known": False, "contact": None, "match": None}
    assert program("read").get("/recognise").status_code == 422


def test_organisations_are_changed_and_archived(program):
    ident = program().post("/organisations", name="Beispiel").json["id"]
    assert program().patch(f"/organisations/{ident}", industry="Handel").json["industry"] == "Handel"
    assert program().post("/organisations", name=" ").status_code == 422
    assert program().post("/organisations", name="X", website="javascript:x").status_code == 422
    assert program().delete(f"/organisations/{ident}").status_code == 204
    assert program().get("/organisations").json["items"] == []
    assert count(Organisation) == 1


def test_reading_tokens_cannot_write(program, app):
    assert program("read").post("/contacts", **ANNA).status_code == 403
    assert count() == 0
