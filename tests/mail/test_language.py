"""In which language somebody writes, also in a line."""

import pytest

from crm.mail.language import language_of

SAID = {
    "de": ["Guten Tag, wann kommt meine Bestellung an?", "Bitte um Rückruf.", "Danke, passt.", "Rechnung fehlt noch", "Ja, gerne.", "Drucker geht nicht"],
    "en": ["When will my order arrive?", "Please call me back.", "Thanks, works for me.", "I have a question about invoice 4711.", "Yes please", "Still not working"],
    "fr": ["Bonjour, quand ma commande arrivera-t-elle ?", "Merci de me rappeler.", "J'ai une question sur la facture.", "L'imprimante ne marche pas"],
    "es": ["¿Cuándo llega mi pedido?", "Por favor llámenme.", "Tengo una pregunta sobre la factura.", "La impresora no funciona"],
    "it": ["Quando arriva il mio ordine?", "Per favore richiamatemi.", "Ho una domanda sulla fattura.", "La stampante non funziona"],
    "nl": ["Wanneer komt mijn bestelling aan?", "Graag terugbellen.", "Ik heb een vraag over de factuur.", "De printer werkt niet"],
    "pl": ["Kiedy dotrze moje zamówienie?", "Proszę o telefon.", "Mam pytanie dotyczące faktury.", "Drukarka nie działa"],
    "pt": ["Quando chega a minha encomenda?", "Tenho uma pergunta sobre a fatura.", "A impressora não funciona"],
    "sv": ["När kommer min beställning?", "Jag har en fråga om fakturan."],
    "da": ["Hvornår kommer min bestilling?", "Jeg har et spørgsmål om fakturaen."],
    "ja": ["注文はいつ届きますか？"],
    "ru": ["Когда придет мой заказ?"],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in SAID.items() for text in texts])
def test_a_line_is_enough(language, text):
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["4711", "ok", "Anna", "https://shop.example/x", "-", ""])
def test_what_says_nothing_is_in_no_language(text):
    assert language_of(text) is None
