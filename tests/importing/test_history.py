from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from crm.importing import history
from crm.importing.cli import import_interactions, import_purchases
from crm.timeline.models import Interaction


@pytest.fixture
def ada(make, db):
    ada = make.contact("Ada", "Adler")
    ada.add_address("email", "ada@nordwind.example")
    ada.add_address("customer_number", "K-17")
    db.session.commit()
    return ada


@pytest.fixture
def run(app, tmp_path):
    def run(command, text, encoding="utf-8"):
        file = tmp_path / "rows.csv"
        file.write_bytes(text.encode(encoding))
        return app.test_cli_runner().invoke(command, [str(file)])

    return run


def entries(db):
    return db.session.scalars(select(Interaction).order_by(Interaction.id)).all()


def test_interactions_are_imported_once(run, ada, db):
    text = ("external_id,email,channel,direction,kind,subject,body,happened_at\n"
            "1,ada@nordwind.example,phone,inbound,call.logged,Parcel,Where is it?,2026-03-01T10:00:00+01:00\n"
            "2,ADA@nordwind.example,letter,,,Thanks,,01.03.2026\n")
    assert "created 2, unchanged 0, refused 0" in run(import_interactions, text).output
    assert "created 0, unchanged 2, refused 0" in run(import_interactions, text).output
    first, second = entries(db)
    assert (first.contact_id, first.kind, first.provenance, first.happened_at) == (ada.id, "call.logged", "import", datetime(2026, 3, 1, 9, tzinfo=UTC))
    assert (second.kind, second.direction, second.happened_at) == ("letter.logged", "inbound", datetime(2026, 3, 1, 11, tzinfo=UTC))
    assert ada.interactions_count == 2


def test_purchases_come_with_german_labels_and_numbers(run, ada, db):
    text = "Belegnummer;Kundennummer;Betrag;Datum;Artikel\nR-1;K-17;1.234,50 €;24.12.2025 14:30;Stühle für Möller\nR-2;K-17;99;2025-12-25;Tisch\n"
    assert "created 2" in run(import_purchases, text, "cp1252").output
    assert [entry.amount for entry in entries(db)] == [Decimal("1234.50"), Decimal("99.00")]
    assert entries(db)[0].subject == "Stühle für Möller"
    assert ada.value == Decimal("1333.50")


def test_rows_that_do_not_fit_come_back_with_the_reason(run, ada, db, tmp_path):
    text = ("external_id,email,channel,happened_at\n"
            ",ada@nordwind.example,phone,2026-03-01\n2,nobody@x.example,phone,2026-03-01\n3,ada@nordwind.example,pigeon,2026-03-01\n"
            "4,ada@nordwind.example,phone,whenever\n5,ada@nordwind.example,phone,2036-03-01\n6,ada@nordwind.example,phone,2026-03-01\n6,ada@nordwind.example,phone,2026-03-01\n")
    assert "created 1, unchanged 1, refused 5" in run(import_interactions, text).output
    refused = (tmp_path / "rows.csv.refused.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in refused[1:]] == ["", "2", "3", "4", "5"]
    assert "pigeon" in refused[3]


@pytest.mark.parametrize(("text", "value"), [("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("1.234", "1234"), ("12,5", "12.5"), ("-3,00 EUR", "-3"), ("1234.5", "1234.5"), ("0.99", "0.99")])
def test_amounts_are_read_as_people_write_them(text, value):
    assert history.amount("amount", text) == Decimal(value)
