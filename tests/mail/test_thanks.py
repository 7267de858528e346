import pytest

from crm.mail.thanks import is_mere_thanks


@pytest.mark.parametrize(
    "text",
    ["Danke!", "Vielen Dank, hat geklappt", "Vielen Dank für die schnelle Hilfe!", "Super, danke :-)", "Danke 😀", "Thanks!", "Thank you very much, it works now.", "Many thanks for your help",
     "Hallo,\n\nvielen Dank!\n\nMit freundlichen Grüßen\nAnna Berg", "Danke, Frau Meier!", "Danke und viele Grüße\nAnna", "Thanks a lot!\n\nBest regards\nAnna", "Perfekt, danke!\nAnna"],
)
def test_mere_thanks(text):
    assert is_mere_thanks(text)


@pytest.mark.parametrize(
    "text",
    ["", "Ja", "Danke, aber es geht noch nicht.", "Danke. Wann kommt die Rechnung?", "Danke, bitte noch die Rechnung schicken", "Danke für nichts", "Vielen Dank, bitte am 3. liefern", "Thanks, but it is still broken",
     "Thanks. Please call me", "Danke, hat leider nicht geklappt", "Danke. Berlin", "Dankeschön\n\nkündigen", "Danke " * 60, "Mit freundlichen Grüßen\nAnna", "Danke, https://example.com", "Nein danke, kein Interesse"],
)
def test_more_than_thanks(text):
    assert not is_mere_thanks(text)
