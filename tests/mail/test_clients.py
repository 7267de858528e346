"""The writer's own words in seven languages, mail program by mail program."""

import pytest

from crm.mail.reply_text import reply_from_html, reply_text
from tests.mail.clients import ANNOUNCEMENTS, BEFORE_MARKED_LINES, BLOCKS, MAILS, OWN, PAGES

MARKED = {
    "answer on top": "{own}\n\n{announcement}\n> Passt das so?\n>\n> Ihr Service\n",
    "a blank line before the quotation": "{own}\n\n{announcement}\n\n> Passt das so?\n",
    "answer below": "{announcement}\n> Passt das?\n>\n> S\n\n{own}\n",
}
ANY = MARKED | {"quotation not marked": "{own}\n\n{announcement}\n\nPasst das so?\nIhr Service\n", "no blank line before the announcement": "{own}\n{announcement}\n> Passt?\n"}


def wrong(shape: str, language: str, announcements: list[str]) -> list[str]:
    own = OWN[language]
    return [each for each in announcements if reply_text(shape.format(own=own, announcement=each)).split() != own.split()]


@pytest.mark.parametrize("language", OWN)
@pytest.mark.parametrize("shape", ANY)
def test_every_announcement_is_known(shape, language):
    assert wrong(ANY[shape], language, ANNOUNCEMENTS) == []


@pytest.mark.parametrize("shape", MARKED)
def test_some_are_known_by_what_is_marked_below_them(shape):
    assert wrong(MARKED[shape], "de", BEFORE_MARKED_LINES) == []


@pytest.mark.parametrize("language", OWN)
@pytest.mark.parametrize("shape", ["{own}\n\n{announcement}\n\nPasst das so?\nIhr Service", "{own}\n{announcement}\nPasst das so?"])
def test_every_block_is_known(shape, language):
    assert wrong(shape, language, BLOCKS) == []


@pytest.mark.parametrize(("text", "wanted"), [(text, wanted or text) for _, text, wanted in MAILS], ids=[name for name, *_ in MAILS])
def test_answers_of_each_program(text, wanted):
    assert reply_text(text).split() == wanted.split()


@pytest.mark.parametrize(("markup", "wanted"), [(markup, wanted) for _, markup, wanted in PAGES], ids=[name for name, *_ in PAGES])
def test_answers_of_each_program_in_html(markup, wanted):
    assert reply_from_html(markup).split() == wanted.split()


@pytest.mark.parametrize("language", OWN)
def test_a_quotation_alone_is_never_cut_to_nothing(language):
    assert all(reply_text(f"{each}\n> {OWN[language]}") for each in (*ANNOUNCEMENTS, *BLOCKS))
