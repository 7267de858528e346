"""`crm import contacts`: what rows become, who is known, what running it again does."""

from datetime import date

import pytest
from sqlalchemy import select

from crm.consent import ledger
from crm.contacts.creating import create_contact
from crm.contacts.models import Contact, Organisation
from crm.importing.models import Import
from crm.search.finding import find

PLAIN = ("external_id,first_name,last_name,title,email,phone,street,address_extra,postcode,city,state,country,organisation,lifecycle,customer_since,tags\n"
         "K-1,Änne,Müßiggang,Dr.,aenne@süd.example,0221 123456,Größenweg 7,Hinterhaus,50667,Köln,NRW,DE,Süd & Öl GmbH,customer,2006-05-31,\"VIP, Messe\"\n")


def test_a_plain_table_needs_no_mapping(take, person):
    assert "created 1, updated 0, unchanged 0, refused 0" in take(PLAIN).output
    anne = person()
    assert (anne.display_name, anne.lifecycle, anne.customer_since, anne.provenance) == ("Dr. Änne Müßiggang", "customer", date(2006, 5, 31), "import")
    assert {(address.kind, address.normalised, address.primary) for address in anne.addresses} == {
        ("customer_number", "K-1", True), ("email", "aenne@xn--sd-xka.example", True), ("phone", "+49221123456", True)}
    (place,) = anne.postal_addresses
    assert (place.street, place.extra, place.postcode, place.city, place.state, place.country) == ("Größenweg 7", "Hinterhaus", "50667", "Köln", "NRW", "DE")
    assert anne.organisation.name == "Süd & Öl GmbH"
    assert [tag.name for tag in anne.tags] == ["Messe", "VIP"]


def test_a_second_run_changes_nothing(take, everybody):
    take(PLAIN)
    for options in ([], ["--update"]):
        assert "created 0, updated 0, unchanged 1, refused 0" in take(PLAIN, *options).output
    assert len(everybody()) == 1


def test_rows_without_any_key_are_known_again_too(take, everybody):
    text = "Vorname;Nachname;Ort\nHans;Müller;Köln\nHans;Müller;Bonn\n"
    assert "created 2" in take(text).output
    assert "unchanged 2" in take(text).output
    assert len(everybody()) == 2


def test_a_dry_run_counts_and_writes_nothing(take, everybody, db):
    output = take(PLAIN + PLAIN.splitlines()[1] + "\n", "--dry-run").output
    assert "created 1, updated 0, unchanged 1, refused 0" in output
    assert everybody() == []
    assert db.session.scalars(select(Import)).all() == []
    assert db.session.scalars(select(Organisation)).all() == []


def test_without_update_people_who_are_known_stay_as_they_are(take, person):
    take("external_id,last_name\nK-1,Alt\n")
    assert "unchanged 1" in take("external_id,last_name\nK-1,Neu\n").output
    assert person().last_name == "Alt"
    assert "updated 1" in take("external_id,last_name\nK-1,Neu\n", "--update").output
    assert person().last_name == "Neu"


def test_empty_cells_and_ended_addresses_are_left_alone(take, person, db):
    take("external_id,first_name,last_name,email\nK-1,Ada,Adler,ada@alt.example\n")
    person().addresses[1].end()
    db.session.commit()
    take("external_id,first_name,last_name,email\nK-1,,Adler,ada@alt.example\n", "--update")
    assert person().first_name == "Ada"
    assert next(address for address in person().addresses if address.kind == "email").ended


def test_a_new_organisation_ends_the_affiliation_with_the_old_one(take, person):
    take("external_id,last_name,organisation,role\nK-1,Adler,Alt AG,Einkauf\n")
    take("external_id,last_name,organisation,role\nK-1,Adler,Neu GmbH,Leitung\n", "--update")
    assert person().organisation.name == "Neu GmbH"
    assert [(one.organisation.name, one.role, one.ended) for one in person().affiliations] == [("Alt AG", "Einkauf", True), ("Neu GmbH", "Leitung", False)]


