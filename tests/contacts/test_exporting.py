import csv
import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from crm.accounts.models import AuditEntry
from crm.cli import commands
from crm.contacts.changes import FieldChange
from crm.contacts.creating import create_contact, find_or_create_organisation
from crm.contacts.custom.models import CustomField
from crm.contacts.exporting import as_written, harmless
from crm.contacts.exporting.vcards import folded
from crm.contacts.models import Contact, PostalAddress
from crm.extensions import db


@pytest.fixture
def people(app, agent):
    db.session.add_all([CustomField(about="contact", key="size", label="Size", kind="number"), CustomField(about="contact", key="club", label="Club", kind="yes_no")])
    anna = create_contact(
        first_name="Anna", last_name="Müller", title="Dr.", salutation="ms", lifecycle="customer", customer_since=date(2006, 3, 1), birth_date=date(1980, 12, 24), language="de",
        address_form="du", organisation=find_or_create_organisation("Beispiel GmbH"), role="Leitung, Einkauf", owner=agent, tags=["VIP", "Messe"], notes="- erste Zeile\n- zweite; =3\n'so'",
        custom={"size": 42.5, "club": False},
    )
    for kind, value, type in [("email", "anna@beispiel.example", "work"), ("email", "am@privat.example", ""), ("email", "anna2@beispiel.example", "work"), ("phone", "+49 30 1234567", "mobile"),
                              ("phone", "030 7654321", ""), ("customer_number", "K-1", ""), ("customer_number", "=K2", ""), ("handle", "@anna", "")]:
        anna.add_address(kind, value, type=type)
    anna.postal_addresses += [PostalAddress(type="work", street="Weg 1", postcode="01067", city="Dresden", country="DE"), PostalAddress(type="home", street="Am Hof 2", extra="c/o Maier", city="Wien", country="AT")]
    bert = create_contact(first_name="Bert", last_name='=HYPERLINK("http://evil.example";"x")')
    nameless = create_contact(first_name="", addresses=[("email", "info@leer.example")])
    db.session.commit()
    return [anna, bert, nameless]


@pytest.fixture
def chief(browse, lead):
    return browse(lead)


def export(client, noun="contacts", status=200, **data):
    response = client.post(f"/{noun}/export", data={"format": "csv", "delimiter": ",", "which": "all", "all": "1", "list": f"/{noun}", **data})
    assert response.status_code == status, response.text
    return response


def table(response):
    assert response.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def test_everything_stands_in_the_file(chief, people, agent):
    row = next(row for row in table(export(chief)) if row["first_name"] == "Anna")
    expected = {"backbone_id": str(people[0].id), "last_name": "Müller", "title": "Dr.", "organisation": "Beispiel GmbH", "role": "Leitung, Einkauf", "email": "anna@beispiel.example", "email type": "work",
                "email 2": "am@privat.example", "work email": "anna2@beispiel.example", "customer_number": "K-1 ::: =K2", "street": "Weg 1", "postcode": "01067", "home city": "Wien", "country": "DE",
                "lifecycle": "customer", "customer_since": "2006-03-01", "birth_date": "1980-12-24", "owner": agent.email, "tags": "Messe, VIP", "custom.size": "42.5", "custom.club": "false",
                "phone": "'+49 30 1234567", "phone type": "mobile"}
    assert {name: row[name] for name in expected} == expected


def test_no_cell_is_a_formula(chief, people):
    for row in table(export(chief)):
        assert not [value for value in row.values() if value[:1] in tuple("=+-@\t\r")]


@pytest.mark.parametrize("text", ["=1+1", "+49 30 1", "-5", "@x", "\ttab", "\rcr", "a;=b", "a\n- b\n- c", "＝1", "'quoted'", "it's", "x", ""])
def test_what_is_made_harmless_comes_back(text):
    assert not harmless(text)[:1].strip("'") or harmless(text)[0] not in "=+-@\t\r＝"
    assert as_written(harmless(text)) == text


@pytest.mark.parametrize("format", ["csv", "xlsx", "vcard"])
def test_a_round_trip_changes_nothing(chief, people, tmp_path, format, app):
    file = tmp_path / f"people.{'vcf' if format == 'vcard' else format}"
    file.write_bytes(export(chief, format=format, delimiter=";").data)
    db.session.commit()
    before = db.session.scalar(select(func.count()).select_from(FieldChange))
    result = app.test_cli_runner().invoke(commands, ["import", "contacts", str(file), "--update"])
    assert result.exit_code == 0, result.output
    db.session.expire_all()
    changes = db.session.execute(select(FieldChange.field, FieldChange.old, FieldChange.new).order_by(FieldChange.id).offset(before)).all()
    assert changes == [], result.output
    assert "created 0, updated 0, unchanged 3, refused 0" in result.output
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 3


