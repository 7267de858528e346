"""Files as they come: encodings, separators, headers, and what is not a table at all."""

from pathlib import Path

import pytest

from crm.importing import cells, columns
from crm.importing.faults import Unreadable
from crm.importing.preparing import prepared

UMLAUTS = "Vorname;Nachname;Ort\nJörg;Müßiggang;Köln\nÄnne;Öztürk;Üsküdar\n"


@pytest.fixture
def read(app, tmp_path):
    """read(bytes) → (encoding, separator, header, rows)"""

    def table(content, name="file"):
        path = Path(tmp_path / name)
        path.write_bytes(content)
        with prepared(path) as ready:
            return ready.table.encoding, ready.table.delimiter, ready.table.header, [record.cells for record in ready.table.rows()]

    return table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman", "cp850", "utf-32"])
def test_umlauts_survive_every_encoding(read, encoding):
    _encoding, delimiter, header, rows = read(UMLAUTS.encode(encoding))
    assert (delimiter, header) == (";", ["Vorname", "Nachname", "Ort"])
    assert rows == [["Jörg", "Müßiggang", "Köln"], ["Änne", "Öztürk", "Üsküdar"]]


def test_one_broken_letter_does_not_spoil_a_file_in_utf_8(read):
    encoding, _, _, rows = read((UMLAUTS * 20).encode() + b"Ren\xe9;Legrand;Metz\n")
    assert encoding == "utf-8-sig"
    assert rows[0][0] == "Jörg"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_separator_is_found(read, delimiter):
    text = f"Vorname{delimiter}Nachname{delimiter}E-Mail\nAda{delimiter}\"Adler{delimiter} Berg\"{delimiter}ada@x.example\n"
    assert read(text.encode())[1:] == (delimiter, ["Vorname", "Nachname", "E-Mail"], [["Ada", f"Adler{delimiter} Berg", "ada@x.example"]])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_end_in_any_way(read, newline):
    assert read(UMLAUTS.replace("\n", newline).encode())[3] == [["Jörg", "Müßiggang", "Köln"], ["Änne", "Öztürk", "Üsküdar"]]


def test_what_excel_writes_about_the_separator_is_no_header(read):
    assert read(b"sep=;\r\nfirst_name;last_name\r\nAda;Adler, Berg\r\n")[1:] == (";", ["first_name", "last_name"], [["Ada", "Adler, Berg"]])


def test_lines_above_the_table_are_no_header(read):
    assert read(b"Kundenliste 2026\n\nVorname;Nachname;Telefon\nAda;Adler;030\n")[2] == ["Vorname", "Nachname", "Telefon"]


def test_a_file_without_a_header_loses_no_person(take, everybody):
    assert "created 2" in take("Ada Adler,ada@x.example\nBea Berg,bea@x.example\n").output
    assert [one.display_name for one in everybody()] == ["Ada Adler", "Bea Berg"]


def test_a_cell_may_have_several_lines(read):
    assert read(b'name,notes\nAda,"one\ntwo"\n')[3] == [["Ada", "one\ntwo"]]


def test_a_column_that_stands_twice_counts_once_where_one_value_is_taken(take, person):
    take("last_name,last_name,email,email\n,Adler,a@x.example,b@x.example\n")
    assert person().last_name in ("", "Adler")
    assert [address.value for address in person().addresses] == ["a@x.example", "b@x.example"]


def test_a_header_in_the_middle_is_refused(take):
    assert "created 2, updated 0, unchanged 0, refused 1" in take("first_name,last_name\nAda,Adler\nfirst_name,last_name\nBea,Berg\n").output


def test_nul_is_dropped(take, person):
    take(b"first_name,last_name\nA\0da,Adler\n")
    assert person().first_name == "Ada"


