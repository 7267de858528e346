import pytest
from sqlalchemy import select

from crm.contacts import custom
from crm.contacts.creating import create_contact
from crm.contacts.custom.kinds import Unfit
from crm.contacts.custom.models import CustomField
from crm.contacts.models import Contact, Organisation
from crm.extensions import db
from tests.conftest import HTMX

NEW = {"label": "Size", "label_de": "Größe", "about": "contact", "kind": "number", "choices": ""}


@pytest.fixture
def define(make):
    def define(key="size", kind="number", about="contact", choices=(), **more):
        more.setdefault("label", key.title())
        return make.save(CustomField(about=about, key=key, kind=kind, choices=[list(one) for one in choices], **more))

    return define


@pytest.fixture
def wardrobe(define):
    """One field of each kind."""
    define("size", "number", label_de="Größe", listed=True)
    define("club", "choice", choices=[("Gold", "Gold"), ("Silver", "Silber")], listed=True, position=1)
    define("since", "date", position=2)
    define("loud", "yes_no", position=3)
    define("remark", "text", position=4)


def form(**own):
    return {"first_name": "Anna", "last_name": "Müller", "lifecycle": "lead", "address_form": "sie"} | {f"custom.{key}": value for key, value in own.items()}


def anna():
    return db.session.scalars(select(Contact)).one()


# — definition —


def test_a_field_is_defined_changed_moved_archived_and_used_again(browse, admin):
    client = browse(admin)
    assert client.post("/settings/fields", data=NEW).status_code == 303
    assert client.post("/settings/fields", data=NEW | {"label": "Club", "kind": "choice", "choices": "Gold\nSilver | Silber\n"}).status_code == 303
    size, club = db.session.scalars(select(CustomField).order_by(CustomField.id))
    assert (size.key, size.kind, club.choices) == ("size", "number", [["Gold", ""], ["Silver", "Silber"]])
    client.post(f"/settings/fields/{club.id}", data={"label": "Circle", "label_de": "Kreis", "choices": "Gold", "listed": "y"})
    assert (club.label, club.key, club.kind, club.listed, club.choices) == ("Circle", "club", "choice", True, [["Gold", ""]])
    assert "Circle" in client.get(f"/settings/fields/{club.id}").text
    client.post(f"/settings/fields/{club.id}/up", headers=HTMX)
    assert [field.key for field in custom.defined("contact")] == ["club", "size"]
    text = client.post(f"/settings/fields/{size.id}/archive", headers=HTMX).text
    assert [field.key for field in custom.defined("contact")] == ["club"]
    client.post("/undo/" + text.split('action="/undo/')[1].split('"')[0])
    assert size.archived_at is None
    client.post(f"/settings/fields/{size.id}/archive")
    client.delete(f"/settings/fields/{size.id}/archive")
    assert len(custom.defined("contact")) == 2


@pytest.mark.parametrize(("change", "words"), [
    ({"label": ""}, "Give the field a name."),
    ({"label": "!!"}, "at least one letter"),
    ({"kind": "choice"}, "Give at least one choice."),
    ({"kind": "choice", "choices": "Gold\ngold"}, "stands there twice"),
    ({"kind": "colour"}, "Not a valid choice"),
])
def test_a_definition_that_makes_no_sense_is_refused_with_words(browse, admin, change, words):
    response = browse(admin).post("/settings/fields", data=NEW | change)
    assert response.status_code == 422
    assert words in response.text
    assert custom.defined("contact") == []


def test_a_name_is_given_once(browse, admin, define):
    define("size").archive()
    db.session.commit()
    response = browse(admin).post("/settings/fields", data=NEW)
    assert (response.status_code, "already, perhaps an archived one" in response.text) == (422, True)
    assert browse(admin).post("/settings/fields", data=NEW | {"about": "organisation"}).status_code == 303


def test_only_administrators_define_fields(client, nobody, define):
    field = define()
    for path in ("/settings/fields", f"/settings/fields/{field.id}", f"/settings/fields/{field.id}/archive", f"/settings/fields/{field.id}/up"):
        assert client.post(path, data=NEW).status_code == 403
        assert nobody.post(path, data=NEW).status_code == 401
    assert client.get(f"/settings/fields/{field.id}/archive").status_code == 405
    assert (field.archived_at, len(custom.defined("contact"))) == (None, 1)


