import pytest
from sqlalchemy import select

from crm.accounts import first_start
from crm.accounts.models import AuditEntry, Department, User
from tests.accounts.conftest import PASSWORD


@pytest.fixture
def form(settings):
    return {"key": first_start.setup_key(settings), "name": "Ada First", "email": "Ada@firm.example", "password": PASSWORD, "again": PASSWORD}


def test_without_users_sign_in_leads_to_the_setup(nobody):
    assert nobody.get("/sign-in").location == "/setup"
    assert nobody.get("/setup").status_code == 200


def test_the_key_in_the_address_is_filled_in(nobody):
    assert 'value="abc123"' in nobody.get("/setup?key=abc123").text


def test_the_setup_creates_the_first_administrator_and_signs_in(nobody, form, session):
    assert nobody.post("/setup", data=form).location == "/settings"
    user = session.scalars(select(User)).one()
    assert (user.email, user.role) == ("ada@firm.example", "admin")
    assert session.scalars(select(AuditEntry.user_id)).all() == [user.id]
    assert nobody.get("/settings/users").status_code == 200
    assert len(session.scalars(select(Department)).all()) == 4


def test_afterwards_there_is_no_setup(browse, nobody, form):
    nobody.post("/setup", data=form)
    assert browse().get("/setup").status_code == 404
    assert browse().post("/setup", data=form).status_code == 404


def test_a_wrong_key_creates_nobody(nobody, form, session):
    answer = nobody.post("/setup", data=form | {"key": "guess"})
    assert answer.status_code == 422
    assert "This is not the key" in answer.text
    assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("password", "short", "at least 10 characters"),
        ("again", "something else", "do not match"),
        ("email", "ada", "whole mail address"),
        ("name", " ", "Give your name"),
        ("password", "aaaaaaaaaaaa", "too easy to guess"),
    ],
)
def test_a_faulty_form_says_why_and_creates_nobody(nobody, form, session, field, value, reason):
    answer = nobody.post("/setup", data=form | {field: value})
    assert answer.status_code == 422
    assert reason in answer.text
    assert session.scalars(select(User)).all() == []


def test_the_key_is_the_same_until_it_has_served(settings):
    key = first_start.setup_key(settings)
    assert first_start.setup_key(settings) == key
    first_start.forget_key(settings)
    assert first_start.setup_key(settings) != key


def test_only_the_owner_can_read_the_key(settings):
    first_start.setup_key(settings)
    assert (settings.data_dir / "setup_key").stat().st_mode & 0o077 == 0