def test_formulas_are_text_and_the_marks_of_exports_are_taken_off(take, person):
    take('first_name,last_name,phone,notes\n"=""Ada""",Adler,\'+49 30 123456,"=HYPERLINK(""http://x"")"\n')
    assert (person().first_name, person().addresses[0].normalised, person().notes) == ("Ada", "+4930123456", '=HYPERLINK("http://x")')


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"%PDF-1.7 abc", b"\xff\xd8\xff\xe0" + bytes(50), bytes(range(256)) * 20, b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0" + bytes(600),
                                     b"<!DOCTYPE html><html><body><table>"])
def test_what_is_no_table_is_refused_with_a_sentence(read, content):
    with pytest.raises(Unreadable) as fault:
        read(content)
    assert len(str(fault.value.reason)) > 10


def test_a_quotation_mark_that_never_ends_is_found_before_anything_is_written(take, everybody):
    result = take("first_name,last_name\nAda,Adler\n\"Bea,Berg\n" + "Cem,Can\n" * 400_000)
    assert result.exit_code != 0
    assert "line" in str(result.exception)
    assert everybody() == []


def test_in_a_small_file_the_row_is_refused(take):
    assert "created 1, updated 0, unchanged 0, refused 1" in take("first_name,last_name\nAda,Adler\n\"Bea,Berg\n" + "Cem,Can\n" * 600).output


@pytest.mark.parametrize(("text", "found"), [
    ("1980-12-24", (1980, 12, 24)), ("24.12.1980", (1980, 12, 24)), ("24.12.80", (1980, 12, 24)), ("1980-12-24T00:00:00", (1980, 12, 24)), ("19801224", (1980, 12, 24)),
    ("24. Dezember 1980", (1980, 12, 24)), ("December 24, 1980", (1980, 12, 24)), ("24.12.1980 00:00", (1980, 12, 24)), ("29579", (1980, 12, 24)),
])
def test_dates_are_read_as_people_and_systems_write_them(app, text, found):
    assert cells.day("birth_date", text).timetuple()[:3] == found


def test_the_order_of_day_and_month_is_told_by_the_column(take, everybody):
    take("first_name,birthday\nAda,12/24/1980\nBea,3/4/1980\n")
    assert [one.birth_date.isoformat() for one in everybody()] == ["1980-12-24", "1980-03-04"]


def test_and_by_the_language_where_the_column_tells_nothing(take, person):
    take("Vorname,Geburtstag\nAda,3/4/1980\n")
    assert person().birth_date.isoformat() == "1980-04-03"


@pytest.mark.parametrize(("text", "code"), [("Deutschland", "DE"), ("Germany", "DE"), ("Österreich", "AT"), ("D", "DE"), ("UK", "GB"), ("United States of America", "US"), ("Mexiko", "MX"), ("Utopia", "")])
def test_countries_are_known_by_their_names(text, code):
    assert cells.country(text) == code