def test_values_that_programs_kept_before_become_values_of_the_field(browse, admin, make):
    make.contact("Ada", custom={"size": "38,5"})
    make.contact("Ben", custom={"size": "big", "other": 1})
    browse(admin).post("/settings/fields", data=NEW)
    assert [contact.custom for contact in db.session.scalars(select(Contact).order_by(Contact.id))] == [{"size": 38.5}, {"size": "big", "other": 1}]


# — values —


@pytest.mark.parametrize(("kind", "written", "kept"), [
    ("text", " red  shoes ", "red  shoes"), ("text", 5, "5"),
    ("number", "12", 12), ("number", "12,5", 12.5), ("number", 3.0, 3),
    ("date", "2006-05-31", "2006-05-31"), ("date", "31.5.2006", "2006-05-31"),
    ("choice", "silber", "Silver"), ("choice", "Gold", "Gold"),
    ("yes_no", "ja", True), ("yes_no", "No", False), ("yes_no", True, True),
])
def test_a_value_is_read_by_its_kind(define, kind, written, kept):
    define("it", kind, choices=[("Gold", ""), ("Silver", "Silber")])
    field = custom.named("contact", "custom.it")
    assert field.read(written) == kept
    assert field.read(field.written(kept)) == kept


@pytest.mark.parametrize(("kind", "written"), [
    ("number", "many"), ("number", True), ("number", float("inf")), ("number", "1.234.567"), ("date", "soon"), ("date", "31.2.2006"), ("choice", "Bronze"), ("yes_no", "perhaps"),
    ("yes_no", 7), ("text", []), ("text", "x" * 2001),
])
def test_what_does_not_fit_is_refused_with_words(define, kind, written):
    define("it", kind, choices=[("Gold", "")])
    with pytest.raises(Unfit):
        custom.named("contact", "it").read(written)


def test_a_field_is_known_by_its_key_and_its_label_in_either_language(wardrobe):
    assert {custom.named("contact", name).key for name in ("custom.size", "SIZE", "Größe", "Groesse")} == {"size"}
    assert custom.named("contact", "weight") is None
    assert custom.named("organisation", "size") is None


# — forms, pages, lists —


def test_the_form_keeps_every_kind_and_shows_it_again(client, wardrobe):
    assert client.post("/contacts", data=form(size="38,5", club="Silver", since="2020-01-31", loud="false", remark="calls at nine")).status_code == 303
    assert anna().custom == {"size": 38.5, "club": "Silver", "since": "2020-01-31", "loud": False, "remark": "calls at nine"}
    edit = client.get(f"/contacts/{anna().id}/edit").text
    for shown in ('value="38.5"', 'value="2020-01-31"', 'selected value="false"', "calls at nine"):
        assert shown in edit
    page = client.get(f"/contacts/{anna().id}/panels").text
    for shown in ("38.5", "Silver", "31 Jan 2020", "calls at nine"):
        assert shown in page


def test_a_value_that_does_not_fit_is_refused_at_its_field_and_kept(client, wardrobe):
    response = client.post("/contacts", data=form(size="big", remark="stays"))
    assert response.status_code == 422
    assert "Give a number" in response.text
    assert 'value="big"' in response.text
    assert 'value="stays"' in response.text
    assert db.session.scalars(select(Contact)).all() == []


def test_an_emptied_field_is_taken_away_and_what_the_form_does_not_know_stays(client, wardrobe, make):
    contact = make.contact("Anna", "Müller", custom={"size": 38, "legacy": "x"})
    client.post(f"/contacts/{contact.id}", data=form(size="", loud="true"))
    assert contact.custom == {"legacy": "x", "loud": True}


def test_a_choice_that_was_taken_from_the_list_stays_where_it_was(client, define, make):
    define("club", "choice", choices=[("Gold", "")])
    contact = make.contact("Anna", "Müller", custom={"club": "Bronze"})
    assert "Bronze" in client.get(f"/contacts/{contact.id}/edit").text
    assert client.post(f"/contacts/{contact.id}", data=form(club="Bronze")).status_code == 303
    assert contact.custom == {"club": "Bronze"}
    assert client.post("/contacts", data=form(club="Bronze")).status_code == 422


