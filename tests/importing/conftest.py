from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import select

from crm.contacts.models import Contact
from crm.importing.cli import import_contacts, import_interactions, import_purchases

COMMANDS = {"contacts": import_contacts, "interactions": import_interactions, "purchases": import_purchases}


@pytest.fixture
def take(app, tmp_path):
    """take("name;email\\n…") → the outcome of `crm import contacts` with a file of this content."""

    def run(content, *options, name="people.csv", kind="contacts", encoding="utf-8"):
        file = tmp_path / name
        file.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return app.test_cli_runner().invoke(COMMANDS[kind], [str(file), *options])

    return run


@pytest.fixture
def everybody(db):
    return lambda: db.session.scalars(select(Contact).order_by(Contact.id)).all()


@pytest.fixture
def person(everybody):
    """The one contact there is."""

    def only():
        (found,) = everybody()
        return found

    return only


@pytest.fixture
def boss(browse, lead):
    """The browser of somebody who may import."""
    return browse(lead)


@pytest.fixture
def upload(boss):
    """upload("…") → the address of the import made of a file with this content."""

    def send(content, name="people.csv", kind="contacts"):
        raw = content.encode() if isinstance(content, str) else content
        answer = boss.post("/contacts/import", data={"file": (io.BytesIO(raw), name), "kind": kind}, content_type="multipart/form-data")
        assert answer.status_code == 303, answer.text
        return answer.location

    return send


def workbook(rows, *, before="", hidden=(), sheets=None) -> bytes:
    """The bytes of a small XLSX; numbers become numbers, dicts are written as they are: {"t": "n", "v": 5, "f": "2+3"}."""
    sheets = sheets or {"People": rows}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES % "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SHEET}"/>' for n in range(1, len(sheets) + 1)))
        archive.writestr("_rels/.rels", RELS % '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>')
        named = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"{HIDDEN if name in hidden else ""}/>' for n, name in enumerate(sheets, 1))
        archive.writestr("xl/workbook.xml", BOOK % named)
        links = "".join(f'<Relationship Id="s{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(sheets) + 1))
        archive.writestr("xl/_rels/workbook.xml.rels", RELS % links)
        for n, content in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", content if isinstance(content, str) else XML % (before, "".join(line(number, row) for number, row in enumerate(content, 1))))
    return out.getvalue()


def line(number, row):
    return f'<row r="{number}">' + "".join(cell(f"{chr(65 + place)}{number}", value) for place, value in enumerate(row)) + "</row>"


def cell(where, value):
    if isinstance(value, dict):
        return f'<c r="{where}" t="{value["t"]}"><f>{escape(value["f"])}</f><v>{escape(str(value["v"]))}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{where}"><v>{value}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


HIDDEN = ' state="hidden"'
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
TYPES = ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>%s</Types>')
RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
BOOK = ('<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>%s</sheets></workbook>')
XML = '%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
