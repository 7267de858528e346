"""Rows of interactions and purchases: each is taken once, by the number its source gave it. Never commits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from crm.contacts import matching
from crm.contacts.models import Contact
from crm.contacts.normalising import comparable
from crm.extensions import db
from crm.importing import cells
from crm.importing.columns import key
from crm.importing.faults import Unfit
from crm.importing.results import Result
from crm.importing.separated import Record
from crm.timeline import taking
from crm.timeline.models import DIRECTIONS, Interaction
from crm.timeline.recording import record_many
from crm.touchpoints.models import CHANNELS

SOURCE = "import"
DEFAULTS: dict[str, dict[str, str]] = {
    "interactions": {"direction": "inbound"},
    "purchases": {"direction": "inbound", "channel": "other", "kind": "purchase.made"},
}
WHO = ("customer_number", "email", "phone", "visitor")
WORDS = {
    "eingehend": "inbound", "eingang": "inbound", "incoming": "inbound", "in": "inbound", "ausgehend": "outbound", "ausgang": "outbound", "outgoing": "outbound", "out": "outbound",
    "intern": "internal", "telefon": "phone", "anruf": "phone", "call": "phone", "brief": "letter", "post": "letter", "besuch": "in_person", "vor ort": "in_person", "persönlich": "in_person",
    "visit": "in_person", "meeting": "in_person", "mail": "email", "e-mail": "email", "webseite": "web", "website": "web", "formular": "web", "bewertung": "review", "messe": "event", "andere": "other",
}
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::\d{2})?(?:\s*Uhr)?)?")
LONGEST = {"external_id": 200, "outcome": 20, "body": 100_000, "kind": 40, "touchpoint": 60}


class History:
    """Takes rows of interactions or purchases for one import."""

    def __init__(self, header: Sequence[str], fields: Sequence[str], kind: str, zone: str, dry: bool = False):
        self.header, self.places, self.width = [key(label) for label in header], [(n, name) for n, name in enumerate(fields) if name], len(header)
        self.defaults, self.zone, self.dry = DEFAULTS[kind], zone, dry
        self.seen: set[str] = set()

    def read(self, records: Iterable[Record]) -> list[tuple[Record, dict[str, Any] | Unfit]]:
        return [(record, self._read(record)) for record in records]

    def _read(self, record: Record) -> dict[str, Any] | Unfit:
        try:
            if len(record.cells) > self.width and any(cell.strip() for cell in record.cells[self.width:]):
                raise Unfit("", _("The row has %(n)d cells, but there are only %(m)d columns. Is a value with a separator in it missing its quotation marks?", n=len(record.cells), m=self.width))
            if [key(cell) for cell in record.cells[: self.width]] == self.header:
                raise Unfit("", _("The row repeats the names of the columns."))
            values = self._values(record.cells)
            return {**read(values, self.zone, self.defaults), "who": {name: values.get(name, "") for name in WHO}}
        except Unfit as unfit:
            return unfit

    def _values(self, row: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for place, name in self.places:
            if place < len(row) and (text := cells.plain(row[place])):
                found.setdefault(name, text)
        return found

    def take(self, batch: Sequence[tuple[Record, dict[str, Any] | Unfit]]) -> list[Result]:
        rows = [one for _record, one in batch if isinstance(one, dict)]
        known = known_ids([one["external_id"] for one in rows]) | self.seen
        whom = owners(rows)
        results = [self._take(record, one, known, whom) for record, one in batch]
        fresh = [(result, entry) for result, entry in results if entry is not None]
        if not self.dry:
            for (result, _entry), interaction in zip(fresh, record_many([entry for _result, entry in fresh]), strict=True):
                result.interaction_id, result.contact_id = interaction.id, interaction.contact_id
        return [result for result, _entry in results]

    def _take(self, record: Record, told: dict[str, Any] | Unfit, known: set[str], whom: Mapping[tuple[str, str], Contact]) -> tuple[Result, dict[str, Any] | None]:
        if isinstance(told, Unfit):
            return Result(record.number, "refused", reason=told.sentence), None
        if told["external_id"] in known:
            return Result(record.number, "unchanged"), None
        try:
            told = dict(told)
            contact = _contact(told.pop("contact_id", None), told.pop("who"), whom)
            entry = taking.entry(contact, told, source=SOURCE, provenance="import")
        except taking.Unfit as unfit:
            return Result(record.number, "refused", reason=Unfit(unfit.field, unfit.reason).sentence), None
        known.add(told["external_id"])
        if self.dry:
            self.seen.add(told["external_id"])
        return Result(record.number, "created", contact_id=contact.id), entry


def owners(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Contact]:
    """(kind, comparable address) → the contact, asked once for all rows."""
    found: dict[tuple[str, str], Contact] = {}
    for kind in ("customer_number", "email"):
        values = {comparable(kind, row["who"][kind]) for row in rows if row["who"][kind]}
        found |= {(kind, value): contact for value, contact in matching.find_many(kind, values).items()}
    return found


def _contact(contact_id: int | None, who: Mapping[str, str], whom: Mapping[tuple[str, str], Contact]) -> Contact:
    if contact_id is None:
        for kind in ("customer_number", "email"):
            if who[kind] and (contact := whom.get((kind, comparable(kind, who[kind])))):
                return contact
    return taking.contact_of(contact_id, who)


def known_ids(idents: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(idents), 400):
        query = select(Interaction.external_id).where(Interaction.source == SOURCE, Interaction.external_id.in_(idents[start : start + 400]))
        found |= {ident for ident in db.session.scalars(query) if ident}
    return found


# — cells ——————————————————————————————————————————————————————————————————————————————————————————————


def read(values: Mapping[str, str], zone: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the timeline wants them. Raises Unfit."""
    if not values.get("external_id"):
        raise Unfit("external_id", _("Without it the row would be taken again by the next import."))
    told: dict[str, Any] = dict(defaults)
    told |= {name: values[name] for name in ("external_id", "kind", "touchpoint", "body", "outcome") if name in values}
    told["subject"] = cells.one_line(values.get("subject", ""))[:500]
    for name, words in (("channel", CHANNELS), ("direction", DIRECTIONS)):
        if name in values:
            told[name] = word(name, values[name], words)
    if not told.get("channel"):
        raise Unfit("channel", _("Say how it happened: phone, email, in_person …"))
    for name, reader in (("contact_id", whole), ("self_rating", rating), ("amount", amount)):
        if name in values:
            told[name] = reader(name, values[name])
    told["happened_at"] = moment(values.get("happened_at", ""), zone)
    if told.get("kind") == "purchase.made" and told.get("amount") is None:
        raise Unfit("amount", _("A purchase needs its amount."))
    for name, longest in LONGEST.items():
        if len(told.get(name, "")) > longest:
            raise Unfit(name, _("Use at most %(max)d characters.", max=longest))
    return told


