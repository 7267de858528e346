
import pytest
from sqlalchemy import inspect, text

from crm import migrating
from crm.extensions import db
from crm.settings import SettingsError, load


def differences() -> list:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with db.engine.connect() as connection:
        options = {"include_name": migrating.is_ours, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)


def test_migrating_an_empty_database_gives_the_tables_of_the_models(fresh):
    migrating.migrate()
    assert differences() == [], "run `make migration`"


def test_what_create_all_makes_beside_the_tables_is_there_too(fresh):
    migrating.migrate()
    migrated = objects()
    db.session.remove()
    migrating.migrate("base")
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    db.create_all()
    assert {name for name in migrated if "alembic" not in name} == objects()


def objects() -> set[str]:
    """The names of all tables, indexes and triggers."""
    query = (
        "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        if db.engine.dialect.name == "sqlite"
        else "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"
    )
    with db.engine.connect() as connection:
        return set(connection.scalars(text(query)))


def test_the_way_back_leaves_nothing(fresh):
    migrating.migrate()
    migrating.migrate("base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


def test_a_migrated_database_is_current_and_an_empty_one_is_not(fresh, fresh_settings):
    assert not migrating.is_current(fresh_settings)
    migrating.migrate()
    assert migrating.is_current(fresh_settings)
    assert migrating.version(fresh_settings) == migrating.head()


def test_a_database_newer_than_the_program_is_refused_in_words(fresh, fresh_settings):
    migrating.migrate()
    db.session.execute(text("UPDATE alembic_version SET version_num = '20990101_0000'"))
    db.session.commit()
    with pytest.raises(SettingsError, match="written by a newer version") as refused:
        migrating.is_current(fresh_settings)
    assert "Install that version" in refused.value.faults[0]


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "crm.sqlite").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(SettingsError, match="cannot be read"):
        migrating.is_current(load({"CRM_DATA_DIR": str(tmp_path)}))


def test_a_server_that_does_not_answer_is_named(tmp_path):
    settings = load({"CRM_DATA_DIR": str(tmp_path), "CRM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    with pytest.raises(SettingsError, match=r"does not answer .* Check host"):
        migrating.is_current(settings)


def test_the_history_is_one_line():
    parents = [parent for parent in migrating.revisions().values() if parent]
    assert len(set(parents)) == len(parents) == len(migrating.revisions()) - 1


