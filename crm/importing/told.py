"""What one row tells of a person, understood field by field, before anybody asks who it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from flask_babel import gettext as _

from crm import clock
from crm.contacts.models import ADDRESS_FORMS, ADDRESS_TYPES, LIFECYCLES
from crm.contacts.naming import guess_name, split_title
from crm.contacts.normalising import normalise
from crm.contacts.tagging import split_names
from crm.fields import ident_or_none
from crm.folding import fold
from crm.importing import cells, firms
from crm.importing.columns import SEVERAL, key, types_beside
from crm.importing.faults import Unfit
from crm.importing.separated import LONGEST_RECORD, Record

LONGEST = {"first_name": 100, "last_name": 100, "title": 60, "organisation": 200, "role": 120, "notes": 20_000, "street": 200, "extra": 200, "postcode": 20, "city": 100, "state": 100}
LONGEST_CELL = 20_000
POSTAL = ("street", "extra", "postcode", "city", "state", "country")
HONORIFICS = {
    "ms": "frau fr ms mrs miss fraulein mme madame signora female weiblich f w woman", "mr": "herr hr herrn mr mister m monsieur signor male mannlich man",
    "mx": "mx divers diverse nonbinary non-binary d x",
}
SALUTATION_OF = {word: code for code, words in HONORIFICS.items() for word in words.split()}
STAGES = {
    "lead": "subscriber lead marketingqualifiedlead mql interessent neu new kontakt other abonnent", "prospect": "prospect salesqualifiedlead sql opportunity verkaufschance potenziell",
    "customer": "customer kunde kundin client bestandskunde stammkunde active aktiv advocate evangelist promoter", "former": "former formercustomer exkunde ehemalig ehemaligerkunde churned inaktiv inactive lost verloren",
}
STAGE_OF = {key(word): stage for stage, words in STAGES.items() for word in words.split()} | {stage: stage for stage in LIFECYCLES}
LANGUAGES = {"de": "deutsch german deu ger", "en": "englisch english eng", "fr": "französisch french francais fra", "it": "italienisch italian italiano", "es": "spanisch spanish", "nl": "niederländisch dutch", "pl": "polnisch polish"}
LANGUAGE_OF = {fold(word): code for code, words in LANGUAGES.items() for word in words.split()}
_SEVERAL = re.compile(r"\s*(?::::|[;\n])\s*")  # within a cell; Google writes " ::: "
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]([A-Za-z]{2}))?(?:[._].*)?")
SYSTEM_GROUPS = {fold(word) for word in ("My Contacts", "myContacts", "Meine Kontakte", "Starred", "Starred in Android")}  # which everybody is in
MOST_TAGS = 50


@dataclass
class Told:
    """A row, understood. `remarks` are sentences about what was left out or kept elsewhere."""

    columns: dict[str, Any] = field(default_factory=dict)  # of Contact
    addresses: list[tuple[str, str, str, str]] = field(default_factory=list)  # kind, value, normalised, type
    organisation: str = ""
    firm: dict[str, str] = field(default_factory=dict)  # what is told of the organisation itself
    role: str = ""
    places: dict[str, dict[str, str]] = field(default_factory=dict)  # "" or home → parts of a postal address
    tags: list[str] = field(default_factory=list)
    custom: dict[str, str] = field(default_factory=dict)
    owner: str = ""
    marketing: bool | None = None
    opted_out: bool = False
    notes: str = ""
    remarks: list[str] = field(default_factory=list)
    backbone_id: int | None = None  # the contact our own export wrote this row of
    ident: str = ""  # what the row is as a whole: the same row of another day is known by it

    def values(self, kind: str) -> list[str]:
        """Its addresses of a kind, comparable."""
        return [normalised for own, _value, normalised, _type in self.addresses if own == kind]

    def keep(self, field: str, text: str) -> None:
        """What cannot be taken as what it should be stays readable."""
        self.remarks.append(_("“%(value)s” could not be read (%(field)s) and was kept in the notes.", value=text[:60], field=field))
        self.notes = "\n".join(filter(None, (self.notes, f"{field}: {text[:200]}")))

    @cached_property
    def name(self) -> tuple[str, str]:
        return fold(self.columns.get("first_name", "")), fold(self.columns.get("last_name", ""))


class Reader:
    """Reads rows of one table under one mapping. `custom` checks values of custom fields: (key, text) → value, raising ValueError."""

    def __init__(self, header: Sequence[str], fields: Sequence[str], sample: Sequence[Sequence[str]] = (), custom: Callable[[str, str], Any] | None = None, lenient: bool = False):
        self.lenient = lenient  # a card cannot be mended as a row of a table can: what is wrong in it goes to the notes
        self.header = [key(label) for label in header]
        self.places = [(place, name) for place, name in enumerate(fields) if name]
        self.width = len(header)
        self.named = next((place for place, label in enumerate(self.header) if label), None)  # the first column with a name
        self.types = types_beside(header)
        self.custom = custom
        german = any("ä" in label or "ü" in label or "ö" in label or key(label) in ("vorname", "nachname", "firma", "ort", "telefon", "plz", "strasse") for label in header)
        self.months_first = {
            name: cells.month_first((row[place] for row in sample if place < len(row)), german) for place, name in self.places if name in ("birth_date", "customer_since")
        }

    def read(self, record: Record) -> Told:
        """Raises Unfit when the row cannot be taken."""
        self._check_shape(record)
        told, values = Told(), self._values(record.cells)
        self._name(told, values)
        self._addresses(told, record.cells)
        self._places(told, values)
        self._belonging(told, values)
        self._facts(told, values)
        self._words(told, record.cells)
        self._check(told)
        told.ident = self._ident(record.cells)
        return told

    def _check_shape(self, record: Record) -> None:
        row = record.cells
        if len(row) > self.width and any(cell.strip() for cell in row[self.width:]):
            raise Unfit("", _("The row has %(n)d cells, but there are only %(m)d columns. Is a value with a separator in it missing its quotation marks?", n=len(row), m=self.width))
        if record.lines > LONGEST_RECORD:
            raise Unfit("", _("The row goes on for %(n)d lines. Is a quotation mark missing?", n=record.lines))
        if max(map(len, row)) > LONGEST_CELL:
            raise Unfit("", _("A cell of the row holds %(n)d characters; at most %(max)d are taken.", n=max(map(len, row)), max=LONGEST_CELL))
        if self.named is not None and row[self.named : self.named + 1] and key(row[self.named]) == self.header[self.named] and [key(cell) for cell in row[: self.width]] == self.header:
            raise Unfit("", _("The row repeats the names of the columns."))

    def _values(self, row: Sequence[str]) -> dict[str, str]:
        """What stands under each field that takes one column; the first that is filled counts."""
        found: dict[str, str] = {}
        for place, name in self.places:
            if place < len(row) and (text := cells.plain(row[place])):
                found.setdefault(name, text)
        return found

    # — parts ————————————————————————————————————————————————————————————————————————————————————————

    def _name(self, told: Told, values: Mapping[str, str]) -> None:
        first, last = cells.one_line(values.get("first_name", "")), cells.one_line(values.get("last_name", ""))
        title = cells.one_line(values.get("title", ""))
        if not (first or last) and "name" in values:
            guessed = guess_name(cells.one_line(values["name"]))
            first, last, title = guessed.first_name, guessed.last_name, title or guessed.title
        elif values.get("middle_name"):
            first = " ".join(filter(None, (first, cells.one_line(values["middle_name"]))))
        salutation, prefix = salutation_of(values.get("salutation", ""))
        if "title_or_role" in values:
            honorific, academic = salutation_of(values["title_or_role"])
            salutation, prefix = salutation or honorific, prefix or academic
            if not (honorific or academic):
                told.role = cells.one_line(values["title_or_role"])
        title = title or prefix
        for name, value in (("first_name", first), ("last_name", last), ("title", title), ("salutation", salutation)):
            if value:
                told.columns[name] = value

    def _addresses(self, told: Told, row: Sequence[str]) -> None:
        wrong: list[tuple[str, str, str]] = []
        taken: set[tuple[str, str]] = set()
        for place, name in self.places:
            kind, _colon, kind_of = name.partition(":")
            kind = "customer_number" if kind == "external_id" else kind
            if kind not in ("email", "phone", "handle", "visitor", "customer_number") or place >= len(row):
                continue
            for text in _SEVERAL.split(cells.plain(row[place])) if kind != "customer_number" else cells.plain(row[place]).split(" ::: "):
                if text:
                    kind_of = kind_of or (cells.address_type(row[self.types[place]]) if place in self.types and self.types[place] < len(row) else "")
                    _take_address(told, taken, wrong, kind, cells.one_line(text), kind_of)
        for kind, text, reason in wrong:
            if not told.values(kind):
                raise Unfit(kind, f"{text[:60]} – {reason}")
            told.keep(kind, text)
        told.addresses.sort(key=lambda address: address[3] == "other")

    def _places(self, told: Told, values: Mapping[str, str]) -> None:
        for prefix in ("", "home."):
            place = {part: cells.one_line(values[prefix + part]).rstrip(", ") for part in POSTAL if values.get(prefix + part)}
            if not place:
                continue
            if "house_number" in values and "street" in place and not prefix:
                place["street"] = f"{place['street']} {values['house_number']}"
            if "country" in place and not (code := cells.country(place["country"])):
                told.keep("country", place.pop("country"))
            elif "country" in place:
                place["country"] = code
            code = place.get("postcode", "")
            if place.get("country") == "DE" and code.isdigit() and len(code) == 4:  # a spreadsheet took it for a number
                place["postcode"] = code.zfill(5)
            told.places["home" if prefix else ""] = place

    def _belonging(self, told: Told, values: Mapping[str, str]) -> None:
        told.organisation = cells.one_line(values.get("organisation", ""))
        told.firm = firms.read(values) if told.organisation else {}
        told.role = cells.one_line(values.get("role", "")) or told.role
        told.owner = cells.one_line(values.get("owner", ""))
        told.backbone_id = ident_or_none(values.get("backbone_id", ""))

    def _facts(self, told: Told, values: Mapping[str, str]) -> None:
        for name in ("birth_date", "customer_since"):
            if name in values and (found := self._day(told, name, values[name])):
                told.columns[name] = found
        if "lifecycle" in values:
            told.columns["lifecycle"] = _lifecycle(values["lifecycle"])
        if "language" in values and (language := _language(values["language"])):
            told.columns["language"] = language
        if "address_form" in values and (form := values["address_form"].casefold()) in (*ADDRESS_FORMS, "ja", "nein"):
            told.columns["address_form"] = {"ja": "du", "nein": "sie"}.get(form, form)
        told.marketing = cells.yes(values["consent_marketing"]) if "consent_marketing" in values else None

    def _day(self, told: Told, name: str, text: str) -> date | None:
        try:
            return cells.day(name, text, self.months_first.get(name, False))
        except Unfit:
            if not self.lenient:
                raise
            told.keep(name, text)
            return None

    def _words(self, told: Told, row: Sequence[str]) -> None:
        """Fields that several columns may fill: tags, notes, opt-outs, custom fields."""
        for place, name in self.places:
            text = cells.plain(row[place]) if place < len(row) else ""
            if not text:
                continue
            if name == "tags":
                told.tags += [tag for tag in split_names(text.replace(" ::: ", ",")) if not tag.startswith("*") and fold(tag) not in SYSTEM_GROUPS]
            elif name == "notes":
                told.notes = "\n".join(filter(None, (told.notes, text)))
            elif name == "opted_out":
                told.opted_out = told.opted_out or cells.yes(text) is True
            elif name.startswith("custom."):
                told.custom[name[7:]] = self._custom(name[7:], text)
        if told.notes:
            told.columns["notes"] = told.notes

    def _custom(self, name: str, text: str) -> Any:
        try:
            return self.custom(name, text) if self.custom else text[:1000]
        except ValueError as error:
            raise Unfit(f"custom.{name}", str(error)) from error

    def _check(self, told: Told) -> None:
        if not (told.columns.get("first_name") or told.columns.get("last_name") or told.addresses):
            raise Unfit("last_name", _("Give a name or at least one address."))
        for name, value in (*told.columns.items(), ("organisation", told.organisation), ("role", told.role), *(pair for place in told.places.values() for pair in place.items())):
            if len(value) > LONGEST.get(name, 1000) if isinstance(value, str) else False:
                raise Unfit(name, _("Use at most %(max)d characters.", max=LONGEST[name]))
        born = told.columns.get("birth_date")
        if isinstance(born, date) and born > clock.today():
            raise Unfit("birth_date", _("This day has not come yet."))
        if len(told.tags) > MOST_TAGS or any(len(tag) > 60 for tag in told.tags):
            raise Unfit("tags", _("At most %(n)d tags of 60 characters each.", n=MOST_TAGS))

    def _ident(self, row: Sequence[str]) -> str:
        taken = sorted(f"{name}\0{row[place].strip()}" for place, name in self.places if place < len(row) and row[place].strip())
        return hashlib.blake2b("\1".join(taken).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _take_address(told: Told, taken: set[tuple[str, str]], wrong: list[tuple[str, str, str]], kind: str, text: str, type: str) -> None:
    try:
        normalised = normalise(kind, text)
    except ValueError as error:
        wrong.append((kind, text, str(error)))
        return
    if (kind, normalised) not in taken:
        taken.add((kind, normalised))
        told.addresses.append((kind, text, normalised, type if type in ADDRESS_TYPES else ""))


@lru_cache(maxsize=4096)
def salutation_of(text: str) -> tuple[str, str]:
    """("ms", "Dr.") of "Frau Dr."; what is neither honorific nor academic title is left out."""
    words = text.split()
    found = next((SALUTATION_OF[fold(word.strip(".,"))] for word in words if fold(word.strip(".,")) in SALUTATION_OF), "")
    rest = " ".join(word for word in words if fold(word.strip(".,")) not in SALUTATION_OF)
    title, left = split_title(f"{rest} X") if rest else ("", "X")
    return found, title if left == "X" else ""


def _lifecycle(text: str) -> str:
    found = STAGE_OF.get(key(text))
    if found is None:
        raise Unfit("lifecycle", _("“%(value)s” is none of: %(words)s", value=text[:40], words=", ".join(LIFECYCLES)))
    return found


def _language(text: str) -> str:
    known = LANGUAGE_OF.get(fold(text))
    found = _LANGUAGE.fullmatch(text)
    if known or not found:
        return known or ""
    return found[1] + (f"-{found[2].upper()}" if found[2] else "")


assert set(SEVERAL) >= {"email", "phone"}
