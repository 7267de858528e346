"""vCard 2.1, 3.0 and 4.0 as address books really write them."""

from __future__ import annotations

import codecs
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crm.importing.faults import Unreadable

LONGEST_VALUE = 100_000
HEAVY = ("PHOTO", "LOGO", "SOUND", "KEY", "X-MS-CARDPICTURE")  # left out while reading: a picture of 10 MB never stands in memory
LABELS = re.compile(r"_\$!<(.*)>!\$_")


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
