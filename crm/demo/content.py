"""What is said and written in the demo office: a maker of espresso machines with a workshop, a shop and a showroom in Hamburg."""

from __future__ import annotations

from dataclasses import dataclass

FIRM = "Nordlicht Espresso"
PRODUCTS = (("Fjord 2", 1290), ("Fjord Duo", 1890), ("Schäre", 790), ("Leuchtturm Pro", 3490), ("Mühle Kiel", 349), ("Filterset", 39), ("Bohnenabo 3 Monate", 96),
            ("Wartungsvertrag 1 Jahr", 189), ("Siebträger Nussbaum", 119), ("Milchkanne 0,6 l", 34))


@dataclass(frozen=True)
class Scene:
    """A conversation: what the customer writes, what we answer, what they write then. {p} product, {n} number, {d} day."""

    touchpoint: str
    subject: str
    question: str
    answer: str
    thanks: str = ""
    weight: int = 1  # how often
    sour: bool = False  # tends to end in an unhappy answer


DE = (
    Scene("service_mail", "{p} heizt nicht mehr", "Guten Tag,\n\nunsere {p} wird seit heute Morgen nicht mehr warm, die Anzeige blinkt dreimal rot. Wir brauchen die Maschine dringend. Was können wir tun?\n\nViele Grüße", "das dreifache Blinken steht für den Temperaturfühler. Bitte ziehen Sie für zehn Minuten den Stecker. Hilft das nicht, schicken wir Ihnen morgen früh eine Leihmaschine und nehmen Ihre mit.", "Das Ausschalten hat geholfen, sie läuft wieder. Danke für die schnelle Antwort.", 4),
    Scene("service_mail", "Wasser unter der Maschine", "Hallo,\n\nunter unserer {p} steht jeden Abend eine kleine Pfütze. Ist das noch Garantie? Auftragsnummer {n}.", "das ist sehr wahrscheinlich eine Dichtung am Brühkopf und fällt unter die Garantie. Ich habe Ihnen ein Rücksendeetikett geschickt; die Reparatur dauert etwa fünf Werktage.", "Prima, das Paket ist unterwegs.", 3),
    Scene("delivery", "Lieferung {n} – wo bleibt sie?", "Guten Tag,\n\nlaut Ihrer Bestätigung sollte die {p} am {d} kommen. Bis heute ist nichts da, und die Sendungsverfolgung steht still. So macht das keinen Spaß.", "das tut mir leid. Der Paketdienst hat die Sendung falsch sortiert; sie ist jetzt im Zustellfahrzeug und soll morgen vor zwölf Uhr bei Ihnen sein. Die Versandkosten erstatten wir Ihnen.", "", 4, True),
    Scene("invoice", "Rechnung {n}: falsche Anschrift", "Sehr geehrte Damen und Herren,\n\nauf der Rechnung {n} steht noch unsere alte Anschrift. Bitte stellen Sie die Rechnung neu aus, sonst können wir sie nicht buchen.", "die berichtigte Rechnung hängt an. Die neue Anschrift ist jetzt bei Ihnen hinterlegt.", "Vielen Dank, passt.", 3),
    Scene("website", "Welche Maschine für ein Büro mit 12 Leuten?", "Hallo zusammen,\n\nwir sind zwölf Leute und trinken etwa 40 Tassen am Tag. Reicht die {p}, oder sollten wir größer denken? Und kann man sie irgendwo ausprobieren?", "bei 40 Tassen am Tag fühlt sich die {p} wohl. Kommen Sie gern in unserem Ausstellungsraum vorbei, dienstags bis samstags ab zehn Uhr – ich halte Ihnen einen Platz an der Bar frei.", "Wir kommen am Donnerstag zu dritt.", 3),
    Scene("quote", "Angebot für zwei {p}", "Guten Tag,\n\nbitte senden Sie uns ein Angebot über zwei {p} mit Wartung für unseren Betrieb.", "das Angebot {n} hängt an; es gilt bis Ende des Monats. Aufstellung und Einweisung sind enthalten.", "", 2),
    Scene("maintenance", "Termin für die Wartung", "Hallo,\n\nunsere {p} ist jetzt ein Jahr alt. Wann könnten Sie zur Wartung kommen? Am liebsten an einem Vormittag.", "ich kann Ihnen Dienstag um neun oder Donnerstag um zehn Uhr anbieten. Die Wartung dauert etwa eine Stunde.", "Donnerstag um zehn passt gut.", 3),
    Scene("online_shop", "Gutschein wird nicht angenommen", "Guten Abend,\n\nim Shop wird mein Gutschein mit „ungültig“ abgelehnt, obwohl er bis Dezember gilt.", "der Gutschein war an einen Mindestwert gebunden, das stand zu klein darauf. Ich habe Ihnen einen neuen ohne Bedingung ausgestellt.", "Oh, das ist nett. Danke!", 2),
    Scene("complaint", "So geht es nicht", "Guten Tag,\n\nzum dritten Mal ist die {p} in der Reparatur, zum dritten Mal dasselbe. Jedes Mal erkläre ich alles von vorn, weil niemand weiß, was der andere zugesagt hat. Ich erwarte eine Lösung, keine Entschuldigung.", "Sie haben recht, und es tut mir leid. Wir tauschen die Maschine gegen eine neue aus; ich begleite das persönlich und rufe Sie am {d} an, sobald sie unterwegs ist.", "Danke. Dann bin ich gespannt.", 3, True),
    Scene("service_mail", "Bohnenabo pausieren", "Hallo,\n\nwir sind vier Wochen verreist. Kann das {p} so lange ruhen?", "gern. Das Abo pausiert ab sofort und läuft am {d} von selbst weiter.", "Super, danke.", 2),
    Scene("service_mail", "Anleitung zum Entkalken", "Guten Tag, wo finde ich die Anleitung zum Entkalken der {p}? Das Heft ist beim Umzug verschwunden.", "die Anleitung hängt an. Als Faustregel: alle drei Monate, bei hartem Wasser alle sechs Wochen.", "Gefunden, danke.", 2),
)
EN = (
    Scene("service_mail", "{p} stopped heating", "Hello,\n\nour {p} has not warmed up since this morning and the light blinks red three times. What can we do?\n\nKind regards", "three blinks mean the temperature sensor. Please unplug it for ten minutes. If that does not help, we will send a loan machine tomorrow and collect yours.", "Unplugging did it. Thanks for the quick reply.", 3),
    Scene("delivery", "Where is order {n}?", "Hello,\n\nthe {p} was due on {d} and tracking has not moved since. Could you look into it?", "I am sorry about that. The parcel was held at customs and has been released today; it should reach you within two days. We have refunded the shipping.", "", 3, True),
    Scene("website", "Which machine for a small inn?", "Hi there,\n\nwe serve about sixty coffees a day. Would the {p} cope?", "sixty a day is comfortable for the {p}. If you are in Hamburg, come and try it in our showroom.", "We might just do that.", 2),
    Scene("invoice", "VAT number missing on invoice {n}", "Dear team,\n\nplease reissue the invoice with our VAT number.", "the corrected invoice is attached, and your VAT number is on file now.", "Perfect, thanks.", 2),
    Scene("complaint", "Disappointed", "Hello,\n\nthis is the second time I explain the same fault with our {p} to a new person. Please have someone own this.", "you are right, and I am sorry. I own this now: a replacement leaves on {d} and I will call you that morning.", "Thank you for taking it seriously.", 2, True),
)
CALLS_DE = ("Fragt nach dem Stand der Reparatur. Zugesagt: Rückruf, sobald das Ersatzteil da ist.", "Interesse an der Fjord Duo, vergleicht noch mit zwei anderen. Schicke Angebot.",
            "Sehr zufrieden mit der neuen Mühle, empfiehlt uns im Büro weiter.", "Reklamation: Brühgruppe klemmt zum zweiten Mal. War hörbar verärgert.", "Termin zur Wartung vereinbart.",
            "Nicht erreicht, auf die Mailbox gesprochen.", "Fragt, ob das Bohnenabo auch entkoffeiniert geht. Geht.", "Rechnungsanschrift geändert, Buchhaltung informiert.",
            "Möchte am Samstag in den Ausstellungsraum kommen, zu zweit.", "Kündigt den Wartungsvertrag, zieht um. Tür steht offen.")
