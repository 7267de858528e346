import re
from pathlib import Path

import pytest
from sqlalchemy import select

import crm
from crm import frame
from crm.accounts import defaults
from crm.accounts.models import ApiToken, AuditEntry, Department, UndoStep
from crm.accounts.preferences import DEFAULTS, preference
from crm.accounts.programs import recognise
from crm.accounts.trail import audit
from crm.accounts.wording import ACTIONS, RIGHT_NAMES


@pytest.fixture
def boss(browse, admin):
    return browse(admin)


def test_the_overview_shows_what_one_may_open(client, boss):
    assert "/settings/users" not in client.get("/settings").text
    assert "/settings/users" in boss.get("/settings").text


def test_every_tile_of_mine_leads_to_a_page(boss, app):
    mine = [page.url for page in app.extensions["settings_pages"] if page.url.startswith(("/settings", "/account")) and "mailboxes" not in page.url]
    assert {url: boss.get(url).status_code for url in mine} == dict.fromkeys(mine, 200)


# — the firm ———————————————————————————————————————————————————————————————————————————————————————————


def firm(**changes):
    return DEFAULTS | {"firm_name": "Muster GmbH"} | changes


def test_the_firm_is_changed(boss, session, app):
    assert boss.post("/settings/firm", data=firm(min_n=5)).status_code == 303
    assert (preference("firm_name"), preference("min_n")) == ("Muster GmbH", 5)
    assert session.scalars(select(AuditEntry)).one().detail == {"firm_name": "Muster GmbH", "min_n": 5}


@pytest.mark.parametrize(("key", "value"), [("firm_name", ""), ("min_n", "many"), ("privacy_url", "javascript:x"), ("undo_seconds", "-1"), ("currency", "XXX")])
def test_a_faulty_value_changes_nothing(boss, key, value, app):
    answer = boss.post("/settings/firm", data=firm(**{key: value}))
    assert answer.status_code == 422
    assert preference("firm_name") == DEFAULTS["firm_name"]


def test_the_page_has_a_field_for_every_preference(boss):
    text = boss.get("/settings/firm").text
    assert [key for key in DEFAULTS if f'name="{key}"' not in text] == []


def test_only_administrators_change_the_firm(browse, lead):
    assert browse(lead).post("/settings/firm", data=firm()).status_code == 403


# — departments ————————————————————————————————————————————————————————————————————————————————————————


def test_the_usual_departments_are_made_once(session):
    assert len(defaults.create_departments()) == 4
    session.commit()
    assert defaults.create_departments() == []


def test_a_department_of_ones_own_gets_a_key(boss, session):
    for _ in range(2):
        boss.post("/settings/departments", data={"name": "Field service", "name_de": "Außendienst"})
    keys = session.scalars(select(Department.key).where(Department.name == "Field service")).all()
    assert sorted(keys) == ["field-service", "field-service-2"]


def test_a_department_reads_in_the_language_of_the_reader(browse, make):
    make.department("sales", name="Sales", name_de="Vertrieb")
    text = browse(make.user(name="Dora", role="admin", locale="de")).get("/settings/users/new").text
    assert "Vertrieb" in text


def test_a_department_is_renamed(boss, service):
    boss.post(f"/settings/departments/{service.id}", data={"name": "Help", "name_de": "Hilfe"})
    assert (service.key, service.name, service.name_de) == ("service", "Help", "Hilfe")


def test_a_department_without_a_name_is_refused(boss, session):
    answer = boss.post("/settings/departments", data={"name": ""})
    assert answer.status_code == 422
    assert "Give the department a name" in answer.text


def test_a_department_is_archived_and_brought_back(boss, service, session):
    boss.post(f"/settings/departments/{service.id}/archive")
    assert service.archived_at
    boss.post(f"/undo/{session.scalars(select(UndoStep.id)).one()}")
    assert service.archived_at is None
    boss.post(f"/settings/departments/{service.id}/archive")
    boss.delete(f"/settings/departments/{service.id}/archive")
    assert service.archived_at is None


def test_only_administrators_change_departments(client, service):
    assert client.post(f"/settings/departments/{service.id}/archive").status_code == 403
    assert client.post("/settings/departments", data={"name": "Mine"}).status_code == 403
    assert service.archived_at is None


