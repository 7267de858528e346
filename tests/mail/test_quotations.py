"""The writer's own words, whatever program wrote the mail and in whatever language."""

import pytest

from crm.mail.reply_text import reply_from_html, reply_text
from tests.mail.quotations import ANNOUNCEMENTS, BLOCKS, MAILS, SENT_FROM

OWN = {
    "de": "Hallo Frau Berg,\n\nvielen Dank, das passt. Am Montag um 10:00 Uhr bin ich da.\n\nViele Grüße\nAnna",
    "ja": "ご連絡ありがとうございます。\n\n月曜日の10:00に伺います。\n\n鈴木",
}
SHAPES = {
    "answer on top, quotation marked": "{own}\n\n{announcement}\n> Passt das so?\n>\n> Ihr Service\n",
    "a blank line before the quotation": "{own}\n\n{announcement}\n\n\n> Passt das so?\n>\n> Ihr Service\n",
    "quotation not marked": "{own}\n\n{announcement}\n\nPasst das so?\nIhr Service\n",
    "no blank line before the announcement": "{own}\n{announcement}\n> Passt?\n",
    "answer below": "{announcement}\n> Passt das?\n>\n> Service\n\n{own}\n",
}
PAGES = {
    "divisions": "<div>{own}<br><br></div><div>{announcement}</div><blockquote type=cite><div>Passt das so?</div></blockquote>",
    "paragraphs": "<p>{own}</p><p>{announcement}</p><blockquote><p>Passt das so?</p></blockquote>",
}


def same(found: str, wanted: str) -> bool:
    return found.split() == wanted.split()


def markup(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


@pytest.mark.parametrize("language", OWN)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_announcement_is_known(shape, language):
    own = OWN[language]
    wrong = [each for each in ANNOUNCEMENTS if not same(reply_text(SHAPES[shape].format(own=own, announcement=each)), own)]
    assert not wrong


@pytest.mark.parametrize("page", PAGES)
def test_every_announcement_is_known_in_html(page):
    own = OWN["de"]
    wrong = [each for each in ANNOUNCEMENTS if not same(reply_from_html(PAGES[page].format(own=markup(own), announcement=markup(each.replace("\n", " ")))), own)]
    assert not wrong


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_every_header_block_is_known(gap):
    wrong = [each for each in BLOCKS if not same(reply_text(f"{OWN['de']}{gap}{each}{gap}Passt das so?\nIhr Service"), OWN["de"])]
    wrong += [each for each in BLOCKS if not same(reply_from_html(f"<div>{markup(OWN['de'])}</div><hr><div>{markup(each)}<br><br>Passt?</div>"), OWN["de"])]
    assert not wrong


@pytest.mark.parametrize("below", ["", "\n\nAm 12.03.2025 um 14:05 schrieb Service <service@example.com>:\n\n> Passt?\n"])
def test_lines_of_mobile_programs_go(below):
    assert not [each for each in SENT_FROM if not same(reply_text(f"{OWN['de']}\n\n{each}\n{below}"), OWN["de"])]


@pytest.mark.parametrize(("text", "wanted"), [(text, wanted or text) for _name, text, wanted in MAILS], ids=[name for name, *_ in MAILS])
def test_shapes_of_mails(text, wanted):
    assert reply_text(text).split() == wanted.split()
