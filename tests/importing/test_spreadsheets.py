"""XLSX and its kin, and files that only pretend."""

import io
import zipfile

import pytest

from tests.importing.conftest import SHEET, workbook

ROWS = [["external_id", "Vorname", "Nachname", "Telefon", "PLZ", "Land", "Kunde seit"], [4711, "Änne", "Müßiggang", "030 123456", 1067, "DE", "2006-05-31"]]


def test_a_workbook_is_read_like_a_table(take, person):
    assert "created 1" in take(workbook(ROWS), name="people.xlsx").output
    assert (person().first_name, person().customer_since.isoformat(), person().postal_addresses[0].postcode) == ("Änne", "2006-05-31", "01067")
    assert person().addresses[0].value == "4711"


def test_hidden_sheets_and_empty_ones_are_passed_over(take, person):
    book = workbook(None, sheets={"Secret": [["last_name"], ["Hidden"]], "Empty": [], "People": [["last_name"], ["Adler"]]}, hidden=("Secret",))
    take(book, name="people.xlsx")
    assert person().last_name == "Adler"


def test_of_formulas_the_results_are_taken(take, person):
    take(workbook([["last_name", "external_id"], [{"t": "str", "f": 'UPPER("adler")', "v": "ADLER"}, {"t": "n", "f": "40+2", "v": 42}]]), name="people.xlsx")
    assert (person().last_name, person().addresses[0].value) == ("ADLER", "42")


def test_a_picture_by_the_name_of_a_spreadsheet_is_refused(take):
    assert take(b"\x89PNG\r\n\x1a\n" + bytes(500), name="people.xlsx").exit_code != 0


@pytest.mark.slow
def test_a_zip_bomb_is_refused_before_it_unpacks(take, everybody):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
        for _ in range(600):
            part.write(bytes(1 << 20))
    result = take(out.getvalue(), name="bomb.xlsx")
    assert result.exit_code != 0
    assert "unpack" in str(result.exception)
    assert everybody() == []


def test_a_sheet_that_claims_billions_of_cells_is_refused(take):
    far = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>last_name</t></is></c></row>' \
          '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    assert take(workbook(None, sheets={"People": far}), name="far.xlsx").exit_code != 0


def test_entities_are_never_expanded(take, everybody):
    laughs = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"
    sheet = laughs + '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>last_name</t></is></c></row>' \
                     '<row r="2"><c r="A2" t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>'
    take(workbook(None, sheets={"People": sheet}), name="laughs.xlsx")
    assert all(len(one.last_name) < 100 for one in everybody())


def test_a_truncated_workbook_is_refused(take):
    assert take(workbook(ROWS)[:-300], name="people.xlsx").exit_code != 0
    assert SHEET
