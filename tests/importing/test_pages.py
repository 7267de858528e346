"""The pages of imports: choose a file, map, check, import, watch, take back."""

import io

import pytest
from sqlalchemy import select

from crm.accounts.models import AuditEntry
from crm.importing.models import Import, ImportMapping
from tests.conftest import HTMX
from tests.importing.conftest import workbook

TEXT = "Wer;Mail;Ort\nÄnne Müßiggang;aenne@x.example;Köln\nBea Berg;bea(at)x.example;Bonn\n"


@pytest.fixture
def choices(db):
    """The form as the page shows it, with some of it chosen differently."""

    def filled(**changed):
        import_ = db.session.scalars(select(Import).order_by(Import.id.desc())).first()
        fields = {f"fields-{place}": name for place, name in enumerate(import_.mapping)}
        return {**fields, "mode": import_.mode, "similar": import_.similar, "encoding": import_.encoding, "delimiter": import_.delimiter, **changed}

    return filled


@pytest.fixture
def work(application):
    return application.extensions["queue"].drain


def test_the_list_of_contacts_leads_to_the_imports(boss, client):
    assert "/contacts/import" in boss.get("/contacts").text
    assert "/contacts/import" not in client.get("/contacts").text
    assert boss.get("/contacts/import").status_code == 200


def test_members_may_not_import(client, upload):
    where = upload(TEXT)
    for path in ("/contacts/import", where, f"{where}/progress", f"{where}/refused.csv"):
        assert client.get(path).status_code == 403
    for path in ("/contacts/import", f"{where}/run", f"{where}/check", f"{where}/mapping", f"{where}/reversal", f"{where}/continuation"):
        assert client.post(path).status_code == 403
    assert client.delete(where).status_code == 403


@pytest.mark.parametrize("action", ["run", "check", "mapping", "reversal", "continuation"])
def test_addresses_that_write_refuse_get(boss, upload, action):
    assert boss.get(f"{upload(TEXT)}/{action}").status_code == 405


def test_the_preview_shows_the_rows_as_they_are_understood(boss, upload):
    page = boss.get(upload("first_name;last_name;email\nÄnne;Müßiggang;aenne@x.example\nBea;Berg;bea(at)x.example\n".encode("cp1252"))).text
    assert "Änne Müßiggang" in page
    assert "Windows-1252" in page
    assert "bea(at)x.example – " in page


def test_the_whole_way(boss, upload, choices, work, everybody, db):
    where = upload(TEXT)
    assert boss.post(f"{where}/mapping", data=choices(**{"fields-0": "name", "fields-1": "email", "fields-2": "city"})).status_code == 303
    assert boss.post(f"{where}/check", data=choices()).status_code == 303
    assert "hx-trigger" in boss.get(where).text
    work()
    page = boss.get(where).text
    assert "What the import would do" in page
    assert everybody() == []
    assert boss.post(f"{where}/run", data=choices()).status_code == 303
    work()
    assert [one.display_name for one in everybody()] == ["Änne Müßiggang"]
    assert everybody()[0].postal_addresses[0].city == "Köln"
    page = boss.get(where).text
    assert "What the import did" in page
    refused = boss.get(f"{where}/refused.csv")
    assert refused.data.decode("utf-8-sig").splitlines()[0] == "Wer,Mail,Ort,reason"
    assert "bea(at)x.example" in refused.text
    assert boss.post(f"{where}/reversal").status_code == 303
    work()
    assert everybody() == []
    assert "Taken back" in boss.get(where).text
    assert {"import.started", "import.reverted"} <= set(db.session.scalars(select(AuditEntry.action)))


def test_progress_is_a_piece_of_the_page_and_leads_to_the_result(boss, upload, choices, work):
    where = upload("last_name\nAdler\n")
    boss.post(f"{where}/run", data=choices())
    assert "import-progress" in boss.get(f"{where}/progress", headers=HTMX).text
    assert boss.get(f"{where}/progress").status_code == 200
    work()
    assert boss.get(f"{where}/progress", headers=HTMX).headers["HX-Redirect"] == where