def test_the_same_mail_address_is_the_same_person_unless_the_name_is_quite_another(take, make, db, everybody):
    ada = make.contact("Ada", "Adler")
    ada.add_address("email", "info@firma.example")
    db.session.commit()
    assert "unchanged 1" in take("first_name,last_name,email\nAda,Adler-Neu,INFO@firma.example\n").output
    assert "created 1" in take("first_name,last_name,email\nBernd,Bauer,info@firma.example\n").output
    assert len(everybody()) == 2


def test_another_customer_number_is_another_person_whatever_the_address(take, everybody):
    assert "created 2" in take("external_id,last_name,email\nK-1,Adler,familie@adler.example\nK-2,Adler,familie@adler.example\n").output
    assert len(everybody()) == 2


def test_a_shared_telephone_is_no_proof_without_the_whole_name(take, everybody):
    text = "first_name,last_name,phone\nAda,Adler,030 123456\nBernd,Adler,030 123456\nAda,Adler,+49 30 123456\n"
    assert "created 2, updated 0, unchanged 1" in take(text).output


def test_the_second_row_of_one_person_fills_what_the_first_left_open(take, person):
    text = "email,last_name,city,phone\nada@x.example,Adler,,030 111111\nada@x.example,Adlerr,Köln,030 222222\n"
    take(text, "--update")
    assert (person().last_name, person().postal_addresses[0].city) == ("Adler", "Köln")
    assert len([address for address in person().addresses if address.kind == "phone"]) == 2
    assert "created 0, updated 0, unchanged 2" in take(text, "--update").output


def test_what_is_imported_has_every_column_that_a_new_contact_has(take, person, db):
    take("first_name,last_name,title,email,birth_date\nÄnne,Meyer,Dr.,anne@x.example,1980-02-29\n")
    by_hand = create_contact(addresses=[("email", "anne@x.example")], first_name="Änne", last_name="Meyer", title="Dr.", birth_date=date(1980, 2, 29), provenance="import")
    db.session.flush()
    imported = db.session.scalars(select(Contact).order_by(Contact.id)).first()
    for column in Contact.__table__.c:
        if column.key not in ("id", "created_at", "updated_at"):
            assert getattr(imported, column.key) == getattr(by_hand, column.key), column.key
    for column in type(by_hand.addresses[0]).__table__.c:
        if column.key not in ("id", "contact_id", "created_at"):
            assert getattr(imported.addresses[0], column.key) == getattr(by_hand.addresses[0], column.key), column.key


def test_imported_people_are_found_in_the_search(take, person, agent):
    take(PLAIN)
    assert [hit.record_id for hit in find("muessiggang", kinds=("contact",))] == [person().id]


def test_rows_in_error_come_back_with_their_columns_and_the_reason(take, everybody, tmp_path):
    text = ("external_id;first_name;last_name;email;birth_date;lifecycle\n1;Ada;Adler;ada(at)x.example;;\n2;;;;;\n3;Bea;Berg;;31.02.1980;\n4;Cem;Can;;;vip\n"
            "5;Dora;Dahl;;;;zu;viel\n6;Eva;Erb;eva@x.example;24.12.1980;customer\n7;Fritz;Fern;;01.01.2090;\n")
    result = take(text)
    assert "created 2, updated 0, unchanged 0, refused 5" in result.output
    assert result.exit_code == 0
    lines = (tmp_path / "people.csv.refused.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "external_id,first_name,last_name,email,birth_date,lifecycle,reason"
    assert [line[0] for line in lines[1:]] == ["1", "3", "4", "5", "7"]
    assert "ada(at)x.example" in lines[1]
    assert "Date of birth" in lines[2]
    assert "8 cells" in lines[4]
    assert [one.last_name for one in everybody()] == ["", "Erb"]


def test_a_file_that_cannot_be_read_ends_with_an_error_and_a_sentence(take, everybody):
    result = take(b"\x89PNG\r\n\x1a\n" + bytes(200))
    assert result.exit_code != 0
    assert everybody() == []
    assert take("colour;size\nred;5\n").exit_code != 0


def test_a_mapping_can_be_given(take, person, tmp_path):
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"Wer": "name", "Wohin": "email", "Farbe": "custom.colour"}')
    assert "created 1" in take("Wer;Wohin;Farbe\nDr. Ada Adler;ada@x.example;rot\n", "--mapping", str(mapping)).output
    assert (person().title, person().first_name, person().last_name, person().custom) == ("Dr.", "Ada", "Adler", {"colour": "rot"})


