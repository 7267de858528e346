"""The writer's own words."""

import time

import pytest

from crm.mail.parsing import parse
from crm.mail.reply_text import reply_from_html, reply_of, reply_text

ANNOUNCEMENTS = [
    "Am 12.03.2025 um 14:05 schrieb Service <service@example.com>:",
    "Am Mi., 12. März 2025 um 14:05 Uhr schrieb Service <\nservice@example.com>:",
    "Service <service@example.com> schrieb am Mi., 12. März 2025, 14:05:",
    "On Wed, Mar 12, 2025 at 2:05 PM Service <service@example.com> wrote:",
    "On Wed, Mar 12, 2025 at 2:05 PM Service\n<service@example.com>\nwrote:",
    "Le mer. 12 mars 2025 à 14:05, Service <service@example.com> a écrit :",
    "El mié, 12 mar 2025 a las 14:05, Service (<service@example.com>) escribió:",
    "Il giorno mer 12 mar 2025 alle ore 14:05 Service <service@example.com> ha scritto:",
    "Op wo 12 mrt 2025 om 14:05 schreef Service <service@example.com>:",
    "W dniu 12.03.2025 o 14:05, Service pisze:",
    "śr., 12 mar 2025 o 14:05 Service <service@example.com> napisał(a):",
]
BLOCKS = [
    "Von: Service <service@example.com>\nGesendet: Mittwoch, 12. März 2025 14:05\nAn: Anna\nBetreff: Frage",
    "From: Service <service@example.com>\nSent: Wednesday, March 12, 2025 2:05 PM\nTo: Anna\nSubject: Question",
    "De : Service <service@example.com>\nEnvoyé : mercredi 12 mars 2025 14:05\nÀ : Anna\nObjet : Question",
    "De: Service <service@example.com>\nEnviado el: miércoles, 12 de marzo de 2025 14:05\nPara: Anna\nAsunto: Pregunta",
    "Da: Service <service@example.com>\nInviato: mercoledì 12 marzo 2025 14:05\nA: Anna\nOggetto: Domanda",
    "Van: Service <service@example.com>\nVerzonden: woensdag 12 maart 2025 14:05\nAan: Anna\nOnderwerp: Vraag",
    "Od: Service <service@example.com>\nWysłano: środa, 12 marca 2025 14:05\nDo: Anna\nTemat: Pytanie",
    "*Von:* Service <service@example.com>\n*Gesendet:* Mittwoch\n*An:* Anna\n*Betreff:* Frage",
    "-----Ursprüngliche Nachricht-----\nVon: Service",
    "________________________________\nVon: Service <service@example.com>\nGesendet: Mittwoch, 12. März 2025 14:05\nAn: Anna\nBetreff: Frage",
]
OWN = "Hallo,\n\ndas passt so. Am Montag um 10:00 Uhr bin ich da.\n\nViele Grüße\nAnna"


@pytest.mark.parametrize("announcement", ANNOUNCEMENTS)
def test_an_announced_quotation_goes_in_each_language(announcement):
    assert reply_text(f"{OWN}\n\n{announcement}\n\n> Passt das so?\n>\n> Ihr Service\n") == OWN


@pytest.mark.parametrize("announcement", ANNOUNCEMENTS[:9])
def test_also_where_the_program_marks_no_quoted_lines(announcement):
    assert reply_text(f"{OWN}\n\n{announcement}\n\nPasst das so?\n") == OWN


@pytest.mark.parametrize("block", BLOCKS)
def test_a_header_block_begins_the_quotation(block):
    assert reply_text(f"{OWN}\n\n{block}\n\nPasst das so?\nIhr Service") == OWN


@pytest.mark.parametrize(
    "line",
    ["-- \nAnna Berg\nBerg GmbH", "--\nAnna", "Von meinem iPhone gesendet", "Sent from my iPhone", "Envoyé de mon iPhone", "Enviado desde mi iPhone", "Inviato da iPhone",
     "Verzonden vanaf mijn iPhone", "Wysłane z iPhone'a", "Get Outlook for iOS<https://aka.ms/x>", "Gesendet mit der GMX Mail App", "_____________\nBerg GmbH"],
)
def test_signatures_and_lines_of_mobile_programs_go(line):
    assert reply_text(f"{OWN}\n\n{line}\n") == OWN


@pytest.mark.parametrize(
    "text",
    [
        "Am 3. April schrieb ich Ihnen um 10:30 Folgendes:\n\nBitte liefern.",
        "Sie schrieben am 3.4.2025: das Gerät sei unterwegs. Wann kommt es?",
        "Von: Berlin\nNach: Hamburg\nDatum: 3. April\n\nBitte ein Angebot.",
        "Gesendet habe ich das Paket gestern, von Köln aus.\n\nGruß\nAnna",
        "Preise:\n\n-----\nA  5\n-----\nB  7\n\nPasst das?",
        "Das ist -- wie gesagt -- eilig.",
        "> Passt das?\n\nJa, passt.",
        "Sent from my desk, it is quicker to write than on a telephone.",
    ],
)
def test_own_words_that_look_alike_stay(text):
    assert reply_text(text) == text


def test_answers_between_quoted_lines_keep_the_quoted_lines():
    text = "Hallo,\n\nAm 12.03.2025 um 14:05 schrieb Service <s@example.com>:\n> Passt Montag?\n\nJa.\n\n> Und die Farbe?\n\nBlau.\n\n> Danke\n"
    assert reply_text(text) == "Hallo,\n\n> Passt Montag?\n\nJa.\n\n> Und die Farbe?\n\nBlau."


def test_an_answer_below_an_announced_quotation_stands_alone():
    assert reply_text("Am 12.03.2025 um 14:05 schrieb Service <s@example.com>:\n> Passt Montag?\n\nJa, passt.\n") == "Ja, passt."


@pytest.mark.parametrize("text", ["> nur ein Zitat", "-- \nAnna", "Am 12.03.2025 um 14:05 schrieb Service <s@example.com>:\n> Zitat", "Sent from my iPhone", "____"])
def test_never_empty_where_there_was_text(text):
    assert reply_text(text)


def test_html_replies_lose_the_quotation_of_each_program():
    for quotation in (
        '<div class="gmail_quote">Am 12.03.2025 um 14:05 schrieb S &lt;s@example.com&gt;:<br><blockquote>Alt</blockquote></div>',
        "<blockquote type='cite'>Alt</blockquote>",
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt">Alt ohne Kopf</div>',
        '<div id="divRplyFwdMsg"><b>Von:</b> S &lt;s@example.com&gt;<br><b>Gesendet:</b> heute<br><b>Betreff:</b> x</div>Alt',
    ):
        assert reply_from_html(f"<p>Passt so.</p>{quotation}") == "Passt so."


def test_the_plain_part_is_preferred():
    raw = b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\nkurz\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>lang</p>\r\n--x--"
    assert reply_of(parse(raw)) == "kurz"


@pytest.mark.parametrize("line", ["> zitierte Zeile", "-" * 150, "On Mon 1 Jan 2020 10:00 x@example.com wrote", "From: a@example.com\nSent: x", "*_" * 90, "Text schrieb am 3.4. um 10:11"])
def test_a_megabyte_takes_linear_time(line):
    text = "Hallo\n\n" + (line + "\n") * (1_000_000 // len(line))
    started = time.process_time()
    assert reply_text(text)
    assert time.process_time() - started < 5