def test_a_mapping_made_by_hand_is_offered_for_the_next_file(boss, upload, choices, db):
    where = upload(TEXT)
    boss.post(f"{where}/mapping", data=choices(**{"fields-0": "name", "fields-2": "city"}))
    assert db.session.scalars(select(ImportMapping)).one().mapping == ["name", "email", "city"]
    upload(TEXT.replace("Bea", "Cem"))
    assert choices()["fields-0"] == "name"


def test_another_encoding_is_tried_by_hand(boss, upload, choices):
    where = upload("Vorname;Nachname\nĐorđe;Žižek\n".encode("cp1250"))
    boss.post(f"{where}/mapping", data=choices(encoding="cp1250"))
    assert "Žižek" in boss.get(where).text


def test_nothing_begins_before_a_column_tells_who_it_is(boss, upload, choices, work, everybody):
    where = upload("Farbe;Größe\nrot;5\n")
    for action in ("run", "check"):
        answer = boss.post(f"{where}/{action}", data=choices())
        assert answer.status_code == 422
        assert "Choose at least one column" in answer.text
    work()
    assert everybody() == []


def test_a_field_that_does_not_exist_is_refused(boss, upload, choices, db):
    where = upload(TEXT)
    assert boss.post(f"{where}/mapping", data=choices(**{"fields-0": "password"})).status_code == 422
    assert db.session.scalars(select(Import.mapping)).one()[0] != "password"


def test_an_import_begins_once(boss, upload, choices, work, everybody):
    where = upload("last_name\nAdler\n")
    assert boss.post(f"{where}/run", data=choices()).status_code == 303
    assert boss.post(f"{where}/run", data=choices()).status_code == 409
    work()
    assert len(everybody()) == 1
    assert boss.post(f"{where}/mapping", data=choices()).status_code == 409
    assert boss.post(f"{where}/continuation").status_code == 409


def test_nothing_to_take_back_before_it_began(boss, upload):
    assert boss.post(f"{upload(TEXT)}/reversal").status_code == 409


def test_an_upload_can_be_discarded(boss, upload, db):
    assert boss.delete(upload(TEXT)).status_code == 303
    assert db.session.scalars(select(Import)).all() == []


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(100), b"PK\x03\x04 broken"])
def test_a_file_that_is_none_is_refused_with_a_reason_at_the_field(boss, db, content):
    answer = boss.post("/contacts/import", data={"file": (io.BytesIO(content), "people.xlsx"), "kind": "contacts"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert db.session.scalars(select(Import)).all() == []


def test_no_file_is_refused(boss):
    assert boss.post("/contacts/import", data={"kind": "contacts"}, content_type="multipart/form-data").status_code == 422


def test_too_large_a_file_is_refused_in_words(boss, monkeypatch):
    from crm.importing import preparing

    monkeypatch.setattr(preparing, "LARGEST", 0)
    answer = boss.post("/contacts/import", data={"file": (io.BytesIO(b"a;b\n1;2\n"), "people.csv"), "kind": "contacts"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "crm import" in answer.text


def test_purchases_are_imported_by_the_page_too(boss, upload, choices, work, make, db):
    ada = make.contact("Ada", "Adler")
    ada.add_address("customer_number", "K-17")
    db.session.commit()
    where = upload("Belegnummer;Kundennummer;Betrag;Datum\nR-1;K-17;12,50;24.12.2025\nR-2;K-99;5;24.12.2025\n", kind="purchases")
    assert "Ada Adler" in boss.get(where).text
    boss.post(f"{where}/run", data=choices())
    work()
    assert ada.value == 12.5
    assert "Nobody is known by this" in boss.get(where).text


def test_a_spreadsheet_is_uploaded_like_any_file(boss, upload, choices, work, everybody):
    where = upload(workbook([["first_name", "last_name"], ["Änne", "Adler"]]), name="people.xlsx")
    assert "Änne Adler" in boss.get(where).text
    boss.post(f"{where}/run", data=choices())
    work()
    assert len(everybody()) == 1


def test_refused_cells_are_harmless_in_a_spreadsheet(boss, upload, choices, work):
    where = upload('last_name,email\n"=cmd()",no-address\n')
    boss.post(f"{where}/run", data=choices())
    work()
    assert "'=cmd()" in boss.get(f"{where}/refused.csv").text
