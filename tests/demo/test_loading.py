"""A large data set on a small scale: thousands of sixty, made by several processes as the real ones are."""

from itertools import pairwise

import pytest
from flask import current_app
from sqlalchemy import delete, func, inspect, select, text

from crm import clock, create_app
from crm.contacts.matching import pairs
from crm.contacts.models import Address, Affiliation, Contact, Organisation
from crm.demo import crowd, loading
from crm.demo.crowd import Making, Plan
from crm.demo.firm import Firm, Sender
from crm.extensions import UtcDateTime, db
from crm.inbox.models import Conversation, Message
from crm.search import indexing
from crm.search.finding import find
from crm.search.models import KINDS, SearchDocument
from crm.tasks.models import Task
from crm.timeline import rebuilding
from crm.timeline.models import Interaction
from tests.platform.conftest import installation

CONTACTS, ENTRIES = 150, 1500


@pytest.fixture(scope="module")
def loaded(settings, tmp_path_factory):
    with installation(settings, tmp_path_factory.mktemp("large"), "large") as own:
        app = create_app(own, testing=True)
        with app.app_context():
            db.create_all()
            before = details()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(loading, "LARGE", ENTRIES)
                patch.setattr(crowd, "THOUSAND", 60)
                patch.setattr(crowd, "LONGEST", 120)
                loading.load(CONTACTS, ENTRIES, seed=7)
            db.session.remove()
            app.extensions["details before"] = before
            yield app
            db.engine.dispose()


@pytest.fixture
def office(loaded):
    with loaded.app_context():
        yield
        db.session.remove()


def count(model):
    return db.session.scalar(select(func.count(model.id)))


def test_everybody_with_an_organisation_belongs_to_its_people(office):
    belongs = select(Affiliation.id).where(Affiliation.contact_id == Contact.id, Affiliation.organisation_id == Contact.organisation_id)
    assert count(Affiliation)
    assert db.session.scalars(select(Contact.id).where(Contact.organisation_id.is_not(None), ~belongs.exists())).all() == []


def test_there_are_as_many_as_one_asked_for(office):
    assert count(Contact) == CONTACTS
    assert ENTRIES * 0.7 < count(Interaction) < ENTRIES * 1.6
    assert db.session.scalar(select(func.max(Contact.interactions_count))) >= 100
    assert db.session.scalar(select(func.count(Interaction.contact_id.distinct()))) == CONTACTS


def test_every_reference_leads_somewhere(office):
    if db.engine.dialect.name == "sqlite":  # PostgreSQL has looked
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    lost = select(func.count(Interaction.id)).where(Interaction.about_type == "conversation", Interaction.about_id.not_in(select(Conversation.id)))
    assert db.session.scalar(lost) == 0
    others = select(func.count(Message.id)).join(Interaction, Interaction.id == Message.interaction_id).join(Conversation, Conversation.id == Message.conversation_id)
    assert db.session.scalar(others.where(Interaction.contact_id != Conversation.contact_id)) == 0
    assert db.session.scalar(others) == count(Message)


def test_every_derived_figure_is_right(office):
    assert list(rebuilding.drift()) == []


def test_what_models_derive_by_themselves_is_there(office):
    derived = ("display_name", "sort_name", "sound", "birthday")
    for contact in db.session.scalars(select(Contact)):
        named = Contact(title=contact.title, first_name=contact.first_name, last_name=contact.last_name, birth_date=contact.birth_date)
        assert {name: getattr(contact, name) for name in derived} == {name: getattr(named, name) for name in derived}


def test_the_database_is_whole_and_careful_again(office):
    assert details() == current_app.extensions["details before"]
    if db.engine.dialect.name == "sqlite":
        assert [db.session.scalar(text(f"PRAGMA {name}")) for name in ("synchronous", "foreign_keys")] == [2, 1]


def test_the_search_index_is_what_following_every_change_would_have_made(office):
    at_once = indexed()
    db.session.execute(delete(SearchDocument))
    for model in (Contact, Organisation, Conversation, Task):
        indexing.refresh(db.session.scalars(select(model)))
    assert indexed() == at_once
    assert len(at_once[0]) == count(Contact) + count(Organisation) + count(Task) + db.session.scalar(select(func.count()).where(Conversation.status != "spam"))


