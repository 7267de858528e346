"""The public fields of `crm mail explain`."""

import json

import pytest

from crm.mail.authentication import authentication
from crm.mail.explaining import explain
from crm.mail.language import language_of
from crm.mail.parsing import parse

FIELDS = {
    "file", "message_id", "in_reply_to", "references", "date", "from", "reply_to", "to", "cc", "subject", "text", "html", "reply_text", "language", "attachments", "kind",
    "bounce", "authentication",
}


def test_every_field_of_the_contract_is_there_and_json():
    found = explain(b"From: Anna <anna@example.com>\nSubject: Frage\nDate: Fri, 02 Jan 2026 10:00:00 +0100\n\nK\xc3\xb6nnen Sie mir bitte helfen?\n\n> alt", "a.eml")
    assert set(found) >= FIELDS
    assert found["from"] == {"address": "anna@example.com", "name": "Anna"}
    assert (found["date"], found["language"], found["reply_text"]) == ("2026-01-02T09:00:00+00:00", "de", "Können Sie mir bitte helfen?")
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Können Sie mir bitte sagen, wann die Lieferung kommt?", "de"), ("Could you please tell me when the delivery will arrive?", "en"),
        ("Pouvez-vous me dire quand la livraison arrive, s'il vous plaît ?", "fr"), ("¿Me pueden decir cuándo llega el envío, por favor?", "es"),
        ("Potete dirmi quando arriva la consegna, per favore? Grazie", "it"), ("Kunt u mij vertellen wanneer de levering komt?", "nl"),
        ("Czy mogą mi Państwo powiedzieć, kiedy przyjdzie przesyłka?", "pl"), ("Скажите, пожалуйста, когда придёт заказ?", "ru"), ("お問い合わせありがとうございます", "ja"),
        ("12345", None), ("", None),
    ],
)
def test_languages(text, language):
    assert language_of(text) == language


def test_what_servers_found_is_read_and_only_trusted_ones_count():
    raw = (b"Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=anna@example.com;\n\tdkim=fail (bad) header.d=a.example; dkim=pass header.d=example.com;\n"
           b" dmarc=pass (p=reject) header.from=example.com\nAuthentication-Results: evil.example; dmarc=pass header.from=bank.example\nFrom: a@example.com\n\nx")
    found = parse(raw)
    expected = {"host": "mx.example.org", "spf": "pass", "dkim": "pass", "dmarc": "pass", "from": "example.com"}
    assert authentication(found) == authentication(found, ["MX.example.org"]) == expected
    assert authentication(found, ["other.example"]) == {}
    assert authentication(parse(b"From: a@example.com\n\nx")) == {}
