import pytest
from sqlalchemy import select

from crm.accounts import passwords
from crm.accounts.models import ApiToken, AuditEntry, UndoStep, User, UserSession
from crm.accounts.programs import recognise
from tests.accounts.conftest import PASSWORD


@pytest.fixture
def boss(browse, admin):
    """The administrator's browser."""
    return browse(admin)


def fields(user, **changes):
    return {"name": user.name, "email": user.email, "role": user.role, "department_id": user.department_id or ""} | changes


NEW = {"name": "Nina New", "email": "Nina@firm.example", "role": "lead", "department_id": ""}


def test_a_user_is_added_and_invited(boss, browse, session, post, link, service):
    assert boss.post("/settings/users/new", data=NEW | {"department_id": service.id}).status_code == 303
    nina = session.scalars(select(User).where(User.email == "nina@firm.example")).one()
    assert (nina.name, nina.role, nina.department_id) == ("Nina New", "lead", service.id)
    assert post[0]["to"] == ["nina@firm.example"]
    guest = browse()
    guest.post(link(), data={"password": PASSWORD, "again": PASSWORD})
    assert guest.get("/account").status_code == 200


def test_an_invitation_works_for_a_week(boss, browse, post, link, clock):
    boss.post("/settings/users/new", data=NEW)
    clock.advance(days=7)
    assert browse().get(link()).status_code == 200
    clock.advance(seconds=2)
    assert browse().get(link()).status_code == 410


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "name as colleagues know"),
        ({"email": "nina"}, "whole mail address"),
        ({"email": "nina@firm.example\r\nBcc: x@evil.example"}, "whole mail address"),
        ({"role": "owner"}, "Not a valid choice"),
        ({"department_id": "999"}, "Not a valid choice"),
        ({"name": "x" * 121}, "at most 120 characters"),
    ],
)
def test_a_faulty_user_is_refused_with_the_reason(boss, session, post, changes, reason):
    before = len(session.scalars(select(User)).all())
    answer = boss.post("/settings/users/new", data=NEW | changes)
    assert answer.status_code == 422
    assert reason in answer.text
    assert len(session.scalars(select(User)).all()) == before
    assert post == []


def test_an_address_is_given_once(boss, agent, post):
    answer = boss.post("/settings/users/new", data=NEW | {"email": agent.email.upper()})
    assert answer.status_code == 422
    assert "already here" in answer.text


def test_a_user_is_changed_and_the_change_written_down(boss, agent, session):
    boss.post(f"/settings/users/{agent.id}", data=fields(agent, role="lead", name="Anna Agent-Adler"))
    assert (agent.role, agent.name) == ("lead", "Anna Agent-Adler")
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.detail == {"role": ["member", "lead"], "name": ["Anna Agent", "Anna Agent-Adler"]}


@pytest.mark.parametrize("path", ["/settings/users/new", "/settings/users/1", "/settings/users/1/invitation", "/settings/users/1/deactivation"])
@pytest.mark.parametrize("who", ["agent", "lead"])
def test_only_administrators_change_users(browse, request, who, path, session):
    client = browse(request.getfixturevalue(who))
    before = len(session.scalars(select(User)).all())
    assert client.post(path, data=NEW).status_code == 403
    assert len(session.scalars(select(User)).all()) == before


def test_nobody_changes_users(nobody, agent):
    assert nobody.post(f"/settings/users/{agent.id}", data=fields(agent, role="admin")).status_code == 401
    assert agent.role == "member"


def test_a_deactivated_user_is_out_at_once_and_keeps_their_history(boss, client, agent, session):
    _, plain = ApiToken.issue(agent, "shop", "read")
    session.commit()
    assert boss.post(f"/settings/users/{agent.id}/deactivation").status_code == 303
    assert client.get("/account").status_code == 303
    assert recognise(plain) is None
    assert session.get(User, agent.id).name == "Anna Agent"


def test_deactivating_can_be_undone(boss, agent, session):
    boss.post(f"/settings/users/{agent.id}/deactivation")
    step = session.scalars(select(UndoStep)).one()
    boss.post(f"/undo/{step.id}")
    assert agent.is_active


def test_a_reactivated_user_signs_in_anew(boss, browse, client, agent):
    boss.post(f"/settings/users/{agent.id}/deactivation")
    boss.delete(f"/settings/users/{agent.id}/deactivation")
    assert agent.is_active
    assert client.get("/account").status_code == 303


def test_the_last_administrator_stays(boss, admin):
    answer = boss.post(f"/settings/users/{admin.id}/deactivation")
    assert answer.status_code == 409
    assert "make another person an administrator first" in answer.text
    assert boss.post(f"/settings/users/{admin.id}", data=fields(admin, role="member")).status_code == 409
    assert admin.is_active
    assert admin.role == "admin"


def test_one_of_two_administrators_may_go(boss, admin, make):
    make.user(name="Second Admin", role="admin")
    assert boss.post(f"/settings/users/{admin.id}", data=fields(admin, role="member")).status_code == 303
    assert admin.role == "member"


def test_an_invitation_can_be_sent_again_and_its_link_handed_over(boss, agent, post):
    answer = boss.post(f"/settings/users/{agent.id}/invitation")
    assert post[0]["to"] == [agent.email]
    assert "/password/invitation/" in answer.text


def test_the_list_shows_who_is_invited_and_who_left(boss, agent, make, clock):
    make.user(name="Lothar Left", deactivated_at=clock.time)
    text = boss.get("/settings/users").text
    assert "Invited" in text
    assert "Deactivated" in text




# — one's own profile ——————————————————————————————————————————————————————————————————————————————————


PROFILE = {"name": "Anna Agent", "locale": "de", "timezone": "Europe/Vienna", "theme": "dark", "address_form": "du"}


def test_a_profile_is_saved(client, agent):
    assert client.post("/account", data=PROFILE).status_code == 303
    assert (agent.locale, agent.timezone, agent.theme, agent.address_form) == ("de", "Europe/Vienna", "dark", "du")
    page = client.get("/account").text
    assert 'lang="de"' in page
    assert 'data-bs-theme="dark"' in page


def test_the_browser_and_the_firm_decide_where_nothing_is_chosen(client, agent):
    client.post("/account", data=PROFILE | {"locale": "", "timezone": ""})
    assert (agent.locale, agent.timezone) == (None, None)


@pytest.mark.parametrize("wrong", [{"name": ""}, {"locale": "tlh"}, {"timezone": "Mars/Olympus"}, {"theme": "pink"}, {"address_form": "ihr"}])
def test_a_faulty_profile_changes_nothing(client, agent, wrong):
    assert client.post("/account", data=PROFILE | wrong).status_code == 422
    assert agent.theme == "auto"


def test_a_profile_cannot_raise_its_own_role(client, agent):
    client.post("/account", data=PROFILE | {"role": "admin", "email": "boss@firm.example"})
    assert agent.role == "member"
    assert agent.email != "boss@firm.example"


def test_sessions_of_others_survive_a_deactivation(boss, browse, agent, colleague, session):
    other = browse(colleague)
    boss.post(f"/settings/users/{agent.id}/deactivation")
    assert other.get("/account").status_code == 200
    assert session.scalars(select(UserSession).where(UserSession.user_id == colleague.id)).one().revoked_at is None


def test_a_hash_says_how_it_was_made(ursula):
    assert ursula.password_hash.startswith("$argon2id$")
    assert not passwords.is_outdated(ursula.password_hash)
