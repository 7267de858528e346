"""What a person or a firm is called in lists and how it sorts; names guessed from what a mail says."""

from __future__ import annotations

import re
from typing import NamedTuple

from crm.folding import fold

_TITLES = re.compile(r"^((?:(?:prof|dr|dipl|ing|mag|med|rer|nat|phil|jur|h\.c|pd)\b\.?(?:-ing\.?)?[ ,]*)+)(?=\S)", re.IGNORECASE)
_HONORIFICS = re.compile(r"^(herr|frau|mr|mrs|ms|mx)\.?\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[<].*?[)\]>]\s*")
_LONGEST = 300  # letters that are looked at
_SEPARATORS = re.compile(r"[._-]+")
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")
_LEGAL_FORM = re.compile(
    r"[\s,]+(?:gmbh(?:\s*&\s*co\.?\s*kg(?:aa)?)?|ggmbh|mbh|ug(?:\s*\(haftungsbeschränkt\))?|ag(?:\s*&\s*co\.?\s*kg)?|kgaa|kg|ohg|gbr|e\.?\s?k\.?|e\.?\s?v\.?|eg|se|"
    r"ltd|limited|inc|llc|plc|corp|co|sarl|s\.?a\.?r?\.?l?\.?|s\.?a\.?s?\.?|b\.?v\.?|n\.?v\.?|a/s|aps|oy|ab|s\.?r\.?l\.?|s\.?p\.?a\.?|kft|sp\.? z o\.?o\.?)\.?$",
    re.IGNORECASE,
)
_PARTICLES = {"von", "van", "de", "der", "den", "del", "della", "di", "da", "dos", "zu", "zum", "zur", "vom", "ter", "ten", "le", "la", "al", "el", "bin", "ben"}
# Local parts that stand for an office, not for a person.
_ROLES = {
    "info", "kontakt", "contact", "office", "mail", "post", "service", "support", "hilfe", "help", "sales", "vertrieb", "einkauf", "buchhaltung", "accounting",
    "rechnung", "billing", "invoice", "team", "hello", "hallo", "noreply", "no-reply", "newsletter", "bewerbung", "jobs", "presse", "press", "admin", "webmaster",
    "postmaster", "shop", "order", "bestellung", "marketing", "verwaltung", "zentrale", "empfang",
}


class Name(NamedTuple):
    title: str = ""
    first_name: str = ""
    last_name: str = ""


def display_name(title: str, first_name: str, last_name: str) -> str:
    """"Dr. Anna Müller"; empty when there is no name at all."""
    if not (first_name or last_name):
        return ""
    return " ".join(part for part in (title, first_name, last_name) if part)


def sort_name(first_name: str, last_name: str, otherwise: str = "") -> str:
    """Folded "last first", what lists are sorted and found by."""
    return fold(f"{last_name} {first_name}") or fold(otherwise)


def without_legal_form(name: str) -> str:
    """"Müller & Söhne GmbH & Co. KG" → "Müller & Söhne"; a name that is nothing else stays."""
    shorter = _LEGAL_FORM.sub("", name).strip(" ,&")
    return shorter or name


def guess_name(written: str, address: str = "") -> Name:
    """The name in a mail's From: "Müller, Anna", "Dr. Anna Müller", or none, then "anna.mueller@…" tells it."""
    written = _BRACKETS.sub(" ", written[:_LONGEST].replace('"', "")).strip(" '’,;")
    if not written or "@" in written:
        return _from_local_part(address)
    if _LEGAL_FORM.search(written):
        return Name(last_name=written[:100])
    plain = _HONORIFICS.sub("", written)
    title, rest = split_title(plain)
    first, last = _split(rest)
    inner, first = ("", first) if title else split_title(first)
    if first and not last and (title or plain != written):  # "Frau Müller", "Dr. Müller"
        first, last = "", first
    return Name(title or inner, first, last)


def split_title(written: str) -> tuple[str, str]:
    found = _TITLES.match(written)
    if not found:
        return "", written
    return found.group(1).strip(" ,")[:60], written[found.end():].strip()


def _split(words: str) -> tuple[str, str]:
    last, comma, first = words.partition(",")
    if comma and first.strip():
        return first.strip()[:100], last.strip()[:100]
    parts = words.replace(",", " ").split()
    if len(parts) < 2:
        return " ".join(parts)[:100], ""
    start = next((n for n, word in enumerate(parts[1:], 1) if word.lower() in _PARTICLES and n < len(parts) - 1), len(parts) - 1)
    return " ".join(parts[:start])[:100], " ".join(parts[start:])[:100]


def _from_local_part(address: str) -> Name:
    """Two or more words joined by dots are a name; a single one is as often a job or a nickname, and no name at all is guessed."""
    local = address.partition("@")[0].partition("+")[0]
    words = [word for word in _SEPARATORS.split(local) if word]
    if len(words) < 2 or local.lower() in _ROLES or not all(_WORD.fullmatch(word) for word in words) or words[0].lower() in _ROLES:
        return Name()
    return Name("", *_split(" ".join(word.capitalize() for word in words)))
