from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.accounts import passwords
from crm.accounts.models import AuditEntry, UserSession, digest
from tests.accounts.conftest import PASSWORD, sign_in


def cookie(client) -> dict:
    with client.session_transaction() as session:
        return dict(session)


def test_the_right_password_opens_the_door(nobody, ursula):
    assert sign_in(nobody).location == "/"
    assert nobody.get("/account").status_code == 200


def test_the_address_may_be_typed_in_capitals_with_blanks(nobody, ursula):
    assert sign_in(nobody, email=" Ursula@Firm.example ").status_code == 303


@pytest.mark.parametrize(("email", "password"), [("ursula@firm.example", "wrong"), ("unknown@firm.example", PASSWORD)])
def test_a_wrong_pair_is_refused_in_the_same_words(nobody, ursula, email, password):
    answer = sign_in(nobody, email=email, password=password)
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert "_user_id" not in cookie(nobody)


def test_an_unknown_account_costs_as_much_work_as_a_wrong_password(nobody, ursula, monkeypatch):
    checked = []
    monkeypatch.setattr(passwords, "_hasher", lambda: type("Hasher", (), {"verify": lambda _, known, typed: checked.append(known)})())
    sign_in(nobody, password="wrong")
    sign_in(nobody, email="unknown@firm.example")
    assert len(checked) == 2
    assert all(known.startswith("$argon2id$") for known in checked)


def test_what_was_typed_is_kept_but_not_the_password(nobody, ursula):
    answer = sign_in(nobody, password="wrong-secret")
    assert "ursula@firm.example" in answer.text
    assert "wrong-secret" not in answer.text


def test_an_empty_form_says_what_to_give(nobody, ursula):
    answer = nobody.post("/sign-in", data={})
    assert answer.status_code == 422
    assert "Give the whole mail address" in answer.text


def test_somebody_who_left_cannot_come_in(nobody, ursula, make, clock):
    ursula.deactivated_at = clock.time
    make.save(ursula)
    assert sign_in(nobody).status_code == 422


def test_somebody_without_a_password_cannot_come_in(nobody, agent):
    assert sign_in(nobody, email=agent.email, password="").status_code == 422
    assert sign_in(nobody, email=agent.email, password="anything at all").status_code == 422


def test_the_session_is_fresh_after_sign_in(nobody, ursula):
    with nobody.session_transaction() as session:
        session["planted"] = "by a stranger"
        session["locale"] = "de"
    sign_in(nobody)
    assert "planted" not in cookie(nobody)
    assert cookie(nobody)["locale"] == "de"


def test_a_second_sign_in_is_another_session(browse, ursula):
    first, second = browse(), browse()
    sign_in(first)
    sign_in(second)
    assert cookie(first)["_user_id"] != cookie(second)["_user_id"]


def test_the_cookie_lasts_as_long_as_the_session(nobody, ursula):
    assert "Expires=" in sign_in(nobody).headers["Set-Cookie"]
    assert "SameSite=Lax" in sign_in(nobody).headers.get("Set-Cookie", "SameSite=Lax")


def test_a_session_ends_after_thirty_days(nobody, ursula, clock):
    sign_in(nobody)
    clock.advance(days=29)
    assert nobody.get("/account").status_code == 200
    clock.advance(days=1, seconds=1)
    assert nobody.get("/account").status_code == 303


def test_one_goes_on_where_one_wanted_to_go(nobody, ursula):
    asked = nobody.get("/account/tokens?x=1")
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/account/tokens?x%3D1"
    assert sign_in(nobody, next="/account/tokens?x=1").location == "/account/tokens?x=1"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_one_never_goes_on_to_another_host(nobody, ursula, target):
    assert sign_in(nobody, next=target).location == "/"


def test_who_is_signed_in_is_not_asked_again(client):
    assert client.get("/sign-in").location == "/"


def test_a_sign_in_is_written_down(nobody, ursula, session):
    sign_in(nobody)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.user_id, entry.subject_id, entry.ip) == ("user.signed_in", ursula.id, ursula.id, "127.0.0.1")


def test_signing_out_ends_the_session_for_good(nobody, ursula, session):
    sign_in(nobody)
    token = cookie(nobody)["_user_id"]
    assert nobody.post("/sign-out").location == "/sign-in"
    assert session.scalars(select(UserSession).where(UserSession.token_digest == digest(token))).one().revoked_at
    with nobody.session_transaction() as stolen:
        stolen["_user_id"] = token
    assert nobody.get("/account").status_code == 303


def test_signing_out_needs_a_post(client):
    assert client.get("/sign-out").status_code == 405


def test_the_token_of_the_cookie_is_not_in_the_database(nobody, ursula, session):
    sign_in(nobody)
    token = cookie(nobody)["_user_id"]
    assert token not in session.scalars(select(UserSession.token_digest)).all()


def test_last_seen_is_noted_every_five_minutes(client, session, agent, clock):
    browser = session.scalars(select(UserSession)).one()
    browser.last_seen_at = start = clock.time
    session.commit()
    for minutes, expected in ((4, start), (1, start + timedelta(minutes=5)), (4, start + timedelta(minutes=5))):
        clock.advance(minutes=minutes)
        client.get("/account")
        assert session.scalars(select(UserSession.last_seen_at)).one() == expected


def test_an_old_hash_is_made_anew_at_sign_in(nobody, ursula, session, monkeypatch):
    before = ursula.password_hash
    monkeypatch.setattr(passwords, "is_outdated", lambda _hash: True)
    sign_in(nobody)
    assert ursula.password_hash != before
    assert passwords.is_right(ursula.password_hash, PASSWORD)


def test_an_account_is_closed_for_a_while_after_ten_wrong_passwords(nobody, ursula, throttle):
    assert {sign_in(nobody, password="wrong").status_code for _ in range(10)} == {422}
    answer = sign_in(nobody)
    assert answer.status_code == 429
    assert "Wait a moment" in answer.text


def test_other_accounts_stay_open_meanwhile(nobody, ursula, make, throttle):
    for _ in range(11):
        sign_in(nobody, email="other@firm.example")
    assert sign_in(nobody).status_code == 303


def test_an_address_is_closed_after_sixty_failures(browse, nobody, ursula, throttle):
    for number in range(60):
        sign_in(nobody, email=f"guess{number}@firm.example")
    assert sign_in(nobody).status_code == 429


def test_right_passwords_do_not_count(browse, ursula, throttle):
    assert {sign_in(browse()).status_code for _ in range(12)} == {303}


def test_the_page_speaks_the_language_of_the_browser(nobody, ursula):
    assert 'lang="de"' in nobody.get("/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9"}).text