CALLS_EN = ("Asks about the repair; promised to call back when the part is in.", "Interested in the Fjord Duo, comparing. Sending an offer.", "Happy with the grinder, recommends us at work.",
            "Complaint: group head jams for the second time. Audibly annoyed.", "Maintenance visit arranged.", "No answer, left a message.")
VISITS_DE = ("War im Ausstellungsraum, hat Schäre und Fjord 2 probiert. Tendenz Fjord 2.", "Einweisung vor Ort, vier Personen. Gute Stimmung.", "Wartung beim Kunden, Dichtungen getauscht.",
             "Barista-Kurs am Samstag besucht.")
VISITS_EN = ("Tried the Schäre and the Fjord 2 in the showroom. Leaning towards the Fjord 2.", "Introduction on site, four people.")
LETTERS_DE = ("Dankesbrief mit Foto der Maschine im neuen Laden.", "Schriftliche Kündigung des Wartungsvertrags.", "Weihnachtspost mit handgeschriebenem Gruß.")
CHATS_DE = ("Wollte wissen, ob die Fjord 2 unter einen 40-cm-Schrank passt. Passt.", "Fragte nach Liefertermin, Termin genannt.", "Suchte ein Ersatzsieb, Link geschickt.")
CHATS_EN = ("Asked whether the Fjord 2 fits under a 40 cm cupboard. It does.", "Looking for a spare basket, link sent.")
REVIEWS_DE = ((5, "Selten so guten Service erlebt. Die Maschine ist ein Traum."), (5, "Am Telefon sitzt noch jemand, der sich auskennt."), (4, "Tolle Maschine, Lieferung dauerte etwas."),
              (2, "Maschine gut, aber auf eine Antwort habe ich acht Tage gewartet."), (1, "Dreimal Reparatur in einem Jahr. Schade."))
