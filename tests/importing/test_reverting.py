"""An import taken back: what it made goes, what it overwrote returns, what people did since stays."""

import pytest
from sqlalchemy import func, select

from crm.contacts.models import Address, Affiliation, Contact, Organisation, PostalAddress
from crm.contacts.tags import Tag
from crm.importing import jobs
from crm.importing.models import Import, ImportRow
from crm.search.finding import find
from crm.search.models import SearchDocument
from crm.tasks.models import Task
from crm.timeline import rebuilding
from crm.timeline.models import Interaction

HEADER = "external_id,first_name,last_name,title,email,phone,street,city,organisation,role,lifecycle,customer_since,tags,newsletter,notes,custom.size\n"
OLD = HEADER + "K-1,Ada,Adler,,ada@x.example,,Weg 1,Köln,Alt AG,Einkauf,lead,,Messe,,Erste Notiz,\n"
NEW = HEADER + "K-1,Adele,Adler,Dr.,neu@x.example,030 123456,Allee 2,Bonn,Neu GmbH,Leitung,customer,2020-01-01,VIP,yes,Zweite Notiz,38\n"


@pytest.fixture
def revert(db):
    def back():
        last = db.session.scalars(select(Import).order_by(Import.id.desc())).first()
        last.begin("reverting")
        db.session.commit()
        jobs.run(last.id)
        assert last.state == "reverted", last.fault
        return last

    return back


@pytest.fixture
def picture(db):
    """Everything imports touch, without the times of writing."""

    def taken():
        db.session.expire_all()
        rows = {}
        for model in (Contact, Address, PostalAddress, Affiliation, Organisation, Tag):
            names = [column.key for column in model.__table__.c if column.key not in ("created_at", "updated_at")]
            rows[model.__tablename__] = [tuple(repr(getattr(row, name)) for name in names) for row in db.session.scalars(select(model).order_by(model.id))]
        rows["found"] = sorted(map(repr, db.session.execute(select(SearchDocument.kind, SearchDocument.record_id, SearchDocument.title, SearchDocument.words))))
        rows["tags"] = sorted((contact.id, tag.name) for contact in db.session.scalars(select(Contact)) for tag in contact.tags)
        return rows

    return taken


def test_new_people_go_with_all_that_belongs_to_them(take, revert, picture):
    before = picture()
    take(OLD)
    revert()
    assert picture() == before
    assert find("adler") == [] or not list(find("adler"))


def test_updated_values_return_exactly(take, revert, picture):
    take(OLD)
    before = picture()
    assert "updated 1" in take(NEW, "--update").output
    assert picture() != before
    assert revert().kept == 0
    assert picture() == before


def test_after_a_reversal_the_same_file_can_be_imported_again(take, revert, everybody):
    text = "first_name,last_name\nAda,Adler\n"
    take(text)
    revert()
    assert "created 1" in take(text).output
    assert len(everybody()) == 1


def test_what_a_person_changed_since_stays_and_is_told(take, revert, person, db):
    take(OLD)
    take(NEW, "--update")
    person().first_name = "Adelheid"
    db.session.commit()
    assert revert().kept == 1
    assert (person().first_name, person().title, person().lifecycle) == ("Adelheid", "", "lead")
    (row,) = db.session.scalars(select(ImportRow).where(ImportRow.reverted == "partly"))
    assert "first_name" in row.reason


def test_new_people_with_whom_something_happened_stay_and_are_told(take, revert, everybody, db, agent):
    take("external_id,last_name\nK-1,Adler\nK-2,Berg\n")
    db.session.add(Task(title="Call", contact_id=everybody()[0].id, assignee_id=agent.id))
    db.session.commit()
    assert revert().kept == 1
    assert [one.last_name for one in everybody()] == ["Adler"]


def test_new_people_whom_somebody_edited_stay(take, revert, everybody, db):
    take("external_id,last_name\nK-1,Adler\nK-2,Berg\n")
    everybody()[1].first_name = "Bea"
    db.session.commit()
    revert()
    assert [one.last_name for one in everybody()] == ["Berg"]


def test_an_address_that_bounced_since_stays_marked(take, revert, person, db):
    take(OLD)
    take(NEW, "--update")
    next(address for address in person().addresses if address.value == "neu@x.example").mark_invalid("no such user")
    db.session.commit()
    revert()
    assert any(address.value == "neu@x.example" and address.invalid_at for address in person().addresses)


def test_an_organisation_that_others_use_by_now_stays(take, revert, make, db):
    take(OLD)
    make.contact("Otto", "Other").affiliate(db.session.scalars(select(Organisation)).one())
    db.session.commit()
    revert()
    assert [one.name for one in db.session.scalars(select(Organisation))] == ["Alt AG"]


def test_two_imports_are_taken_back_one_after_the_other(take, revert, everybody, db):
    take(OLD)
    take(NEW, "--update")
    first = db.session.scalars(select(Import).order_by(Import.id)).first()
    first.begin("reverting")
    db.session.commit()
    jobs.run(first.id)
    assert len(everybody()) == 1  # the second one still stands on it


def test_imported_interactions_go_and_the_figures_with_them(take, revert, make, db):
    ada = make.contact("Ada", "Adler")
    ada.add_address("customer_number", "K-17")
    db.session.commit()
    take("external_id,customer_number,amount,date\nR-1,K-17,10,2026-01-01\nR-2,K-17,20,2026-02-01\n", kind="purchases")
    assert ada.value == 30
    revert()
    db.session.expire_all()
    assert (ada.value, ada.interactions_count, ada.last_interaction_at) == (0, 0, None)
    assert db.session.scalar(select(func.count()).select_from(Interaction)) == 0
    assert list(rebuilding.drift()) == []
    assert "created 2" in take("external_id,customer_number,amount,date\nR-1,K-17,10,2026-01-01\nR-2,K-17,20,2026-02-01\n", kind="purchases").output
