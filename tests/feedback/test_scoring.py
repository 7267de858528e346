import pytest

from crm.feedback import scales
from crm.feedback.scoring import score


def test_nps_is_promoters_minus_detractors_with_its_margin():
    found = score("nps", {10: 50, 8: 30, 3: 20})
    assert (found.n, found.value) == (100, 30.0)
    assert found.margin == pytest.approx(15.3, abs=0.1)


def test_csat_is_the_share_of_four_and_five():
    found = score("csat", {5: 30, 4: 50, 2: 20})
    assert (found.value, found.margin) == (80.0, pytest.approx(7.8, abs=0.1))


def test_ces_is_a_mean():
    assert score("ces", {7: 10, 5: 10}).value == 6.0


def test_too_few_answers_give_no_score():
    assert score("nps", {10: 9}).value is None
    assert score("nps", {10: 9}, min_n=5).value == 100.0
    assert score("nps", {}, min_n=0).value is None


def test_unanimous_answers_keep_a_margin_where_the_formula_allows():
    assert score("csat", {5: 10}).margin > 0
    assert score("nps", {10: 10}).margin == 0


@pytest.mark.parametrize(("type_", "raw", "expected"), [("nps", "0", 0), ("nps", "10", 10), ("nps", "11", None), ("csat", "0", None),
                                                        ("expectation", "fell_short", 1), ("expectation", "3", 3), ("ces", "٣", None), ("ces", None, None)])
def test_scores_are_read_by_their_scale(type_, raw, expected):
    assert scales.read_score(type_, raw) == expected
