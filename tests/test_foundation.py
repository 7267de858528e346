from crm.accounts.models import User
from crm.extensions import db


def test_a_row_of_one_test_is_saved(make):
    make.user(email="once@firm.example")
    assert db.session.query(User).filter_by(email="once@firm.example").count() == 1


def test_and_is_gone_in_the_next(app):
    assert db.session.query(User).count() == 0
