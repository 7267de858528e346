"""What is understood of files with contacts that are kept outside the project. `python -m tests.corpora.measure_contacts [--why]`."""

from __future__ import annotations

import csv
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

from crm import create_app, settings
from crm.contacts.naming import display_name
from crm.extensions import db
from crm.importing import columns
from crm.importing.faults import Unfit, Unreadable
from crm.importing.preparing import prepared
from crm.importing.told import Reader, Told
from tests.corpora.measure_mail import CORPORA, Tally, cases

PREFIXES = {"mr.": "mr", "mrs.": "ms", "ms.": "ms"}


def understood(path: Path) -> tuple[list[Told], list[Unfit], list[str]]:
    """People, refusals and the header of a file."""
    with prepared(path) as ready:
        records = list(ready.table.rows())
        fields = columns.guess(ready.table.header, "contacts", [record.cells for record in records[:50]])
        reader = Reader(ready.table.header, fields, [record.cells for record in records[:1000]], lenient=ready.format == "vcard")
        people: list[Told] = []
        refused: list[Unfit] = []
        for record in records:
            try:
                people.append(reader.read(record))
            except Unfit as unfit:
                refused.append(unfit)
        return people, refused, ready.table.header


def addresses(told: Told, kind: str) -> list[str]:
    return [value for own, value, _normalised, _type in told.addresses if own == kind]


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def name_of(told: Told) -> str:
    return display_name("", told.columns.get("first_name", ""), told.columns.get("last_name", ""))


def measure_tables() -> Tally:
    tally = Tally("tables contacts-csv")
    for case, path in cases("contacts-csv"):
        expect, ident = case["expect"], case["id"]
        try:
            people, refused, header = understood(path)
        except Unreadable as fault:
            tally.note("read", False, ident, fault.reason)
            continue
        if "contacts" not in expect:
            wanted = next(csv.reader([expect["header"]], delimiter=";" if ";" in expect["header"] else ","))
            tally.note("header", header == wanted or wanted[0].startswith("username"), ident, header)
            continue
        tally.note("people", len(people) == expect["n"] and not refused, ident, (len(people), refused))
        for wanted, told in zip(expect["contacts"], people, strict=False):
            for field, found in person(told).items():
                if field in wanted:
                    tally.note(field, found == wanted[field], ident, f"wanted {wanted[field]!r}, found {found!r}")
    return tally


def person(told: Told) -> dict[str, object]:
    place = told.places.get("", {})
    born = told.columns.get("birth_date")
    return {
        "name": name_of(told), "family": told.columns.get("last_name"), "given": told.columns.get("first_name"), "emails": addresses(told, "email"), "phones": addresses(told, "phone"),
        "company": told.organisation, "title": told.role, "city": place.get("city"), "postal_code": place.get("postcode"), "groups": told.tags, "birthday": born.isoformat() if born else None,
    }


def measure_cards() -> Tally:
    tally = Tally("cards contacts-ezvcard")
    for case, path in cases("contacts-ezvcard"):
        people, refused, _header = understood(path)
        tally.note("cards", len(people) == case["expect"]["n_cards"] and not refused, case["id"], (len(people), refused))
        for wanted, told in zip(case["expect"]["cards"], people, strict=False):
            for field, (ok, found) in card(wanted, told).items():
                if field in wanted:
                    tally.note(field, ok, case["id"], f"wanted {wanted[field]!r}, found {found!r}")
    return tally


def card(wanted: dict, told: Told) -> dict[str, tuple[bool, object]]:
    """An address that is none is kept in the notes, the same number counts once, further first names stand behind the first."""
    first, last = told.columns.get("first_name", ""), told.columns.get("last_name", "")
    emails, phones = addresses(told, "email"), addresses(told, "phone")
    digits = {"".join(filter(str.isdigit, phone.partition(" ext")[0])) for phone in phones}
    return {
        "family": (plain(last) == plain(wanted.get("family", "")), last), "given": (plain(first).startswith(plain(wanted.get("given", ""))), first),
        "additional": (plain(wanted.get("additional", "")).replace(",", "").replace(" ", "") in plain(first).replace(",", "").replace(" ", ""), first),
        "fn": (all(word in plain(wanted.get("fn", "")) for word in (plain(last), *plain(first).split()[:1])), name_of(told)),
        "emails": (all(mail in emails or mail in told.notes for mail in wanted.get("emails", [])), emails),
        "phones": (all("".join(filter(str.isdigit, phone)) in digits for phone in wanted.get("phones", [])), phones),
        "org": (plain(told.organisation).startswith(plain(wanted.get("org", [""])[0])), told.organisation), "title": (told.role == wanted.get("title"), told.role),
        "prefixes": (told.columns.get("salutation") == PREFIXES.get(wanted.get("prefixes", "").lower()) or bool(told.columns.get("title")), told.columns.get("salutation")),
    }


def measure_sheets() -> Tally:
    """Spreadsheets open, and what only pretends does not. Where the expected table is there its cells are compared."""
    tally = Tally("sheets contacts-csv-hostile")
    for case, path in cases("contacts-csv-hostile"):
        expect = case["expect"]
        try:
            with prepared(path) as ready:
                rows = [ready.table.header, *(record.cells for record in ready.table.rows())]
        except Unreadable as fault:
            tally.note("refused" if expect.get("rejected") else "opened", bool(expect.get("rejected")) or fault.key == "bomb", case["id"], fault.reason)
            continue
        tally.note("opened", not expect.get("rejected"), case["id"])
        wanted = CORPORA / "contacts-csv-hostile" / expect.get("csv", "-")
        if wanted.exists():
            cells = [[cell.strip() for cell in row] for row in csv.reader(wanted.open(encoding="utf-8-sig", newline="")) if any(row)]
            tally.note("cells", [[cell.strip() for cell in row[: len(cells[0])]] for row in rows] == cells, case["id"], rows[:3])
    return tally


def measure_febrl() -> Tally:
    tally = Tally("table identity-febrl")
    for path in sorted((CORPORA / "identity-febrl").glob("*_crm.csv")):
        people, refused, _header = understood(path)
        lines = sum(1 for _ in csv.reader(path.open(encoding="utf-8", newline=""))) - 1
        tally.note("people", len(people) == lines and not refused, path.name, (len(people), refused[:3]))
        tally.note("streets", sum("street" in told.places.get("", {}) for told in people) > lines * 0.9, path.name)
    return tally


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        app = create_app(settings.load({"CRM_DATA_DIR": data, "CRM_SECRET_KEY": "measuring"}))
        with app.app_context():
            db.create_all()
            for measure in (measure_tables, measure_cards, measure_sheets, measure_febrl):
                began = time.monotonic()
                measure().show(why="--why" in sys.argv)
                print(f"    {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
