import pytest
from sqlalchemy import select

from crm import migrating
from crm.accounts import passwords
from crm.accounts.models import Department, User
from crm.accounts.programs import recognise
from tests.accounts.conftest import PASSWORD


@pytest.fixture
def crm(app, monkeypatch):
    """crm("user", "add", …) runs the command."""
    monkeypatch.setattr(migrating, "migrate", lambda: None)
    runner = app.test_cli_runner()
    return lambda *words, given=None: runner.invoke(args=words, input=given)


def test_init_creates_the_first_administrator(crm, session):
    result = crm("init", "--admin", "Ada@firm.example", "--password-stdin", given=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    user = session.scalars(select(User)).one()
    assert (user.email, user.role) == ("ada@firm.example", "admin")
    assert passwords.is_right(user.password_hash, PASSWORD)
    assert len(session.scalars(select(Department)).all()) == 4


def test_init_twice_changes_nothing(crm, session):
    for _ in range(2):
        result = crm("init", "--admin", "ada@firm.example", "--password-stdin", given=f"{PASSWORD}\n")
    assert result.exit_code == 0
    assert "already" in result.output
    assert len(session.scalars(select(User)).all()) == 1


def test_init_refuses_a_weak_password(crm, session):
    result = crm("init", "--admin", "ada@firm.example", "--password-stdin", given="short\n")
    assert result.exit_code == 1
    assert "at least 10 characters" in result.output
    assert session.scalars(select(User)).all() == []


def test_a_user_is_added_with_a_link_to_choose_a_password(crm, session, service, browse):
    result = crm("user", "add", "nina@firm.example", "--name", "Nina New", "--department", "Service", "--role", "lead")
    assert result.exit_code == 0, result.output
    nina = session.scalars(select(User).where(User.email == "nina@firm.example")).one()
    assert (nina.role, nina.department_id) == ("lead", service.id)
    assert browse().get(result.output.strip().removeprefix("http://localhost")).status_code == 200


def test_a_user_is_added_with_a_password(crm, session):
    result = crm("user", "add", "nina@firm.example", "--name", "Nina New", "--password-stdin", given=PASSWORD)
    assert result.exit_code == 0, result.output
    assert passwords.is_right(session.scalars(select(User.password_hash)).one(), PASSWORD)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["nina"], "no mail address"),
        (["nina@firm.example", "--department", "Moon"], "There is no department “Moon”"),
        (["nina@firm.example", "--role", "king"], "is not one of"),
    ],
)
def test_a_faulty_user_is_refused_with_the_reason(crm, session, words, reason):
    result = crm("user", "add", "--name", "Nina", *words)
    assert result.exit_code != 0
    assert reason in result.output
    assert session.scalars(select(User)).all() == []


def test_an_address_is_given_once(crm, agent):
    assert "already here" in crm("user", "add", agent.email, "--name", "Twin").output


def test_a_token_stands_alone_on_the_output(crm, agent):
    result = crm("token", "add", "--user", agent.email, "--name", "shop", "--scope", "write")
    assert result.exit_code == 0
    assert result.output == result.output.strip() + "\n"
    assert recognise(result.output.strip()).scope == "write"


def test_nobody_gets_no_token(crm):
    assert "Nobody with the address" in crm("token", "add", "--user", "x@firm.example", "--name", "shop", "--scope", "read").output


def test_who_is_no_administrator_gets_no_token_that_administers(crm, agent):
    assert crm("token", "add", "--user", agent.email, "--name", "shop", "--scope", "admin").exit_code == 1
