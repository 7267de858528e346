"""`crm import interactions` and `crm import purchases`: CSV files of other systems, each row taken once by its external_id."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from crm.extensions import db
from crm.folding import fold
from crm.timeline.models import DIRECTIONS, Interaction
from crm.timeline.taking import Unfit, contact_of, take
from crm.touchpoints.models import CHANNELS

SOURCE = "import"
BATCH = 500
# The API's names in any case, and what other systems call the same. Compared folded, without blanks and underscores.
COLUMNS = {
    "external_id": "externalid id nummer number belegnummer auftragsnummer ordernumber orderid rechnungsnummer",
    "contact_id": "contactid kontaktid", "email": "email mail emailadres emailaddress", "phone": "phone telefon telephone telefonnummer mobil",
    "customer_number": "customernumber kundennummer kundennr customerid", "visitor": "visitor besucher",
    "channel": "channel kanal", "direction": "direction richtung", "kind": "kind art type typ", "touchpoint": "touchpoint kundenkontaktpunkt",
    "subject": "subject betreff title titel product produkt artikel", "body": "body text notes notizen beschreibung description comment kommentar",
    "happened_at": "happenedat date datum zeitpunkt time zeit kaufdatum bestelldatum orderdate purchasedate", "amount": "amount betrag summe total umsatz price preis",
    "outcome": "outcome ergebnis", "self_rating": "selfrating selbsteinschatzung",
}
KNOWN = {fold(label).replace(" ", ""): name for name, labels in COLUMNS.items() for label in labels.split()}
GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::\d{2})?)?")
WORDS = {"eingehend": "inbound", "ausgehend": "outbound", "intern": "internal", "telefon": "phone", "brief": "letter", "besuch": "in_person", "mail": "email"}


@dataclass
class Outcome:
    """How the import went; `refused` holds (row, reason)."""

    created: int = 0
    unchanged: int = 0
    refused: list[tuple[dict[str, str], str]] = field(default_factory=list)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file; encoding and delimiter are found."""
    text = decoded(path.read_bytes())
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t|", key=first.count)
    return [{name: value or "" for name, value in row.items() if name} for row in csv.DictReader(io.StringIO(text), delimiter=delimiter)]


def decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def load(rows: Iterable[dict[str, str]], zone: str, defaults: Mapping[str, Any], outcome: Outcome) -> Iterator[None]:
    """Take `rows` and count them in `outcome`; stops after each batch so that the caller can commit. `defaults` fill what a row leaves out."""
    for batch in batches(rows):
        known = known_ids([values.get("external_id", "") for _row, values in batch])
        for row, values in batch:
            _load_one(row, values, known, zone, defaults, outcome)
        yield


def _load_one(row: dict[str, str], values: dict[str, str], known: set[str], zone: str, defaults: Mapping[str, Any], outcome: Outcome) -> None:
    ident = values.get("external_id", "")
    if ident in known:
        outcome.unchanged += 1
        return
    try:
        told = read(values, zone, defaults)
        contact = contact_of(told.pop("contact_id", None), {name: values.get(name, "") for name in ("customer_number", "email", "phone", "visitor")})
        take(contact, told, source=SOURCE, provenance="import")
    except Unfit as unfit:
        outcome.refused.append((row, f"{unfit.field}: {unfit.reason}"))
    else:
        known.add(ident)
        outcome.created += 1


def batches(rows: Iterable[dict[str, str]]) -> Iterator[list[tuple[dict[str, str], dict[str, str]]]]:
    batch = []
    for row in rows:
        batch.append((row, named(row)))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def named(row: Mapping[str, str]) -> dict[str, str]:
    """The row under our names; columns nobody knows are left out."""
    found: dict[str, str] = {}
    for label, value in row.items():
        name = KNOWN.get(re.sub(r"[\s_.-]", "", fold(label)))
        if name and value and value.strip():
            found.setdefault(name, value.strip().replace("\0", ""))
    return found


def known_ids(idents: list[str]) -> set[str]:
    query = select(Interaction.external_id).where(Interaction.source == SOURCE, Interaction.external_id.in_([ident for ident in idents if ident]))
    return {ident for ident in db.session.scalars(query) if ident}


def read(values: Mapping[str, str], zone: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The values as `take` wants them. Raises Unfit."""
    if not values.get("external_id"):
        raise Unfit("external_id", _("Without it the row would be taken again by the next import."))
    told: dict[str, Any] = dict(defaults)
    told |= {name: values[name] for name in ("external_id", "kind", "touchpoint", "body", "outcome") if name in values}
    told["subject"] = values.get("subject", "")[:500]
    for name, words in (("channel", CHANNELS), ("direction", DIRECTIONS)):
        if name in values:
            told[name] = word(name, values[name], words)
    if not told.get("channel"):
        raise Unfit("channel", _("Say how it happened: phone, email, in_person …"))
    for name, reader in (("contact_id", whole), ("self_rating", rating), ("amount", amount)):
        if name in values:
            told[name] = reader(name, values[name])
    told["happened_at"] = moment(values.get("happened_at", ""), zone)
    return _complete(told)


def _complete(told: dict[str, Any]) -> dict[str, Any]:
    if told.get("kind") == "purchase.made" and told.get("amount") is None:
        raise Unfit("amount", _("A purchase needs its amount."))
    if len(told["external_id"]) > 200 or len(told.get("outcome", "")) > 20:
        raise Unfit("external_id", _("This is too long."))
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
    if german := GERMAN_DAY.fullmatch(value):
        day, month, year, hour, minute = (int(part or 0) for part in german.groups())
        value = f"{year:04}-{month:02}-{day:02}" + (f"T{hour:02}:{minute:02}" if german[4] else "")
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise Unfit("happened_at", _("Write the time like 2026-11-21 14:30 or 21.11.2026 14:30.")) from error
    if not 1900 <= found.year <= 9000:
        raise Unfit("happened_at", _("Check the year."))
    if found.tzinfo is None and found.time() == time(0) and len(value) <= 10:
        found = found.replace(hour=12)  # only the day is known: the middle of it stays that day in every zone nearby
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
