"""What was typed into a form: cleaned, checked, and the reasons by the field. The same for the page and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from crm import attachments, blobs
from crm.contactforms import kinds
from crm.contactforms.models import ContactForm
from crm.contacts.custom.kinds import Unfit
from crm.contacts.normalising import normalise
from crm.fields import one_line, trimmed

MEGABYTE = 1024 * 1024
CONSENT = "consent"
FILENAME = 200


@dataclass(frozen=True)
class Upload:
    filename: str
    data: bytes


@dataclass
class Filled:
    """`typed` is shown again as it was; `values` are clean, by the key of the field."""

    typed: Mapping[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    uploads: Sequence[Upload] = ()
    consent: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def keep(self) -> list[list[Any]]:
        """The files, stored: filename, type by the content, size, blob."""
        return [[each.filename[-FILENAME:], attachments.sniffed(each.data, each.filename), len(each.data), blobs.put(each.data)] for each in self.uploads]


def fill(form: ContactForm, typed: Mapping[str, str], uploads: Sequence[Upload], language: str) -> Filled:
    """Check everything, so that all faults are told at once."""
    filled = Filled(typed, uploads=uploads if any(each["kind"] == "file" for each in form.fields) else ())
    for each in kinds.usable(form.fields):
        try:
            filled.values[each["key"]] = _read_files(form, each, filled.uploads) if each["kind"] == "file" else _read(each, typed.get(each["key"], ""), language)
        except ValueError as error:
            filled.errors[each["key"]] = str(error)
    _read_consent(form, filled, language)
    _must_be_reachable(form, filled)
    return filled


def _read(asked: kinds.Field, typed: str, language: str) -> Any:
    value = trimmed(typed) if asked["kind"] == "message" else one_line(typed)
    longest = kinds.KINDS[asked["kind"]].longest
    if not value:
        return _missing(asked)
    if len(value) > longest:
        raise ValueError(_("Use at most %(max)d characters.", max=longest))
    return READERS.get(asked["kind"], lambda _asked, value, _language: value)(asked, value, language)


def _missing(asked: kinds.Field) -> str:
    if asked.get("required"):
        raise ValueError(_("Please tick this box.") if asked["kind"] == "checkbox" else _("Please fill this in."))
    return ""


def _read_email(_asked: kinds.Field, value: str, _language: str) -> str:
    normalise("email", value)
    return value


def _read_phone(_asked: kinds.Field, value: str, _language: str) -> str:
    normalise("phone", value)
    return value


def _read_choice(asked: kinds.Field, value: str, language: str) -> str:
    if value not in dict(kinds.offered(asked, language)):
        raise ValueError(_("Choose one of the answers."))
    return value


def _read_own(asked: kinds.Field, value: str, _language: str) -> str:
    own = kinds.own_field(asked)
    try:
        return own.written(own.read(value)) if own else value
    except Unfit as unfit:
        raise ValueError(str(unfit)) from unfit


READERS = {"email": _read_email, "phone": _read_phone, "choice": _read_choice, "checkbox": lambda *_: "yes", "custom": _read_own}


def _read_files(form: ContactForm, asked: kinds.Field, uploads: Sequence[Upload]) -> str:
    if not uploads:
        return _missing(asked)
    if len(uploads) > form.max_files:
        raise ValueError(_("Choose at most %(max)d files.", max=form.max_files))
    if sum(len(each.data) for each in uploads) > form.max_megabytes * MEGABYTE:
        raise ValueError(_("These files are too large: %(max)d MB together are possible.", max=form.max_megabytes))
    if any(not each.data for each in uploads):
        raise ValueError(_("One of these files is empty."))
    return ", ".join(each.filename for each in uploads)


def _read_consent(form: ContactForm, filled: Filled, language: str) -> None:
    wording = form.text(CONSENT, language) if form.consent_purpose else ""
    if wording and filled.typed.get(CONSENT):
        filled.consent = wording
    elif wording and form.consent_required:
        filled.errors[CONSENT] = _("Please tick this box. Without your agreement we may not take this.")


def _must_be_reachable(form: ContactForm, filled: Filled) -> None:
    """Somebody who cannot be answered has asked in vain."""
    ways = [each["key"] for each in form.fields if each["kind"] in kinds.REACHED_BY]
    if ways and not any(filled.values.get(key) or key in filled.errors for key in ways):
        filled.errors[ways[0]] = _("Say how we can reach you.")