# — roles ——————————————————————————————————————————————————————————————————————————————————————————————


def test_every_right_is_explained(boss):
    assert set(RIGHT_NAMES) == set(frame.RIGHTS)
    assert "Take lists of people out of the system" in boss.get("/settings/roles").text


# — tokens —————————————————————————————————————————————————————————————————————————————————————————————


TOKEN = {"name": "Web shop", "scope": "write", "days": "90"}


def test_a_token_is_shown_once(client, session, agent):
    text = client.post("/account/tokens", data=TOKEN).text
    token = session.scalars(select(ApiToken)).one()
    plain = text.split('id="plain-token" value="')[1].split('"')[0]
    assert recognise(plain).id == token.id
    assert (token.user_id, token.scope) == (agent.id, "write")
    assert plain not in client.get("/account/tokens").text


def test_a_token_may_last_for_ever(client, session):
    client.post("/account/tokens", data=TOKEN | {"days": ""})
    assert session.scalars(select(ApiToken)).one().expires_at is None


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scope": "admin"}, {"scope": "all"}, {"days": "7000"}])
def test_a_faulty_token_is_not_made(client, session, wrong):
    assert client.post("/account/tokens", data=TOKEN | wrong).status_code == 422
    assert session.scalars(select(ApiToken)).all() == []


def test_an_administrator_may_make_tokens_that_administer(boss, session):
    assert boss.post("/account/tokens", data=TOKEN | {"scope": "admin"}).status_code == 200


def test_a_token_is_revoked_and_given_back(client, session):
    client.post("/account/tokens", data=TOKEN)
    token = session.scalars(select(ApiToken)).one()
    client.delete(f"/account/tokens/{token.id}")
    assert token.revoked_at
    client.post(f"/undo/{session.scalars(select(UndoStep.id)).one()}")
    assert token.revoked_at is None


def test_only_administrators_revoke_the_tokens_of_others(client, browse, boss, colleague, session):
    token, _ = ApiToken.issue(colleague, "theirs", "read")
    session.commit()
    assert client.delete(f"/account/tokens/{token.id}").status_code == 404
    assert client.delete(f"/settings/tokens/{token.id}").status_code == 403
    assert token.revoked_at is None
    assert boss.delete(f"/settings/tokens/{token.id}").status_code == 303
    assert token.revoked_at


# — the audit trail ————————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def entries(session, agent, colleague, clock):
    for number in range(60):
        clock.advance(minutes=1)
        audit("user.signed_in" if number % 2 else "contacts.exported", agent, by=agent if number % 3 else colleague, number=number)
    session.commit()


def test_the_newest_entries_come_first_a_page_at_a_time(boss, entries):
    text = boss.get("/settings/audit").text
    assert text.count("<time") == 50
    assert text.index("number: 59") < text.index("number: 58")
    cursor = text.split("cursor=")[1].split('"')[0]
    rest = boss.get(f"/settings/audit?cursor={cursor}", headers={"HX-Request": "true"}).text
    assert rest.count("<time") == 10
    assert "<html" not in rest


def test_the_trail_can_be_filtered(boss, entries, colleague):
    assert boss.get(f"/settings/audit?user_id={colleague.id}").text.count("<time") == 20
    assert boss.get("/settings/audit?action=user.signed_in").text.count("<time") == 30


@pytest.mark.parametrize("query", ["user_id=x", "user_id=99999", "action=made.up", "cursor=broken"])
def test_a_senseless_filter_is_refused(boss, entries, query):
    assert boss.get(f"/settings/audit?{query}").status_code == 400


def test_nobody_changes_the_trail(boss, entries):
    assert {boss.open("/settings/audit", method=method).status_code for method in ("POST", "PUT", "PATCH", "DELETE")} == {405}


def test_the_trail_asks_few_questions(boss, entries, statements):
    with statements() as asked:
        boss.get("/settings/audit")
    assert 1 < len(asked) <= 5


def test_every_action_that_is_written_down_reads_in_words():
    root = Path(crm.__file__).parent
    used = {key for path in root.rglob("*.py") for key in re.findall(r'(?:audit|noted)\([\w, ]*"([a-z_]+\.[a-z_]+)"', path.read_text())}
    assert used - set(ACTIONS) == set()
