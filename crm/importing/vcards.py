"""vCard 2.1, 3.0 and 4.0 as address books really write them. A card becomes the fields a row of a table has."""

from __future__ import annotations

import codecs
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crm.importing.faults import Unreadable

LONGEST_VALUE = 100_000
HEAVY = ("PHOTO", "LOGO", "SOUND", "KEY", "X-MS-CARDPICTURE")  # left out while reading: a picture of 10 MB never stands in memory
TYPES = {"work": "work", "home": "home", "cell": "mobile", "mobile": "mobile", "iphone": "mobile", "fax": "other", "pager": "other"}
LABELS = re.compile(r"_\$!<(.*)>!\$_")
HANDLES = {"X-SKYPE": "skype:", "X-TWITTER": "twitter.com/", "X-SKYPE-USERNAME": "skype:"}


@dataclass
class Property:
    name: str
    value: str  # as written, unescaped later because the separators matter
    group: str = ""
    parameters: dict[str, list[str]] = field(default_factory=dict)

    @property
    def types(self) -> list[str]:
        return [word.lower() for word in self.parameters.get("TYPE", [])]

    @property
    def preferred(self) -> bool:
        return "pref" in self.types or "PREF" in self.parameters

    @property
    def text(self) -> str:
        return unescaped(self.value).strip()

    @property
    def parts(self) -> list[str]:
        """The components of a structured value, each unescaped."""
        return [unescaped(part).strip() for part in split(self.value, ";")]


@dataclass
class Card:
    version: str = ""
    properties: list[Property] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        return [one for one in self.properties if one.name == name]

    def first(self, name: str) -> Property | None:
        return next((one for one in self.properties if one.name == name and one.value.strip()), None)

    def label(self, one: Property) -> str:
        """The word Apple keeps beside a property, in a group with it."""
        beside = next((other.text for other in self.properties if one.group and other.group == one.group and other.name == "X-ABLABEL"), "")
        found = LABELS.fullmatch(beside)
        return (found.group(1) if found else beside).lower()


def cards(lines: Iterable[bytes]) -> Iterator[Card]:
    """The cards of a file, one at a time. Raises Unreadable if there is none."""
    card, seen = None, False
    for line in logical(lines):
        one = parsed(line)
        if one is None:
            continue
        if one.name == "BEGIN" and one.value.strip().upper() == "VCARD":
            card = card or Card()
        elif one.name == "END" and one.value.strip().upper() == "VCARD":
            if card is not None:
                seen = True
                yield card
            card = None
        elif card is not None and one.name == "VERSION":
            card.version = one.text
        elif card is not None:
            card.properties.append(one)
    if not seen:
        raise Unreadable("no_card")


def logical(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines unfolded: continued by a blank, or in quoted-printable by "=" at the end. What is heavy is dropped as it comes."""
    current, soft, heavy = b"", False, False
    for raw in lines:
        line = raw.rstrip(b"\r\n")
        if soft:
            line = line.lstrip(b" \t") if current.endswith(b"\t") else line
            current, soft = current[:-1] + line, line.endswith(b"=")
        elif line[:1] in (b" ", b"\t"):
            if not heavy and len(current) < LONGEST_VALUE:
                current += line[1:]
        elif heavy and line and b":" not in line and b";" not in line:
            continue  # base64 that is not indented, as some telephones write it
        else:
            if current and not heavy:
                yield current
            current, heavy = line, is_heavy(line)
            soft = not heavy and b"QUOTED-PRINTABLE" in line.partition(b":")[0].upper() and line.endswith(b"=")
        if heavy:
            current = b""
    if current:
        yield current


def is_heavy(line: bytes) -> bool:
    name = re.split(rb"[;:]", line[:60], maxsplit=1)[0].rpartition(b".")[2].upper()
    return name in {word.encode() for word in HEAVY}


def parsed(line: bytes) -> Property | None:
    head, colon, raw = _halves(line)
    if not colon:
        return None
    first, *rest = split(head.decode("utf-8", "replace"), ";", quoted=True)
    group, _dot, name = first.strip().rpartition(".")
    parameters: dict[str, list[str]] = {}
    for word in rest:
        label, equals, value = word.partition("=")
        if equals:
            parameters.setdefault(label.strip().upper(), []).extend(part.strip().strip('"') for part in value.strip().strip('"').split(","))
        elif word.strip().upper() in ("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B"):
            parameters["ENCODING"] = [word.strip()]
        else:  # 2.1 writes types without saying so
            parameters.setdefault("TYPE", []).append(word.strip())
    return Property(name.upper(), _decoded(raw, parameters), group.lower(), parameters)


def _halves(line: bytes) -> tuple[bytes, bool, bytes]:
    """Name with parameters, and value; a colon within quotation marks parts nothing."""
    inside = False
    for place, byte in enumerate(line):
        if byte == 0x22:
            inside = not inside
        elif byte == 0x3A and not inside:
            return line[:place], True, line[place + 1:]
    return line, False, b""


def _decoded(raw: bytes, parameters: dict[str, list[str]]) -> str:
    encoding = (parameters.get("ENCODING") or [""])[0].upper()
    if encoding == "QUOTED-PRINTABLE":
        raw = quopri.decodestring(raw)
    elif encoding in ("B", "BASE64"):
        return ""  # pictures and sounds; nothing of it is a field of ours
    raw = raw[:LONGEST_VALUE]
    charset = (parameters.get("CHARSET") or [""])[0]
    for wanted in (charset, "utf-8"):
        try:
            return raw.decode(codecs.lookup(wanted).name if wanted else "utf-8").replace("\0", "")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("cp1252", "replace").replace("\0", "") if _rarely_cut(raw) else raw.decode("utf-8", "replace")


def _rarely_cut(raw: bytes) -> bool:
    """Telephones cut quoted-printable in the middle of a letter; a text that is otherwise UTF-8 stays UTF-8."""
    text = raw.decode("utf-8", "replace")
    return text.count("\ufffd") * 5 > sum(letter > "\x7f" for letter in text)


def split(text: str, by: str, *, quoted: bool = False) -> list[str]:
    """Split at `by` unless a backslash or, in parameters, quotation marks hide it."""
    if "\\" not in text and not (quoted and '"' in text):
        return text.split(by)
    parts, current, hidden, inside = [], "", False, False
    for letter in text:
        if hidden:
            current, hidden = current + letter, False
        elif letter == "\\":
            current, hidden = current + letter, True
        elif letter == '"' and quoted:
            inside = not inside
        elif letter == by and not inside:
            parts.append(current)
            current = ""
        else:
            current += letter
    return [*parts, current]


def unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda found: "\n" if found.group(1) in "nN" else found.group(1), text, flags=re.DOTALL)


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
