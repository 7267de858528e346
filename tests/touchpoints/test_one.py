"""The page of one touchpoint: what customers say there, what happened there last, how to ask on paper."""

from __future__ import annotations

import pytest

from crm.touchpoints.models import Touchpoint
from tests.segments.conftest import Past


@pytest.fixture
def past(app):
    return Past()


@pytest.fixture
def hotline(past) -> Touchpoint:
    return past.touchpoint("hotline")


def test_a_score_stands_with_its_n_and_margin_and_a_small_n_says_so(client, make, past, hotline):
    ada = make.contact("Ada", "Adler")
    for _ in range(9):
        past.answer(ada, 5, "csat", touchpoint_id=hotline.id)
    path = f"/touchpoints/{hotline.id}"
    assert "too few answers" in client.get(path).text
    past.answer(ada, 2, "csat", touchpoint_id=hotline.id, comment="Nobody picked up the phone.")
    text = client.get(path).text
    assert "90.0 %" in text
    assert "n = 10" in text
    assert "Nobody picked up the phone." in text
    assert f"/feedback?type=csat&amp;touchpoint={hotline.id}" in text


def test_contested_answers_and_those_of_other_touchpoints_do_not_count(client, make, past, hotline):
    ada, shop = make.contact("Ada", "Adler"), past.touchpoint("shop")
    past.answer(ada, 1, "csat", touchpoint_id=hotline.id, contested=True, comment="Contested words")
    past.answer(ada, 1, "csat", touchpoint_id=shop.id, comment="Words about the shop")
    text = client.get(f"/touchpoints/{hotline.id}").text
    assert "Nobody has been asked here yet." in text
    assert "Contested words" not in text
    assert "Words about the shop" not in text


def test_the_newest_interactions_name_their_people_also_of_what_was_merged_into_it(client, make, past, hotline, db):
    old = past.touchpoint("switchboard")
    past.interaction(make.contact("Ada", "Adler"), touchpoint_id=hotline.id, body="The machine drips")
    past.interaction(make.contact("Bert", "Bauer"), touchpoint_id=old.id, body="Asked for the manual", days=2)
    old.merge_into(hotline)
    db.session.commit()
    text = client.get(f"/touchpoints/{hotline.id}").text
    assert text.index("The machine drips") < text.index("Asked for the manual")
    assert "Ada Adler" in text
    assert "Bert Bauer" in text


def test_a_private_note_is_seen_by_its_author_only(client, make, past, hotline, colleague):
    past.interaction(make.contact(), touchpoint_id=hotline.id, body="Between us", visibility="private", staff_id=colleague.id)
    assert "Between us" not in client.get(f"/touchpoints/{hotline.id}").text


def test_the_address_for_print_leads_to_the_question(client, nobody, app, hotline):
    app.extensions["prepare"]()
    assert f"http://localhost/t/{hotline.key}" in client.get(f"/touchpoints/{hotline.id}").text
    assert nobody.get(f"/t/{hotline.key}").status_code == 200


def test_a_retired_touchpoint_asks_nobody(client, hotline, db):
    hotline.retire()
    db.session.commit()
    assert "/t/hotline" not in client.get(f"/touchpoints/{hotline.id}").text


def test_the_page_takes_the_same_statements_for_many(client, make, past, hotline, statements):
    def taken() -> int:
        with statements() as seen:
            client.get(f"/touchpoints/{hotline.id}")
        return len(seen)

    ada = make.contact("Ada", "Adler")
    past.interaction(ada, touchpoint_id=hotline.id)
    past.answer(ada, 5, "csat", touchpoint_id=hotline.id, comment="Good")
    few = taken()
    for _ in range(12):
        past.interaction(ada, touchpoint_id=hotline.id)
        past.answer(ada, 5, "csat", touchpoint_id=hotline.id, comment="Good")
    assert taken() == few
