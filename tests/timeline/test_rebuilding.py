from decimal import Decimal

from sqlalchemy import update

from crm import timeline
from crm.contacts.models import Contact, Organisation
from crm.extensions import db as database
from crm.timeline import rebuilding


def spoil(db, contact):
    db.session.execute(update(Contact).where(Contact.id == contact.id).values(interactions_count=7, value=Decimal("3.50"), open_conversations=2))


def test_a_wrong_figure_is_found_and_named(make, db):
    contact = make.contact()
    make.contact()
    spoil(db, contact)
    found = {finding.column: (finding.rows, finding.example) for finding in rebuilding.drift()}
    assert found == {"interactions_count": (1, contact.id), "value": (1, contact.id), "open_conversations": (1, contact.id)}


def test_rebuilding_puts_it_right(make, db):
    organisation = make.save(Organisation(name="Nordwind"))
    contact = make.contact(organisation=organisation)
    entry = timeline.record("call.logged", contact, channel="phone", direction="inbound")
    spoil(db, contact)
    organisation.last_interaction_at = None
    db.session.flush()
    assert rebuilding.rebuild()["interactions"] == 1
    db.session.expire_all()
    assert (contact.interactions_count, contact.value, contact.open_conversations) == (1, 0, 0)
    assert organisation.last_interaction_at == entry.happened_at
    assert list(rebuilding.drift()) == []


def test_the_check_exits_1_on_drift_and_changes_nothing(app, make, db):
    contact = make.contact()
    runner = app.test_cli_runner()
    from crm.timeline.cli import stats

    assert runner.invoke(stats, ["rebuild", "--check"]).exit_code == 0
    spoil(db, contact)
    db.session.commit()
    result = runner.invoke(stats, ["rebuild", "--check"])
    assert result.exit_code == 1
    assert "interactions_count is wrong on 1 rows" in result.output
    assert runner.invoke(stats, ["rebuild"]).exit_code == 0
    assert runner.invoke(stats, ["rebuild", "--check"]).exit_code == 0


def test_no_figure_is_looked_for_row_by_row(app):
    """SQLite, when it expects few figures, reads all of them for every contact: with 100,000 contacts that takes minutes."""
    if database.engine.dialect.name != "sqlite":
        return
    for name, derived in rebuilding._derived().items():
        statement = str(rebuilding._repair(derived).compile(database.engine, compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in database.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (2,) * statement.count("?"))]
        assert not [step for step in plan if step.startswith("SCAN") and step.endswith("LEFT-JOIN")], (name, plan)
