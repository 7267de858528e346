"""One spelling for every part of a person, before anything is compared: folded, abbreviations written out, street and number apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from crm.contacts.matching.person import Person
from crm.contacts.naming import without_legal_form
from crm.folding import fold

_HYPHENS = re.compile(r"[-‐‑–'’`´./,+&@]+")
_TITLES = frozenset(["dr", "prof", "professor", "dipl", "ing", "mag", "med", "rer", "nat", "phil", "jur", "hc", "pd", "ba", "ma", "bsc", "msc", "mba", "phd", "herr", "frau", "mr", "mrs", "ms", "miss", "mx", "sir", "jun", "sen", "jr", "sr", "ii", "iii"])
_NUMBER_FIRST = re.compile(r"^(?:no|nr)?\.?\s*(\d+\s?[a-z]?(?:\s?[-/]\s?\d+\s?[a-z]?)?)(?:[\s,]+|$)(.*)$")
_NUMBER_LAST = re.compile(r"^(.*?)(?:[\s,]+|(?<=[a-z]{3}))(?:no|nr)?\.?\s*(\d+\s?[a-z]?(?:\s?[-/]\s?\d+\s?[a-z]?)?)$")
_STREET_ENDS = re.compile(r"(?<=\w\w)str$|(?<=\w\w)str (?=\d)")
_WRITTEN_OUT = {
    "str": "strasse", "st": "street", "rd": "road", "ave": "avenue", "av": "avenue", "ln": "lane", "dr": "drive", "pl": "place", "ct": "court", "cr": "crescent",
    "cres": "crescent", "crt": "court", "cct": "circuit", "sq": "square", "blvd": "boulevard", "hwy": "highway", "tce": "terrace", "ter": "terrace", "pde": "parade",
    "gr": "grove", "cl": "close", "wy": "way", "pkwy": "parkway",
}
_TOWN_WORDS = {"st": "sankt", "saint": "sankt", "skt": "sankt", "bad.": "bad", "ffm": "frankfurt", "fft": "frankfurt", "muenchen": "munchen", "munich": "munchen",
               "cologne": "koln", "vienna": "wien", "zurich": "zurich", "geneva": "genf", "nuremberg": "nurnberg", "hanover": "hannover"}


class Spelled(NamedTuple):
    """The parts that are compared, each in one spelling; empty when unknown."""

    first: str = ""
    last: str = ""
    birth: str = ""
    organisation: str = ""
    postcode: str = ""
    city: str = ""
    state: str = ""
    street: str = ""
    number: str = ""
    extra: str = ""


def spell(person: Person) -> Spelled:
    return spelled(person.first_name, person.last_name, person.birth_date, person.organisation,
                   (person.street, person.extra, person.postcode, person.city, person.state))


def spelled(first_name: str, last_name: str, birth_date: date | None, firm: str | None, postal: Sequence[str]) -> Spelled:
    """`postal` are street (with its number), what is written besides, postcode, town and state."""
    first, last = names(first_name, last_name)
    street, extra, code, city, state = postal
    way, number = street_and_number(street)
    return Spelled(first, last, birth_date.isoformat() if birth_date else "", organisation(firm or ""), postcode(code), town(city), place(state), way, number, place(extra))


def names(first: str, last: str) -> tuple[str, str]:
    """First and last name. All of it in one field comes apart: "Müller, Anna", "Anna Müller"."""
    if not (first and last):
        first, last = _apart(first or last, bool(first))
    return name(first), name(last)


def _apart(whole: str, is_first: bool) -> tuple[str, str]:
    before, comma, after = whole.partition(",")
    if comma and after.strip():
        return after, before
    words = whole.split()
    if len(words) == 2 and len(words[0]) > 1 and len(words[1]) > 1:
        return words[0], words[1]
    return (whole, "") if is_first else ("", whole)


@lru_cache(maxsize=65536)
def name(written: str) -> str:
    """"Dr. Hans-Jürgen" → "hans jurgen"; a name that is nothing but a title stays."""
    words = fold(_HYPHENS.sub(" ", written)).split()
    return " ".join(word for word in words if word not in _TITLES) or " ".join(words)


@lru_cache(maxsize=65536)
def street_and_number(written: str) -> tuple[str, str]:
    """"Hauptstr. 12 a" → ("hauptstrasse", "12a"); "12 Main St" → ("main street", "12")."""
    flat = fold(written.replace(",", " ").replace(".", " ")).strip()
    if found := _NUMBER_FIRST.match(flat):
        number, street = found.groups()
    elif found := _NUMBER_LAST.match(flat):
        street, number = found.groups()
    else:
        number, street = "", flat
    return _street(street), number.replace(" ", "").lstrip("0")


def _street(flat: str) -> str:
    words = _STREET_ENDS.sub("strasse", flat).split()
    if len(words) > 1:
        words[-1] = _WRITTEN_OUT.get(words[-1], words[-1])
    return " ".join(words)


@lru_cache(maxsize=65536)
def place(written: str) -> str:
    return fold(_HYPHENS.sub(" ", written))


@lru_cache(maxsize=65536)
def town(written: str) -> str:
    words = place(written).split()
    return " ".join(_TOWN_WORDS.get(word, word) for word in words)


@lru_cache(maxsize=65536)
def postcode(written: str) -> str:
    """"D-10115" and "10115" alike; "SW1A 1AA" without its blank."""
    bare = re.sub(r"[^0-9a-z]", "", fold(written))
    return re.sub(r"^[a-z]{1,2}(?=\d{4,5}$)", "", bare)


@lru_cache(maxsize=65536)
def organisation(written: str) -> str:
    return fold(_HYPHENS.sub(" ", without_legal_form(written.strip())))