@pytest.mark.parametrize("mapping", ['{"Wer": "nonsense"}', '{"Wen": "name"}', "[1]", "no json"])
def test_a_wrong_mapping_is_refused(take, everybody, tmp_path, mapping):
    file = tmp_path / "mapping.json"
    file.write_text(mapping)
    assert take("Wer;Wohin\nAda;ada@x.example\n", "--mapping", str(file)).exit_code != 0
    assert everybody() == []


def test_an_owner_is_found_by_mail_address_or_name(take, person, agent):
    take(f"last_name,owner\nAdler,{agent.email}\n")
    assert person().owner_id == agent.id


def test_an_owner_nobody_knows_is_told_and_left_open(take, person, db):
    take("last_name,Contact owner\nAdler,Somebody Else\n")
    assert person().owner_id is None


def test_who_wants_no_marketing_is_entered_and_who_said_no_is_not_brought_back(take, person, db):
    take("email,Opted out of email\nada@x.example,true\n")
    assert not ledger.allowed(person(), "marketing").allowed
    take("email,newsletter\nada@x.example,ja\n", "--update")
    assert not ledger.allowed(person(), "marketing").allowed


def test_an_agreement_is_entered_with_its_proof(take, person):
    take("email,newsletter\nada@x.example,yes\n")
    assert ledger.allowed(person(), "marketing").allowed
    assert "row 1" in ledger.entries(person().id, "marketing")[0].proof


def test_own_fields_are_read_by_their_kind(take, person, db, tmp_path):
    from crm.contacts.custom.models import CustomField

    db.session.add(CustomField(about="contact", key="size", label="Size", kind="number"))
    db.session.commit()
    assert "created 1, updated 0, unchanged 0, refused 1" in take("last_name,custom.size\nAdler,38\nBerg,large\n").output
    assert person().custom == {"size": 38}


def test_own_fields_are_recognised_by_their_labels(take, person, db):
    from crm.contacts.custom.models import CustomField

    db.session.add(CustomField(about="contact", key="size", label="Size", label_de="Größe", kind="number"))
    db.session.commit()
    take("Nachname;Größe\nAdler;38\n")
    assert person().custom == {"size": 38}


def test_the_addresses_of_home_and_work_are_kept_apart(take, person):
    take("Nachname;Straße geschäftlich;Ort geschäftlich;Straße privat;Ort privat\nAdler;Werkstr. 1;Köln;Heimweg 2;Bonn\n")
    assert {(place.type, place.city) for place in person().postal_addresses} == {("", "Köln"), ("home", "Bonn")}


def test_likeness_is_asked_for_only_if_wanted(take, upload, boss, everybody, application):
    take("first_name,last_name,street,postcode,city\nKatharina,Hohenstein,Lindenallee 17,50667,Köln\n")
    where = upload("first_name,last_name,street,postcode,city\nKatharina,Hohenstien,Lindenallee 17,50667,Köln\n")
    page = boss.post(f"{where}/run", data={"fields-0": "first_name", "fields-1": "last_name", "fields-2": "street", "fields-3": "postcode", "fields-4": "city", "mode": "both",
                                          "similar": "skip", "encoding": "utf-8-sig", "delimiter": ","})
    assert page.status_code == 303
    application.extensions["queue"].drain()
    assert "Katharina Hohenstein" in boss.get(where).text
    assert len(everybody()) == 1


def test_leading_zeros_that_a_spreadsheet_ate_come_back_where_the_country_tells(take, person):
    take("Nachname;PLZ;Ort;Land\nAdler;1067;Dresden;Deutschland\n")
    assert (person().postal_addresses[0].postcode, person().postal_addresses[0].country) == ("01067", "DE")
