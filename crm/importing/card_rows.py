"""A card of an address book becomes the fields a row of a table has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crm.importing.vcards import Card, Property, cards, split, unescaped

TYPES = {"work": "work", "home": "home", "cell": "mobile", "mobile": "mobile", "iphone": "mobile", "fax": "other", "pager": "other"}
HANDLES = {"X-SKYPE": "skype:", "X-TWITTER": "twitter.com/", "X-SKYPE-USERNAME": "skype:"}


def rows(lines: Iterable[bytes]) -> Iterator[list[tuple[str, str]]]:
    """Each card as (field, value) pairs under the names of columns.PEOPLE."""
    for card in cards(lines):
        yield list(pairs(card))


def pairs(card: Card) -> Iterator[tuple[str, str]]:
    yield from _name(card)
    for number, one in enumerate(_ranked(card.all("EMAIL")), 1):
        yield from ((f"E-mail {number} - Value", one.text.removeprefix("mailto:")), (f"E-mail {number} - Type", _type(card, one)))
    for number, one in enumerate(_ranked(card.all("TEL")), 1):
        yield from ((f"Phone {number} - Value", _number(one.text)), (f"Phone {number} - Type", _type(card, one)))
    yield from _firm(card)
    yield from _places(card)
    for name, column in (("BDAY", "birth_date"), ("LANG", "language"), ("NOTE", "notes"), ("CATEGORIES", "tags"), ("X-CUSTOMER-NUMBER", "customer_number"), ("X-BACKBONE-ID", "backbone_id")):
        for one in card.all(name):
            yield column, ", ".join(unescaped(part).strip() for part in split(one.value, ",")) if name == "CATEGORIES" else one.text
    yield from _handles(card)
    gender = card.first("GENDER") or card.first("X-GENDER")
    if gender and not any(part in ("Mr", "Mrs") for part in gender.parts):
        yield "gender", gender.parts[0]


def _name(card: Card) -> Iterator[tuple[str, str]]:
    n, full = card.first("N"), card.first("FN")
    last, first, middle, prefix, suffix = ([*n.parts, "", "", "", "", ""] if n else [""] * 5)[:5]
    middle = re.sub(r"\s*,\s*", ", ", middle)
    if first or last:
        yield from (("last_name", last), ("first_name", first), ("middle_name", middle), ("salutation", prefix.replace(",", " ")), ("suffix", suffix.replace(",", " ")))
    if full:
        yield "name", full.text


def _ranked(found: list[Property]) -> list[Property]:
    """The preferred one first; else as the card has them, fax numbers and pagers last."""
    return sorted((one for one in found if one.text), key=lambda one: ("fax" in one.types or "pager" in one.types, not one.preferred))


def _type(card: Card, one: Property) -> str:
    words = [*one.types, card.label(one)]
    if "fax" in " ".join(words) or "pager" in words:
        return "other"
    return next((TYPES[word] for word in ("cell", "mobile", "iphone", "work", "home") if word in words), "")


def _number(text: str) -> str:
    """tel:+1-418-656-9254;ext=102 → +1-418-656-9254 ext. 102"""
    bare = re.sub(r"^tel:", "", text, flags=re.IGNORECASE)
    number, _, rest = bare.partition(";")
    extension = re.search(r"ext=(\w+)", rest)
    return f"{number} ext. {extension.group(1)}" if extension else number


def _firm(card: Card) -> Iterator[tuple[str, str]]:
    firm, role = card.first("ORG"), card.first("TITLE") or card.first("ROLE")
    if firm:
        yield "organisation", firm.parts[0]
    if role:
        yield "role", role.text


def _places(card: Card) -> Iterator[tuple[str, str]]:
    """One address for work and one for home; of several the preferred one."""
    taken = set()
    for one in sorted((one for one in card.all("ADR") if any(one.parts)), key=lambda one: not one.preferred):
        prefix = "home." if "home" in [*one.types, card.label(one)] else ""
        if prefix in taken:
            continue
        taken.add(prefix)
        box, extra, street, city, state, postcode, country = [*one.parts, *[""] * 7][:7]
        lines = [part.strip() for part in street.splitlines() if part.strip()] or [""]
        beside = ", ".join(filter(None, (extra, *lines[1:], box)))
        for name, value in (("street", lines[0]), ("extra", beside), ("city", city), ("state", state), ("postcode", postcode), ("country", country)):
            yield prefix + name, value


def _handles(card: Card) -> Iterator[tuple[str, str]]:
    for name, prefix in HANDLES.items():
        yield from (("handle", prefix + one.text) for one in card.all(name) if one.text)
    for one in card.all("X-SOCIALPROFILE"):
        yield "handle", one.text.removeprefix("x-apple:")
    for one in card.all("IMPP"):
        yield "handle", one.text
