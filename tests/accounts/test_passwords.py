import pytest
from sqlalchemy import select

from crm.accounts import passwords
from crm.accounts.models import UserSession
from tests.accounts.conftest import PASSWORD, sign_in

NEW = "four words in a row"


# — changing it ————————————————————————————————————————————————————————————————————————————————————————


def change(client, **fields):
    return client.post("/account/password", data={"current": PASSWORD, "password": NEW, "again": NEW} | fields)


def test_the_password_is_changed(browse, ursula):
    assert change(browse(ursula)).status_code == 303
    assert passwords.is_right(ursula.password_hash, NEW)


def test_the_other_devices_have_to_sign_in_anew(browse, ursula):
    here, there = browse(ursula), browse(ursula)
    change(here)
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"current": "wrong"}, "not your present password"),
        ({"again": "different"}, "do not match"),
        ({"password": "short", "again": "short"}, "at least 10 characters"),
        ({"password": "ursula2024!", "again": "ursula2024!"}, "too easy to guess"),
        ({"password": "", "again": ""}, "Choose a password"),
    ],
)
def test_a_refused_change_says_why_and_changes_nothing(browse, ursula, fields, reason):
    answer = change(browse(ursula), **fields)
    assert answer.status_code == 422
    assert reason in answer.text
    assert passwords.is_right(ursula.password_hash, PASSWORD)


def test_nobody_changes_nothing(nobody, ursula):
    assert change(nobody).status_code == 401


# — forgotten ——————————————————————————————————————————————————————————————————————————————————————————


def ask(client, email="ursula@firm.example"):
    return client.post("/password", data={"email": email})


def choose(client, path, password=NEW):
    return client.post(path, data={"password": password, "again": password})


def test_a_link_comes_by_mail_and_sets_the_password(nobody, ursula, post, link):
    assert ask(nobody).status_code == 200
    assert (post[0]["to"], post[0]["purpose"], post[0]["automatic"]) == (["ursula@firm.example"], "account", True)
    assert nobody.get(link()).status_code == 200
    assert choose(nobody, link()).status_code == 303
    assert passwords.is_right(ursula.password_hash, NEW)
    assert nobody.get("/account").status_code == 200


def test_the_mail_speaks_the_persons_language(nobody, ursula, post, make):
    ursula.locale = "de"
    make.save(ursula)
    ask(nobody)
    assert post[0]["text"].startswith("Guten Tag Ursula User,")


def test_the_answer_is_the_same_for_an_unknown_address(nobody, ursula, post):
    known, unknown = ask(nobody), ask(nobody, "nobody@firm.example")
    assert known.status_code == unknown.status_code
    assert known.text.replace("ursula@", "x@") == unknown.text.replace("nobody@", "x@")
    assert len(post) == 1


def test_somebody_who_left_gets_no_link(nobody, ursula, post, make, clock):
    ursula.deactivated_at = clock.time
    make.save(ursula)
    ask(nobody)
    assert post == []


def test_the_link_works_once(browse, nobody, ursula, post, link):
    ask(nobody)
    choose(nobody, link())
    assert choose(browse(), link(), "another set of words").status_code == 410
    assert passwords.is_right(ursula.password_hash, NEW)


def test_the_link_works_for_a_day(nobody, ursula, post, link, clock):
    ask(nobody)
    clock.advance(hours=24)
    assert nobody.get(link()).status_code == 200
    clock.advance(seconds=2)
    assert nobody.get(link()).status_code == 410


def test_a_forged_link_is_refused(nobody, ursula, post, link):
    ask(nobody)
    assert choose(nobody, link()[:-3] + "abc").status_code == 410
    assert choose(nobody, link().replace("/reset/", "/invitation/")).status_code == 410


def test_looking_at_the_link_changes_nothing(nobody, ursula, post, link):
    ask(nobody)
    nobody.get(link())
    assert passwords.is_right(ursula.password_hash, PASSWORD)


def test_a_weak_choice_says_why(nobody, ursula, post, link):
    ask(nobody)
    answer = choose(nobody, link(), "short")
    assert answer.status_code == 422
    assert "at least 10 characters" in answer.text


def test_all_devices_are_signed_out_by_a_reset(browse, nobody, ursula, post, link):
    thief = browse()
    sign_in(thief)
    ask(nobody)
    choose(nobody, link())
    assert thief.get("/account").status_code == 303


def test_at_most_five_mails_an_hour(nobody, ursula, post, throttle):
    assert [ask(nobody).status_code for _ in range(6)] == [200] * 5 + [429]
    assert len(post) == 5


# — devices ————————————————————————————————————————————————————————————————————————————————————————————


def test_the_devices_are_listed_and_can_be_signed_out(browse, ursula, session):
    here, there = browse(ursula), browse(ursula)
    assert here.get("/account/sessions").text.count("<tr>") == 3
    other = session.scalars(select(UserSession.id).order_by(UserSession.id.desc()).limit(1)).one()
    assert here.delete(f"/account/sessions/{other}").status_code == 303
    assert there.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_somebody_elses_device_does_not_exist_for_me(client, browse, ursula, session):
    browse(ursula)
    theirs = session.scalars(select(UserSession).where(UserSession.user_id == ursula.id)).one()
    assert client.delete(f"/account/sessions/{theirs.id}").status_code == 404
    session.refresh(theirs)
    assert theirs.revoked_at is None


def test_signing_out_everywhere_means_here_too(browse, ursula):
    here, there = browse(ursula), browse(ursula)
    assert here.delete("/account/sessions").location == "/sign-in"
    assert here.get("/account").status_code == 303
    assert there.get("/account").status_code == 303


def test_it_works_from_a_plain_form(browse, ursula):
    here = browse(ursula)
    assert here.post("/account/sessions?_method=DELETE").location == "/sign-in"


@pytest.mark.parametrize(
    ("agent_string", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("", "Unknown device"),
    ],
)
def test_a_device_reads_as_people_call_it(app, agent_string, shown):
    assert app.jinja_env.filters["device"](agent_string) == shown


def test_the_mail_really_goes_into_the_outbox(nobody, ursula, session):
    from crm.outbox.models import Delivery

    ask(nobody)
    delivery = session.scalars(select(Delivery)).one()
    assert (delivery.recipients, delivery.purpose, delivery.automatic) == ("ursula@firm.example", "account", True)