def test_what_must_be_filled_in_is_asked_of_people_only(client, program, define):
    define("size", required=True)
    response = client.post("/contacts", data=form())
    assert (response.status_code, "This is needed." in response.text) == (422, True)
    assert program().post("/contacts", first_name="Anna").status_code == 201


def test_organisations_have_own_fields_too(client, define):
    define("tier", "choice", about="organisation", choices=[("A", ""), ("B", "")], listed=True)
    client.post("/organisations", data={"name": "Beispiel GmbH", "custom.tier": "B"})
    firm = db.session.scalars(select(Organisation)).one()
    assert firm.custom == {"tier": "B"}
    assert "Tier" in client.get(f"/organisations/{firm.id}").text
    assert "Beispiel" in client.get("/organisations?custom.tier=B").text
    assert "Beispiel" not in client.get("/organisations?custom.tier=A").text


def test_the_list_has_columns_and_filters(client, wardrobe, make):
    make.contact("Ada", "One", custom={"size": 38, "club": "Gold", "since": "2020-01-31", "loud": True, "remark": "Likes Tea"})
    make.contact("Ben", "Two", custom={"size": 44, "club": "Silver", "loud": False})
    make.contact("Cleo", "Three", custom={"size": "big"})
    page = client.get("/contacts").text
    for shown in ('num">Size', "Silver", "big"):
        assert shown in page
    found = {
        "custom.size.from=40": {"Ben"}, "custom.size.to=40": {"Ada"}, "custom.size.from=38&custom.size.to=44": {"Ada", "Ben"}, "custom.club=Gold": {"Ada"},
        "custom.since.from=2020-01-31": {"Ada"}, "custom.since.from=2020-02-01": set(), "custom.loud=false": {"Ben"}, "custom.loud=true": {"Ada"},
        "custom.remark=tea": {"Ada"}, "custom.size.from=nonsense": {"Ada", "Ben", "Cleo"}, "custom.unknown=1": {"Ada", "Ben", "Cleo"},
    }
    for query, names in found.items():
        text = client.get(f"/contacts?{query}").text
        assert {name for name in ("Ada", "Ben", "Cleo") if f"{name} " in text} == names, query
    assert "Size: up to 40" in client.get("/contacts?custom.size.to=40").text
    assert 'href="/contacts?custom.club=Gold"' in client.get("/contacts?custom.club=Gold&custom.size.to=40").text  # the chip without the other


# — programs —


def test_programs_are_checked_by_kind_and_unknown_keys_refused(program, wardrobe):
    answer = program().post("/contacts", first_name="Anna", custom={"size": "38", "loud": True})
    assert (answer.status_code, answer.json["custom"]) == (201, {"size": 38, "loud": True})
    ident = answer.json["id"]
    changed = program().patch(f"/contacts/{ident}", custom={"club": "silber", "loud": None})
    assert changed.json["custom"] == {"size": 38, "club": "Silver"}
    refused = program().patch(f"/contacts/{ident}", custom={"size": "big", "weight": 3})
    assert refused.status_code == 422
    errors = refused.get_json(force=True)["errors"]
    assert "Give a number" in errors["custom.size"][0]
    assert "Defined are: size, club" in errors["custom.weight"][0]
    assert anna().custom == {"size": 38, "club": "Silver"}


def test_programs_keep_what_they_like_while_nothing_is_defined(program):
    assert program().post("/contacts", first_name="Anna", custom={"shoe": {"left": 38}}).json["custom"] == {"shoe": {"left": 38}}


def test_the_definitions_can_be_read(program, wardrobe):
    items = program("read").get("/custom-fields", about="contact").json["items"]
    assert [(item["key"], item["kind"]) for item in items] == [("size", "number"), ("club", "choice"), ("since", "date"), ("loud", "yes_no"), ("remark", "text")]
    assert items[1]["choices"] == ["Gold", "Silver"]


def test_put_takes_what_is_given_and_leaves_the_rest(wardrobe):
    contact = create_contact(first_name="Anna", custom={"size": 38})
    custom.put(contact, {"club": "Gold", "size": None})
    assert contact.custom == {"club": "Gold"}
