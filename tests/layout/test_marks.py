import pytest
from flask_babel import force_locale

from crm import marks
from crm.contacts.models import LIFECYCLES
from crm.feedback.models import STATES as REQUEST_STATES
from crm.inbox.models import STATUSES
from crm.outbox.models import STATES as DELIVERY_STATES
from crm.touchpoints.models import CHANNELS


@pytest.fixture
def english(app):
    with app.test_request_context(), force_locale("en"):
        yield


@pytest.mark.parametrize(("survey", "value", "word"), [
    ("nps", 10, "Promoter"), ("nps", 9, "Promoter"), ("nps", 8, "Passive"), ("nps", 6, "Detractor"), ("nps", 0, "Detractor"), ("csat", 4, "Satisfied"),
    ("csat", 1, "Dissatisfied"), ("ces", 5, "Easy"), ("ces", 1, "Hard"), ("expectation", "met", "As expected"), ("expectation", "fell_short", "Less than expected"),
])
def test_a_score_is_shown_as_number_and_word(english, survey, value, word):
    html = marks.score(survey, value)
    assert word in html
    assert (f"<b>{value}</b>" in html) == (survey != "expectation")


def test_every_state_and_channel_that_the_tables_know_has_its_word():
    assert set(CHANNELS) == set(marks.CHANNELS)
    assert set(LIFECYCLES) == set(marks.LIFECYCLES)
    assert {*STATUSES, *REQUEST_STATES, *DELIVERY_STATES} <= set(marks.STATUSES)


def test_marks_speak_the_language_of_the_reader(app):
    with app.test_request_context(), force_locale("de"):
        assert "Zurückgestellt" in marks.status("snoozed")
        assert "Telefon" in marks.channel("phone")
    with app.test_request_context(), force_locale("en"):
        assert "Snoozed" in marks.status("snoozed")


def test_an_icon_without_a_word_is_hidden_and_one_with_a_word_speaks(app):
    assert 'aria-hidden="true"' in marks.icon("phone")
    assert 'aria-label="&lt;Call&gt;"' in marks.icon("phone", "<Call>")


def test_an_unknown_key_is_shown_as_it_is_and_escaped(english):
    assert "&lt;b&gt;" in marks.status("<b>")


def test_addresses_of_files_carry_their_fingerprint(app):
    assert marks.asset("css/tokens.css").startswith("/static/css/tokens.css?v=")
    assert marks.asset("css/tokens.css") != marks.asset("css/frame.css")