def test_a_workbook_holds_texts_numbers_and_dates(chief, people, tmp_path):
    (tmp_path / "p.xlsx").write_bytes(export(chief, format="xlsx").data)
    header, *rows = CalamineWorkbook.from_path(tmp_path / "p.xlsx").get_sheet_by_index(0).to_python()
    row = dict(zip(header, next(row for row in rows if "Anna" in row), strict=True))
    assert row["phone"] == "+49 30 1234567"
    assert row["birth_date"] == date(1980, 12, 24)
    assert row["custom.size"] == 42.5
    assert row["postcode"] == "01067"
    assert any('=HYPERLINK("http://evil.example";"x")' in row for row in rows)


def test_columns_and_rows_can_be_chosen(chief, people):
    response = export(chief, which="chosen", columns=["name", "custom.size"], delimiter=";", all="", id=f"{people[0].id}")
    assert response.data.decode("utf-8-sig").splitlines() == ["salutation;title;first_name;last_name;custom.size", "ms;Dr.;Anna;Müller;42.5"]
    assert len(table(export(chief, list="/contacts?lifecycle=customer"))) == 1
    assert "birth_date" not in table(export(chief, which="list"))[0]


def test_a_list_can_be_ticked_and_exported(chief, people):
    page = chief.post("/contacts/export/selection", data={"id": [people[0].id, people[1].id], "list": "/contacts"}).text
    assert f'name="id" value="{people[0].id},{people[1].id}"' in page
    assert "that you selected" in page
    assert "Nobody is selected." in chief.post("/contacts/export/selection", data={"list": "/contacts"}).text
    assert "that fit the list" in chief.get("/contacts/export?lifecycle=customer").text


def test_who_exported_what_is_written_down(chief, people, lead):
    export(chief, reason="Weihnachtskarten", list="/contacts?tag=vip")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "contacts.exported")).one()
    assert entry.user_id == lead.id
    assert entry.detail == {"format": "csv", "records": 1, "asked": "/contacts?tag=vip", "reason": "Weihnachtskarten"}


def test_it_takes_a_right_of_its_own(client, nobody, people):
    export(client, status=403)
    export(nobody, status=401)
    assert client.get("/contacts/export").status_code == 403
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "contacts.exported")) == 0


@pytest.mark.parametrize("data", [{"format": "exe"}, {"which": "chosen"}, {"columns": ["password"]}, {"reason": "x" * 301}, {"all": ""}])
def test_what_makes_no_sense_is_refused(chief, people, data):
    export(chief, status=422, **data)
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "contacts.exported")) == 0


def test_organisations_too(chief, people):
    rows = table(export(chief, "organisations"))
    assert [row["name"] for row in rows] == ["Beispiel GmbH"]
    export(chief, "organisations", format="vcard", status=422)
    assert export(chief, "organisations", format="xlsx").data[:2] == b"PK"


def test_a_card_for_the_address_book_and_a_square_for_the_telephone(client, people, nobody):
    card = client.get(f"/contacts/{people[0].id}/card.vcf")
    assert card.mimetype == "text/vcard"
    lines = card.text.split("\r\n")
    for line in ("VERSION:4.0", "N:Müller;Anna;;Dr.;", "TEL;TYPE=cell;PREF=1;VALUE=uri:tel:+49301234567", "TITLE:Leitung\\, Einkauf", "BDAY:19801224", "ADR;TYPE=work:;;Weg 1;Dresden;;01067;Germany"):
        assert line in lines, card.text
    page = client.get(f"/contacts/{people[0].id}/card").text
    assert "<svg" in page
    assert "style=" not in page
    assert nobody.get(f"/contacts/{people[0].id}/card.vcf").status_code == 303
    assert client.get("/contacts/999999/card").status_code == 404


def test_lines_of_a_card_are_folded_between_letters():
    pieces = folded("NOTE:" + "ü" * 100).removesuffix("\r\n").split("\r\n ")
    assert "".join(pieces) == "NOTE:" + "ü" * 100
    assert max(len(piece.encode()) for piece in pieces) <= 75


def test_the_command_writes_the_same(app, people, tmp_path, chief):
    result = app.test_cli_runner().invoke(commands, ["export", "contacts", "--output", str(tmp_path / "x.csv")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "x.csv").read_bytes() == export(chief).data


def test_programs_export_with_the_right(program, people, lead):
    response = program(scope="read", user=lead).get("/contacts/export?format=csv&columns=name&lifecycle=customer")
    assert [row["first_name"] for row in table(response)] == ["Anna"]
    assert program(scope="read", user=lead).get("/contacts/export?format=vcard").data.count(b"BEGIN:VCARD") == 3
    assert program(scope="read").get("/contacts/export").status_code == 403
    assert program(scope="read", user=lead).get("/contacts/export?columns=secret").status_code == 422


def test_it_takes_as_many_statements_for_ten_as_for_one(chief, people, statements):
    export(chief)
    with statements() as few:
        export(chief, list="/contacts?tag=vip")
    for number in range(10):
        create_contact(first_name="N", last_name=str(number), addresses=[("email", f"n{number}@x.example")], tags=["VIP"])
    db.session.commit()
    with statements() as many:
        export(chief, list="/contacts?tag=vip")
    assert len(many) == len(few)
