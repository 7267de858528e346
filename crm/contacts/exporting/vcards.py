"""People as vCard 4.0 (RFC 6350); for a telephone's camera a short one in 3.0, which every telephone reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from crm.contacts import choices
from crm.contacts.exporting.gathering import Gathered

GENDERS = {"ms": "F", "mr": "M", "mx": "O"}
TYPES = {"work": "work", "home": "home", "mobile": "cell", "other": "other"}
FOLD_AT = 75  # bytes


def as_vcards(records: Iterable[Gathered]) -> Iterator[bytes]:
    for record in records:
        yield card(record)


def card(one: Gathered) -> bytes:
    return "".join(folded(line) for line in _lines(one)).encode()


def _lines(one: Gathered) -> Iterator[str]:
    row = one.row
    yield from ("BEGIN:VCARD", "VERSION:4.0", f"X-BACKBONE-ID:{row.id}", f"FN:{escaped(row.display_name)}")
    yield f"N:{structured(row.last_name, row.first_name, '', row.title, '')}"
    yield from (f"REV:{row.updated_at:%Y%m%dT%H%M%SZ}",) if row.updated_at else ()
    yield from _reachable(one)
    yield from _where(one)
    for name, value in (("BDAY", f"{row.birth_date:%Y%m%d}" if row.birth_date else ""), ("LANG", row.language), ("GENDER", GENDERS.get(row.salutation, "")),
                        ("NOTE", escaped(row.notes or "")), ("CATEGORIES", ",".join(map(escaped, one.tags)))):
        if value:
            yield f"{name}:{value}"
    yield "END:VCARD"


def _reachable(one: Gathered) -> Iterator[str]:
    for kind, name in (("email", "EMAIL"), ("phone", "TEL")):
        for place, address in enumerate(one.of(kind)):
            head = name + (f";TYPE={TYPES[address.type]}" if address.type in TYPES else "") + (";PREF=1" if place == 0 else "")
            dialled = kind == "phone" and address.normalised.startswith("+")
            yield f"{head};VALUE=uri:tel:{address.normalised}" if dialled else f"{head}:{escaped(address.value)}"
    for kind, name in (("handle", "X-SOCIALPROFILE"), ("customer_number", "X-CUSTOMER-NUMBER")):
        yield from (f"{name}:{escaped(address.value)}" for address in one.of(kind))


def _where(one: Gathered) -> Iterator[str]:
    if one.row.organisation:
        yield f"ORG:{escaped(one.row.organisation)}"
    if one.role:
        yield f"TITLE:{escaped(one.role)}"
    for home in (False, True):
        if place := one.place(home):
            parts = structured("", place.extra, place.street, place.city, place.state, place.postcode, choices.country(place.country))
            yield f"ADR;TYPE={'home' if home else 'work'}:{parts}"


def short(one: Gathered) -> str:
    """What fits into a square that a telephone reads from a screen or from paper."""
    row = one.row
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{structured(row.last_name, row.first_name, '', row.title, '')}", f"FN:{escaped(row.display_name)}"]
    lines += [f"{name}:{escaped(value[:100])}" for name, value in (("ORG", row.organisation), ("TITLE", one.role)) if value]
    lines += [f"TEL;TYPE={'CELL' if address.type == 'mobile' else 'VOICE'}:{address.normalised}" for address in one.of("phone")[:3]]
    lines += [f"EMAIL:{escaped(address.value)}" for address in one.of("email")[:2]]
    return "\r\n".join([*lines, "END:VCARD", ""])


def escaped(text: Any) -> str:
    plain = str(text or "").replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def structured(*parts: Any) -> str:
    return ";".join(map(escaped, parts))


def folded(line: str) -> str:
    """No line is longer than 75 bytes; a letter is never cut in two."""
    if len(line.encode()) <= FOLD_AT:
        return line + "\r\n"
    pieces: list[str] = []
    current, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > FOLD_AT - bool(pieces):
            pieces.append(current)
            current, size = "", 0
        current, size = current + letter, size + width
    return "\r\n ".join([*pieces, current]) + "\r\n"