def indexed():
    """Every document, and what the words of one are found in."""
    documents = db.session.execute(select(*SearchDocument.__table__.c).order_by(SearchDocument.id)).all()
    terms = db.session.scalars(text("SELECT term FROM search_terms ORDER BY term")).all()
    if db.engine.dialect.name == "sqlite":  # which says when its index and the documents do not agree
        for name in ("search_head", "search_all"):
            db.session.execute(text(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)"))
    return documents, terms, [(hit.kind, hit.record_id) for asked in ("sommer", "kanzlei", "3344", "wartung") for hit in find(asked, KINDS, 50)]


def details():
    """What there is beside the tables, oldest first where that matters."""
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type <> 'table' AND tbl_name NOT LIKE 'search%' ORDER BY tbl_name, rowid"
        if db.engine.dialect.name == "sqlite"
        else """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename NOT LIKE 'search%'
                UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = CAST(current_schema() AS regnamespace) ORDER BY 1, 2"""
    )
    with db.engine.connect() as connection:
        return connection.execute(text(query)).all()


def test_the_planner_knows_whom_an_answer_belongs_to(office):
    """Else SQLite reads all answers of a survey for every contact."""
    if db.engine.dialect.name == "sqlite":
        query = "SELECT 1 FROM contacts WHERE (SELECT min(score) FROM answers WHERE contact_id = contacts.id AND survey_type = 'nps' AND answered_at > '2026') < 7"
        assert "contact_id=?" in str(db.session.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()[-1])


def test_there_is_work_for_today(office):
    assert {status for status, in db.session.execute(select(Conversation.status).distinct())} >= {"open", "waiting", "snoozed", "resolved", "spam"}
    assert db.session.scalar(select(func.count(Task.id)).where(Task.done_at.is_(None))) > 10


def test_what_comes_next_finds_a_free_number(office):
    contact = Contact(first_name="Ada", last_name="Danach")
    db.session.add(contact)
    db.session.flush()
    assert contact.id > db.session.scalar(select(func.max(Address.contact_id)))


def test_moments_are_stored_as_the_models_would(office):
    interaction = db.session.scalars(select(Interaction).limit(1)).one()
    stored = db.session.scalar(select(func.count(Interaction.id)).where(Interaction.happened_at == interaction.happened_at, Interaction.id == interaction.id))
    assert stored == 1
    names = [column.name for column in Interaction.__table__.columns if isinstance(column.type, UtcDateTime)]
    assert all(getattr(interaction, name) is None or getattr(interaction, name).tzinfo for name in names)


@pytest.fixture
def making():
    departments = {"sales": 1, "service": 2, "marketing": 3, "management": 4}
    surveys = {"nps": 1, "csat": 2, "ces": 3, "expectation": 4}
    firm = Firm(clock.now(), {name: [ident] for name, ident in departments.items()}, departments, {}, surveys, [1, 2], Sender(1, "Firm", "service@firm.example"))
    return Making(Plan(7, 300, 3000), firm, [(1, "firm.example", "de")], "sqlite")


BEGINS = {model.__tablename__: 1000 for model in loading.MODELS}


def test_the_same_seed_gives_the_same_rows_whoever_makes_them(making):
    others = making(range(20, 40), BEGINS)
    assert making(range(40, 60), BEGINS) == making(range(40, 60), BEGINS) != others


def test_rows_are_counted_from_where_they_are_told(making):
    for batch in making(range(20), BEGINS):
        if "id" in batch.names:
            ids = [row[batch.names.index("id")] for row in batch.rows]
            assert ids == list(range(1000, 1000 + len(ids)))


def test_no_two_thousands_get_the_same_number(office):
    first = loading.Tables(BEGINS)
    first.free["interactions"] += 500
    begins = [crowd._begins(first, place)["interactions"] for place in range(3)]
    assert begins[0] == 1500
    assert {later - earlier for earlier, later in pairwise(begins)} == {750}


def test_tabs_and_line_ends_survive_the_way_to_postgresql(making):
    from crm.demo.tables import Tables

    tables = Tables({"interactions": 1})
    tables.add(Interaction, body="a\tb\nc\\d", data={"say": "x\ty"})
    (batch,) = tables.batches("postgresql")
    written = dict(zip(batch.names, batch.rows.rstrip("\n").split("\t"), strict=True))
    assert (written["body"], written["data"]) == ("a\\tb\\nc\\\\d", '{"say": "x\\\\ty"}')


def test_the_small_office_needs_no_second_process(app, monkeypatch):
    monkeypatch.setattr(crowd, "ProcessPoolExecutor", None)
    loading.load(80, 400)
    assert count(Contact) == 83  # three of them twice
    assert list(rebuilding.drift()) == []
    assert inspect(db.session.get_bind()).get_indexes("interactions")


def test_some_of_the_small_office_came_twice_and_are_found(db, app):
    loading.load(60, 300, seed=3)
    doubles = [pair for pair in pairs() if pair.score > 0.5]
    assert len(doubles) >= 3
