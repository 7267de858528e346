import pytest

from crm.folding import fold


@pytest.mark.parametrize("text", ["O'Brien & Co.", "MUELLER  gmbh", "a.b+c@d-e.example", "x_1\ty", "", "Aero Queue", "von  Behren,Ada"])
def test_plain_texts_take_a_shorter_way_to_the_same_word(text):
    accent = "\u0301"  # makes it a text that is no plain one, and goes
    assert fold(text) == fold(text + accent)


@pytest.mark.parametrize(("written", "word"), [("Müller", "muller"), ("Mueller", "muller"), ("Weiß", "weiss"), ("Łukasz Øre", "lukasz ore"), ("YILDIZ ı", "yildiz i")])
def test_one_spelling_for_all(written, word):
    assert fold(written) == word
