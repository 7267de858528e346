"""The German interface in Du: made by rules, corrected by hand, heard by those who are addressed so, never by customers."""

from __future__ import annotations

import pytest
from flask_babel import force_locale, gettext

from crm import translations
from crm.accounts.models import User
from crm.accounts.preferences import preference
from crm.translations import du
from tests.accounts.test_settings import firm


@pytest.mark.parametrize(("sie", "said"), [
    ("Wählen Sie einen Eintrag der Liste.", "Wähle einen Eintrag der Liste."),
    ("Wenden Sie sich an die Administration.", "Wende dich an die Administration."),
    ("Lassen Sie sich einen neuen senden.", "Lass dir einen neuen senden."),
    ("Laden Sie die Seite neu und versuchen Sie es noch einmal.", "Lade die Seite neu und versuche es noch einmal."),
    ("Wer Ihnen schreibt, erscheint hier. Sie können Personen anlegen.", "Wer dir schreibt, erscheint hier. Du kannst Personen anlegen."),
    ("Das ist nicht Ihr Passwort. Ihre Kunden sehen es.", "Das ist nicht dein Passwort. Deine Kunden sehen es."),
    ("Schreiben Sie sie wie anna@example.com.", "Schreib sie wie anna@example.com."),
    ("Kein Wort davon.", "Kein Wort davon."),
])  # fmt: skip
def test_rules_turn_sie_into_du(sie, said):
    assert du.said_du(sie) == said
    assert not du.is_unsure(sie)


@pytest.mark.parametrize("german", ["Was Sie abhaken, sammelt sich hier.", "Nichts wartet auf Sie", "Wo Sie angemeldet sind"])
def test_what_rules_cannot_turn_is_known(german):
    assert du.is_unsure(german)


def test_it_is_not_unsure_where_a_mail_is_meant():
    assert not du.is_unsure("Verworfen. Sie wird nicht gesendet.")


def test_nobody_is_addressed_with_sie_in_the_catalogue_of_du():
    """What is left speaks of others, or names the form itself: du/<package>.po says so by having it as it is."""
    assert translations.unsure_in_du() == {}
    by_hand = {(message.id, message.context) for _, message in translations.entries("du", "de")}
    addressed = {
        message.id for message in translations.in_du() if message.id and (message.id, message.context) not in by_hand
        for text in translations.strings(message.string) if du.SIE.search(du.OTHERS.sub("", text))
    }
    assert addressed == set()


@pytest.fixture
def german(make, browse, app):
    """german("du") → the browser of somebody who reads German and is addressed so."""
    translations.compile_if_stale()
    return lambda form: browse(make.user("Dora Du", address_form=form, locale="de"))


def test_who_is_addressed_with_du_reads_du_on_the_same_pages_where_others_read_sie(german):
    assert "Nichts wartet auf Sie" in german("sie").get("/").text
    assert "Nichts wartet auf dich" in german("du").get("/").text
    assert "Nichts wartet auf Sie" in german("sie").get("/").text


def test_who_reads_english_reads_english(browse, make):
    assert "Nothing is waiting for you" in browse(make.user("Eve English", address_form="du", locale="en")).get("/").text


def test_what_is_written_to_others_in_their_language_does_not_say_du(app, make, german):
    from flask_login import login_user

    from crm.accounts.sessions import open_session

    with app.test_request_context():
        user = make.user("Dora Du", address_form="du", locale="de")
        token = open_session(user)
        login_user(app.login_manager._user_callback(token))
        assert gettext("Nothing is waiting for you") == "Nichts wartet auf dich"
        with force_locale("de"):
            assert gettext("Nothing is waiting for you") == "Nichts wartet auf Sie"
        assert gettext("Nothing is waiting for you") == "Nichts wartet auf dich"


def test_the_firm_says_du_to_everybody_and_each_may_choose_otherwise(browse, admin, colleague, session):
    boss = browse(admin)
    assert boss.post("/settings/firm", data=firm(address_form="du")).status_code == 303
    session.expire_all()
    assert preference("address_form") == "du"
    assert {one.address_form for one in session.query(User)} == {"du"}
    boss.post("/settings/users/new", data={"name": "Neu", "email": "neu@firm.example", "role": "member", "department_id": ""})
    assert session.query(User).filter_by(email="neu@firm.example").one().address_form == "du"
    own = browse(colleague)
    own.post("/account", data={"name": colleague.name, "locale": "de", "timezone": "", "theme": "auto", "address_form": "sie"})
    assert colleague.address_form == "sie"
