"""Is a mail nothing but thanks? Conservative: one foreign word, a question or a number and it is a message like any other."""

import re

LONGEST = 200
THANKS = {
    "danke", "dank", "dankeschön", "dankeschoen", "merci", "thanks", "thank", "thx", "ty", "cheers", "dankesehr", "danke!",
}
# Words that may stand beside the thanks without making it a message.
BESIDE = {
    "vielen", "herzlichen", "lieben", "besten", "schönen", "tausend", "ganz", "herzlich", "sehr", "schön", "nochmal", "nochmals", "ihnen", "euch", "dir",
    "für", "die", "das", "den", "der", "ihre", "eure", "deine", "ihr", "schnelle", "rasche", "prompte", "gute", "nette", "tolle", "super", "hilfe", "unterstützung",
    "antwort", "rückmeldung", "info", "information", "auskunft", "mühe", "bemühungen", "hat", "alles", "geklappt", "funktioniert", "jetzt", "nun", "wieder",
    "prima", "perfekt", "toll", "klasse", "wunderbar", "top", "gut", "ok", "okay", "passt", "bestens", "es", "läuft", "ist", "erledigt", "angekommen", "erhalten", "und", "im", "voraus",
    "schon", "mal", "hallo", "hi", "guten", "tag", "morgen", "abend", "liebe", "lieber", "grüße", "grüßen", "gruß", "gruss", "viele", "beste", "mit", "freundlichen", "freundlichem",
    "mfg", "lg", "vg", "schönes", "schöne", "wochenende", "woche", "einen", "ein", "noch", "wünsche", "ich", "auch", "damen", "herren", "geehrte", "frau", "herr", "team",
    "you", "so", "very", "much", "many", "a", "lot", "again", "for", "your", "the", "quick", "fast", "prompt", "kind", "great", "help", "support", "reply", "response", "answer", "it", "works", "worked", "working", "now", "all", "is", "good", "that", "this", "perfect", "awesome", "excellent", "brilliant", "wonderful", "hello", "dear", "best", "regards", "warm", "wishes", "have", "nice", "day", "weekend", "week", "too", "got", "received", "fine", "done", "in", "advance", "sir", "madam", "everyone", "appreciated", "appreciate", "really",
    "everything", "and", "to", "bye", "tschüss", "ciao", "cool", "problem", "gelöst", "solved", "fixed", "resolved",
}
NEGATION = {"nicht", "kein", "keine", "keinen", "nichts", "nie", "not", "no", "never", "nothing", "but", "aber", "leider", "trotzdem", "jedoch", "however", "still", "only", "nur", "erst", "if", "wenn", "ob"}
SIGN_OFF = re.compile(r"(?im)^\s*(?:(?:mit |viele |liebe |beste |herzliche |schöne |freundliche\w* )*(?:grüße|grüßen|gruß|gruss|grüsse)|mfg|lg|vg|(?:best|kind|warm)?\s*(?:regards|wishes)|cheers|sincerely)\b.*$")
WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
SMILEY = re.compile(r"[:;=][-']?[)D(P]|[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d]")


def is_mere_thanks(text: str) -> bool:
    """`text` is the reply without quotation and signature. The name below a closing formula does not count."""
    if not text or len(text) > LONGEST:
        return False
    body, sign_off = _above_sign_off(SMILEY.sub(" ", text))
    if "?" in text or any(char.isdigit() for char in body) or "http" in text or "@" in text or len(sign_off.split()) > 8:
        return False
    words = [word.lower() for word in WORD.findall(body)]
    if not words or len(words) > 20 or NEGATION & set(words):
        return False
    if not THANKS & set(words):
        return False
    return all(word in THANKS or word in BESIDE for word in words) or _thanks_a_person(body)


def _above_sign_off(text: str) -> tuple[str, str]:
    match = SIGN_OFF.search(text)
    if not match:
        return text, ""
    above = text[: match.start()]
    # "Danke und viele Grüße" stands on one line: then that line is the thanks itself.
    return (above, text[match.end() :]) if above.strip() else (match[0], text[match.end() :])


def _thanks_a_person(body: str) -> bool:
    """'Danke, Frau Meier!' and a first name alone on the last line: at most two unknown words, each capitalised and set apart."""
    lines = [line.strip() for line in body.strip().split("\n") if line.strip()]
    strange = [word for line in lines for word in WORD.findall(line) if word.lower() not in THANKS | BESIDE]
    if not 1 <= len(strange) <= 2 or not all(word[0].isupper() for word in strange):
        return False
    first = [word for word in WORD.findall(lines[0]) if word not in strange]
    last = WORD.findall(lines[-1])
    addressed = re.search(r"(?:^|[,\s])(?:Frau|Herr|Herrn|Mr|Mrs|Ms|Hallo|Hi|Liebe|Lieber|Dear)\.?\s+" + re.escape(strange[0]), body)
    return bool(addressed) or (len(lines) > 1 and bool(first) and set(last) <= set(strange))