SYSTEMS = {
    "HubSpot": "Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage,Contact owner,Job Title,Associated Company,City,Postal Code,Country/Region",
    "Salesforce": "Salutation,First Name,Last Name,Title,Account Name,Email,Phone,Mobile,Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,Mailing Country,Contact Owner,Email Opt Out",
    "Google": "Name,Given Name,Additional Name,Family Name,Yomi Name,Birthday,Notes,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Address 1 - Street,Address 1 - City,"
              "Address 1 - Postal Code,Address 1 - Country,Organization 1 - Name,Organization 1 - Title",
    "Outlook": "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business City,Business Postal Code,Business Country/Region,Business Phone,Home Phone,Mobile Phone,"
               "E-mail Address,E-mail 2 Address,Birthday,Categories,Notes",
    "EspoCRM": "First Name;Last Name;Account Name;Title;Email;Phone;Address Street;Address City;Address Postal Code;Address Country;Assigned User;Description",
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_exports_of_other_systems_are_recognised(system):
    header = SYSTEMS[system].split(";" if ";" in SYSTEMS[system] else ",")
    fields = dict(zip(header, columns.guess(header, "contacts"), strict=True))
    assert columns.system_of(header) == system
    wanted = {"first_name", "last_name", "organisation", "street", "city", "postcode", "country"} - ({"street"} if system == "HubSpot" else set())
    assert wanted <= set(fields.values())
    assert {"email", "phone"} <= {field.partition(":")[0] for field in fields.values()}


def test_a_title_is_told_from_a_role_by_what_stands_in_it(take, everybody):
    take("First Name,Last Name,Title\nAda,Adler,Dr.\nBea,Berg,Mrs.\nCem,Can,Head of Sales\n")
    people = everybody()
    assert (people[0].title, people[1].salutation, people[1].title, people[2].title) == ("Dr.", "ms", "", "")


def test_salutations_are_read_with_their_titles(take, everybody):
    take("Anrede;Nachname\nFrau Dr.;Adler\nHerr;Berg\nProf. Dr.;Can\nFirma;Dahl\n")
    assert [(one.salutation, one.title) for one in everybody()] == [("ms", "Dr."), ("mr", ""), ("", "Prof. Dr."), ("", "")]


def test_values_of_google_with_three_colons_are_several(take, person):
    take("Name,E-mail 1 - Type,E-mail 1 - Value,Group Membership,Phone 1 - Type,Phone 1 - Value\nAda Adler,* Work,ada@x.example ::: a@y.example,* myContacts ::: Kunden,Mobile,+49 171 1234567\n")
    assert [(address.kind, address.value, address.type) for address in person().addresses] == [
        ("email", "ada@x.example", "work"), ("email", "a@y.example", "work"), ("phone", "+49 171 1234567", "mobile")]
    assert [tag.name for tag in person().tags] == ["Kunden"]


def test_a_cell_of_a_megabyte_is_refused_and_the_others_are_taken(take, everybody):
    for field in ("notes", "first_name", "email", "salutation", "custom.colour"):
        output = take(f"last_name,{field}\nAdler,{'x' * 1_000_000}\n{field} Berg,\n").output
        assert "created 1, updated 0, unchanged 0, refused 1" in output, field
    assert len(everybody()) == 5


@pytest.mark.slow
def test_fifty_megabytes_are_read_in_little_memory(app, tmp_path):
    import tracemalloc

    from crm.importing.uploading import total

    file = tmp_path / "large.csv"
    with file.open("w") as out:
        out.write("external_id;last_name;notes\n")
        for number in range(51_000):
            out.write(f"K-{number};Müller;{'Straße ' * 140}\n")
    assert file.stat().st_size > 50_000_000
    tracemalloc.start()
    try:
        with prepared(file) as ready:
            assert total(ready.table) == 51_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.parametrize(("system", "header", "fields"), [
    ("HubSpot", "Datensatz-ID,Vorname,Nachname,E-Mail,Telefonnummer,Zuständiger Mitarbeiter für Kontakt,Lifecycle-Phase,Mobiltelefonnummer,Bundesland/Region,Name des Unternehmens",
     "external_id first_name last_name email phone owner lifecycle phone:mobile state organisation"),
    ("Salesforce", "Anrede,Vorname,Nachname,Titel,Accountname,Postanschrift (Straße),Postanschrift (Ort),Postanschrift (Bundesland/Kanton),Postanschrift (PLZ),Postanschrift (Land),E-Mail,Account-Inhaber",
     "salutation first_name last_name title_or_role organisation street city state postcode country email owner"),
    ("EspoCRM", "Anrede,Vorname,Nachname,Firma,Titel,E-Mail,Telefon,Nicht anrufen,Straße,Ort,PLZ,Zugewiesener Benutzer",
     "salutation first_name last_name organisation title_or_role email phone opted_out street city postcode owner"),
])
def test_german_exports_are_recognised_with_all_their_columns(app, system, header, fields):
    assert columns.system_of(header.split(",")) == system
    assert columns.guess(header.split(","), "contacts") == fields.split()