REVIEWS_EN = ((5, "Wonderful machine, and people who care."), (3, "Good coffee, slow delivery."))
PRAISE_DE = ("So schnell hat mir noch niemand geholfen.", "Frau Vogt war großartig.", "Endlich jemand, der mitdenkt.", "Die Leihmaschine war eine tolle Idee.", "Alles bestens, gern wieder.", "")
PRAISE_EN = ("Nobody has ever helped me this fast.", "Great advice, no pushing.", "The loan machine saved our week.", "")
BLAME_DE = ("Ich musste alles dreimal erklären.", "Der zugesagte Rückruf kam nie.", "Die Lieferung kam eine Woche zu spät, ohne ein Wort.", "Antwort war freundlich, aber mein Problem besteht noch.", "")
BLAME_EN = ("I had to explain everything twice.", "The call back never came.", "Late, and nobody told me.", "")
MIDDLING_DE = ("War in Ordnung.", "Gut, nur etwas langsam.", "", "")
MIDDLING_EN = ("It was fine.", "Good, if a little slow.", "", "")
TASKS_DE = ("Angebot nachfassen", "Rückruf wegen Ersatzteil", "Leihmaschine zurückholen", "Wartungstermin bestätigen", "Gutschrift prüfen", "Zum Geburtstag gratulieren", "Nach dem Umzug anrufen",
            "Fotos vom Café erbitten", "Vertrag verlängern", "Beschwerde persönlich klären")
TASKS_EN = ("Follow up on the offer", "Call back about the spare part", "Collect the loan machine", "Confirm the maintenance visit", "Extend the contract")
OUTCOMES = ("reached", "reached", "reached", "reached", "not_reached", "voicemail")
SPAM = (("Your domain ranking", "Dear owner, we can bring your site to page one of all search engines within days."), ("Rechnung anbei!!!", "Öffnen Sie die Datei im Anhang sofort."),
        ("Günstige Leads", "5.000 geprüfte Adressen Ihrer Branche zum Sonderpreis."))