def word(name: str, value: str, words: tuple[str, ...]) -> str:
    plain = value.casefold()
    plain = WORDS.get(plain, plain)
    if plain not in words:
        raise Unfit(name, _("“%(value)s” is none of: %(words)s", value=value[:40], words=", ".join(words)))
    return plain


def whole(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Unfit(name, _("This is not a number."))
    return int(value)


def rating(name: str, value: str) -> int:
    if value not in "12345" or len(value) != 1:
        raise Unfit(name, _("A rating is a number from 1 to 5."))
    return int(value)


def amount(name: str, value: str) -> Decimal:
    """1.234,50 or 1,234.50, with or without a currency."""
    digits = re.sub(r"[^\d,.-]", "", value)
    decimal = max(digits.rfind(","), digits.rfind("."))
    if decimal >= 0 and len(digits) - decimal - 1 != 3:
        digits = re.sub(r"[,.]", "", digits[:decimal]) + "." + digits[decimal + 1:]
    else:
        digits = re.sub(r"[,.]", "", digits)
    try:
        found = Decimal(digits).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise Unfit(name, _("This is not an amount.")) from error
    if abs(found) > 9_999_999_999:
        raise Unfit(name, _("This is not an amount."))
    return found


def moment(value: str, zone: str) -> datetime:
    """2026-11-21T14:30, 21.11.2026 14:30, with or without time; without a zone in the firm's."""
    if not value:
        raise Unfit("happened_at", _("Say when it happened."))
    if german := _GERMAN_DAY.fullmatch(value):
        day, month, year, hour, minute = (int(part or 0) for part in german.groups())
        value = f"{year:04}-{month:02}-{day:02}" + (f"T{hour:02}:{minute:02}" if german[4] else "")
    try:
        found = datetime.fromisoformat(value.removesuffix(" UTC") + ("+00:00" if value.endswith(" UTC") else ""))
    except ValueError as error:
        raise Unfit("happened_at", _("Write the time like 2026-11-21 14:30 or 21.11.2026 14:30.")) from error
    if not 1900 <= found.year <= 9000:
        raise Unfit("happened_at", _("Check the year."))
    if found.tzinfo is None and found.time() == time(0) and len(value) <= 10:
        found = found.replace(hour=12)  # only the day is known: the middle of it stays that day in every zone nearby
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
