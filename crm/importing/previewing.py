"""What an import would do, shown with the first rows of the file itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from crm.contacts.models import Contact
from crm.contacts.naming import display_name
from crm.extensions import fetch
from crm.importing import columns
from crm.importing.faults import Unfit
from crm.importing.history import History
from crm.importing.known import Known
from crm.importing.models import Import
from crm.importing.people import People
from crm.importing.refused import labels
from crm.importing.running import table_of, taker_of
from crm.importing.separated import Record
from crm.importing.told import Told

SHOWN = 8
EXAMPLES, LONGEST = 3, 60


@dataclass
class Column:
    label: str
    examples: list[str]


@dataclass
class Line:
    """One of the first rows, as it is understood."""

    number: int
    name: str = ""
    facts: list[str] = field(default_factory=list)
    known: str = ""  # the contact it means
    known_id: int | None = None
    reason: str = ""  # why it will be refused


@dataclass
class Preview:
    columns: list[Column]
    lines: list[Line]
    notes: list[str]


def preview(import_: Import) -> Preview:
    table = table_of(import_)
    records = list(islice(table.rows(), 200))
    taker = taker_of(import_, table, dry=True)
    rows: Any = taker.read(records[:SHOWN])
    lines = people(rows) if isinstance(taker, People) else happenings(rows, taker)
    return Preview([Column(label, examples(records, place)) for place, label in enumerate(labels(table.header))], lines, notes(import_))


def examples(records: list[Record], place: int) -> list[str]:
    found = dict.fromkeys(text for record in records if place < len(record.cells) and (text := record.cells[place].strip()))
    return [text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in islice(found, EXAMPLES)]


def people(rows: list[tuple[Record, Told | Unfit]]) -> list[Line]:
    known = Known([told for _record, told in rows if isinstance(told, Told)])
    idents = {record.number: known.find(told) for record, told in rows if isinstance(told, Told)}
    names = names_of(idents.values())
    lines = []
    for record, told in rows:
        if isinstance(told, Unfit):
            lines.append(Line(record.number, reason=told.sentence))
        else:
            ident = idents[record.number]
            lines.append(Line(record.number, written_name(told), facts(told), names.get(ident, ""), ident))
    return lines


def names_of(idents: Iterable[int | None]) -> dict[int | None, str]:
    wanted = [ident for ident in idents if ident]
    return dict(fetch(select(Contact.id, Contact.display_name).where(Contact.id.in_(wanted))))  # type: ignore[arg-type]


def written_name(told: Told) -> str:
    return display_name(*(told.columns.get(name, "") for name in ("title", "first_name", "last_name"))) or (told.addresses[0][1] if told.addresses else "?")


def facts(told: Told) -> list[str]:
    found = [" · ".join(filter(None, (told.role, told.organisation)))]
    found += [value for _kind, value, _normalised, _type in told.addresses]
    found += [", ".join(filter(None, (place.get("street"), place.get("extra"), f"{place.get('postcode', '')} {place.get('city', '')}".strip(), place.get("state"), place.get("country")))) for place in told.places.values()]
    found += [", ".join(told.tags), *told.remarks]
    return [text for text in found if text]


def happenings(rows: list, taker: History) -> list[Line]:
    lines = []
    for (record, told), result in zip(rows, taker.take(rows), strict=True):
        if result.action == "refused":
            lines.append(Line(record.number, reason=result.reason))
        else:
            amount = told.get("amount")
            words = [told["happened_at"].strftime("%Y-%m-%d"), told.get("channel", ""), str(amount) if amount is not None else ""]
            lines.append(Line(record.number, told.get("subject") or told["external_id"], [" · ".join(filter(None, words))], known_id=result.contact_id))
    names = names_of(line.known_id for line in lines)
    for line in lines:
        line.known = names.get(line.known_id, "")
    return lines


def notes(import_: Import) -> list[str]:
    """What the person should know before pressing the button."""
    found = []
    keys = [columns.key(label) for label in import_.header if label]
    twice = sorted({label for label in import_.header if label and keys.count(columns.key(label)) > 1})
    if twice:
        found.append(_("These columns stand in the file more than once: %(names)s. Where a field takes one value, the first that is filled counts.", names=", ".join(twice)))
    if not any(import_.header):
        found.append(_("The file does not name its columns; what stands in them was guessed from the values."))
    if import_.format == "spreadsheet":
        found.append(_("Of the spreadsheet the first visible sheet is taken, and of formulas their results."))
    return found
