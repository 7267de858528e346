"""German for a firm that says Du: made from the German with Sie, so that nobody writes each sentence twice.

Nearly all that addresses the reader is an imperative ("Wählen Sie"), a verb beside its subject ("können Sie", "Sie haben") or a possessive ("Ihr"): those
follow rules. What does not, and where "Sie" means others, stands in du/<package>.po, as it is to be read.
"""

from __future__ import annotations

import re
from functools import cache

SIE = re.compile(r"\b(?:Sie|Ihr(?:e[mnrs]?)?|Ihnen)\b")
OTHERS = re.compile(r"(^|[.?!:] )Sie (?:\w+t|kam|konnte|war|wurde|wird)\b")  # a singular: that is she or it, at the beginning of a sentence
# "… Sie" → "…", for what is asked of the reader.
ASKED = {
    "achten": "achte", "ändern": "ändere", "antworten": "antworte", "bearbeiten": "bearbeite", "beginnen": "beginne", "behalten": "behalte", "bestätigen": "bestätige",
    "bestimmen": "bestimme", "bitten": "bitte", "drucken": "drucke", "drücken": "drücke", "entfernen": "entferne", "entscheiden": "entscheide", "ergänzen": "ergänze",
    "erlauben": "erlaube", "fragen": "frage", "fügen": "füge", "führen": "führe", "geben": "gib", "gehen": "geh", "halten": "halte", "heben": "hebe", "holen": "hole",
    "importieren": "importiere", "kopieren": "kopiere", "korrigieren": "korrigiere", "kürzen": "kürze", "laden": "lade", "lassen": "lass", "legen": "lege", "lesen": "lies",
    "leeren": "leere", "löschen": "lösche", "machen": "mach", "markieren": "markiere", "melden": "melde", "nehmen": "nimm", "nennen": "nenne", "notieren": "notiere",
    "öffnen": "öffne", "ordnen": "ordne", "planen": "plane", "prüfen": "prüfe", "richten": "richte", "rufen": "rufe", "schicken": "schicke", "schließen": "schließe",
    "schreiben": "schreib", "sehen": "sieh", "senden": "sende", "setzen": "setze", "speichern": "speichere", "stellen": "stelle", "suchen": "suche", "teilen": "teile",
    "tippen": "tippe", "tragen": "trage", "trennen": "trenne", "verbinden": "verbinde", "verschieben": "verschiebe", "versuchen": "versuche", "vergleichen": "vergleiche",
    "verwenden": "verwende", "vervollständigen": "vervollständige", "wählen": "wähle", "warten": "warte", "wechseln": "wechsle", "weisen": "weise", "wenden": "wende",
    "wiederholen": "wiederhole", "ziehen": "zieh",
}
# Beside the subject, on either side of it: "können Sie", "Sie können".
SAID = {
    "arbeiten": "arbeitest", "bekommen": "bekommst", "brauchen": "brauchst", "dürfen": "darfst", "erhalten": "erhältst", "haben": "hast", "hatten": "hattest", "können": "kannst",
    "konnten": "konntest", "möchten": "möchtest", "müssen": "musst", "sehen": "siehst", "sind": "bist", "sollten": "solltest", "waren": "warst", "werden": "wirst", "wollen": "willst",
}  # fmt: skip
OWN = {"": "dein", "e": "deine", "em": "deinem", "en": "deinen", "er": "deiner", "es": "deines"}


def said_du(german: str) -> str:
    """The same sentence in Du, as far as rules go."""
    for pattern, replace in _rules():
        german = pattern.sub(replace, german)
    return german


def is_unsure(german: str) -> bool:
    """Whether rules alone leave somebody addressed with Sie."""
    return bool(SIE.search(OTHERS.sub(r"\1", said_du(german))))


@cache
def _rules():
    asked, said = "|".join(ASKED), "|".join(SAID)
    whole = re.IGNORECASE
    return (
        (re.compile(r"\b(lassen) Sie sich\b", whole), lambda m: as_written(m[1], "lass") + " dir"),
        (re.compile(rf"\b({asked}) Sie sich\b", whole), lambda m: as_written(m[1], ASKED[m[1].lower()]) + " dich"),
        (re.compile(rf"\b({asked}) Sie\b", whole), lambda m: as_written(m[1], ASKED[m[1].lower()])),
        (re.compile(rf"\b({said}) Sie\b", whole), lambda m: as_written(m[1], SAID[m[1].lower()]) + " du"),
        (re.compile(rf"\bSie ({said})\b"), lambda m: at_start(m, "du") + " " + SAID[m[1]]),
        (re.compile(r"\bIhr(e[mnrs]?)?\b"), lambda m: at_start(m, OWN[m[1] or ""])),
        (re.compile(r"\bIhnen\b"), lambda m: at_start(m, "dir")),
    )


def as_written(sie: str, du: str) -> str:
    """With the capital that the form with Sie had."""
    return du[0].upper() + du[1:] if sie[0].isupper() else du


def at_start(match: re.Match[str], word: str) -> str:
    """Sie and Ihr are always written large, du and dein only where a sentence begins."""
    before = match.string[: match.start()].rstrip()
    return word.capitalize() if not before or before[-1] in ".?!:„\n" else word
