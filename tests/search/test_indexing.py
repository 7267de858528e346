"""The index itself: what it reads for a question, and that it is put together and cleaned at night."""

import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from crm.contacts.models import Address, Organisation
from crm.extensions import db
from crm.search import jobs, on_postgresql, on_sqlite, rebuilding
from crm.search.finding import STEPS, _prepared, find
from crm.search.models import KINDS, SearchDocument, document_id, span


@pytest.fixture
def filled(make):
    contact = make.contact(first_name="Jörg", last_name="Müller", display_name="Jörg Müller")
    db.session.add(Address(contact=contact, kind="phone", value="+49 30 1234567", normalised="+49301234567"))
    make.save(Organisation(name="Müller Bau GmbH"))
    return contact


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def plan(words: str) -> list[str]:
    """How the database goes about a question with all steps for all kinds."""
    language = on_sqlite if is_sqlite() else on_postgresql
    asked = {"words": language.beginnings([words]), "digits": language.fragment("49301234")}
    compiled = _prepared(is_sqlite(), STEPS, KINDS, 8).params(asked).compile(db.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if is_sqlite() else "EXPLAIN"
    return [row[-1].strip() for row in db.session.connection().exec_driver_sql(f"{explain} {compiled}").all()]


def test_every_step_for_every_kind_reads_its_index_and_nothing_else_on_sqlite(filled):
    if not is_sqlite():
        pytest.skip("of SQLite")
    scanned = [step for step in plan("mul") if step.startswith("SCAN ") and "VIRTUAL TABLE INDEX" in step]
    assert [step.split()[1] for step in scanned] == [f"search_{where}" for where in STEPS for _ in KINDS]
    assert not [step for step in plan("mul") if step.startswith("SCAN search_documents")]


@pytest.mark.parametrize("words", ["mul", "zebra", "anna500"])
def test_every_step_for_every_kind_uses_its_index_on_postgresql(app, words):
    """In documents of which every second one has the word, one has it, none has it."""
    if is_sqlite():
        pytest.skip("of PostgreSQL")
    made = """INSERT INTO search_documents (id, kind, record_id, title, detail, head, words, digits)
              SELECT {0} + n, '{1}', n, '', '', 'anna' || n || CASE WHEN n % 2 = 0 THEN ' muller' ELSE '' END, 'post example', 490000000000 + n * 12345
              FROM generate_series(1, 2000) AS n"""
    for kind in KINDS:
        db.session.execute(text(made.format(document_id(kind, 0), kind)))
    db.session.execute(text("ANALYZE search_documents"))
    db.session.execute(text("SET LOCAL enable_seqscan = off"))  # numbers of a few thousand documents are as quickly looked through
    steps = "\n".join(plan(words))
    assert "Seq Scan" not in steps
    expected = {f"fts_search_{where}_{kind}" for where in STEPS for kind in KINDS}
    assert {name for name in expected if name not in steps} == set()


@pytest.fixture(scope="module")
def small_and_large(tmp_path_factory) -> list[Path]:
    """Two files with nothing but the index, one ten times the other."""
    folder = tmp_path_factory.mktemp("search")
    return [with_documents(folder / f"{many}.sqlite", many) for many in (1_500, 15_000)]


def with_documents(path: Path, many: int) -> Path:
    ids = (document_id(kind, number) for kind in ("contact", "conversation") for number in range(1, many + 1))
    rows = ((ident, "jorg muller donaudampfschifffahrt", f"post k{ident} example", f"49301{ident % 10**6:06}") for ident in ids)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE search_documents (id INTEGER PRIMARY KEY, head TEXT, words TEXT, digits TEXT)")
        connection.executemany("INSERT INTO search_documents VALUES (?, ?, ?, ?)", rows)
        for statement in on_sqlite.CREATED:
            connection.execute(statement)
        connection.commit()
    return path


@pytest.mark.parametrize(("where", "kind", "asked"), [
    ("head", "contact", on_sqlite.beginnings(["mu"])),
    ("head", "contact", on_sqlite.beginnings(["donaudampfsc"])),
    ("all", "contact", on_sqlite.beginnings(["muller", "jo"])),
    ("all", "organisation", on_sqlite.beginnings(["example"])),  # there is none, and the others are not read to learn that
    ("digits", "contact", on_sqlite.fragment("493")),
    ("digits", "contact", on_sqlite.fragment("4930100")),
])
def test_a_question_reads_no_more_of_ten_times_the_documents(small_and_large, where, kind, asked):
    """Bytes read from the file: they grow with the depth of the trees, not with the hits."""
    if not Path("/proc/self/io").exists():
        pytest.skip("Linux counts what is read")
    compiled = on_sqlite.newest(where, kind, 24).compile(dialect=sqlite_dialect(paramstyle="named"))
    small, large = (bytes_read(path, str(compiled), {**compiled.params, "words": asked, "digits": asked}) for path in small_and_large)
    assert large < small * 1.7


def bytes_read(path: Path, statement: str, parameters: dict) -> int:
    with closing(sqlite3.connect(path)) as connection:
        before = read_so_far()
        connection.execute(statement, parameters).fetchall()
        return read_so_far() - before


def read_so_far() -> int:
    return int(Path("/proc/self/io").read_text().split()[1])


def test_what_nothing_is_called_any_more_is_forgotten_at_night(filled):
    assert "muller" in terms()
    filled.last_name, filled.display_name = "Schulze", "Jörg Schulze"
    db.session.scalars(select(Organisation)).one().name = "Bau GmbH"
    db.session.commit()
    jobs.tidy()
    assert "muller" not in terms()
    assert {"jorg", "schulze"} <= terms()
    assert find("schulez")


def terms() -> set[str]:
    return set(db.session.scalars(text("SELECT term FROM search_terms")))


def test_rebuilding_gives_the_index_that_following_gave(filled):
    before, words = documents(), terms()
    assert rebuilding.rebuild() == len(before)
    assert (documents(), terms()) == (before, words)
    assert [hit.record_id for hit in find("301234", ("contact",))] == [filled.id]
    filled.last_name, filled.display_name = "Schulze", "Jörg Schulze"
    db.session.commit()
    assert find("schulze")
    assert not find("muller", ("contact",))


def documents() -> list[tuple]:
    return sorted(tuple(row) for row in db.session.execute(SearchDocument.__table__.select()))


def test_the_ranges_of_kinds_do_not_touch():
    spans = [span(kind) for kind in KINDS]
    assert all(highest < lowest for (_, highest), (lowest, _) in pairwise(spans))
    assert span("task")[0] <= document_id("task", 2**31) <= span("task")[1]
