"""How a letter or mail begins: in the customer's language, not the reader's, so the words stand here and not in a catalogue."""

from __future__ import annotations

import re
from typing import Protocol

from flask import current_app

_SPOKEN_TITLES = re.compile(r"(?:Prof|Dr)\.", re.IGNORECASE)
_GERMAN = {"ms": "Sehr geehrte Frau", "mr": "Sehr geehrter Herr"}
_ENGLISH = {"ms": "Ms", "mr": "Mr", "mx": "Mx"}


def default_language() -> str:
    """Of customers whose language nobody knows: the firm's."""
    return current_app.config["SETTINGS"].locale


class Addressee(Protocol):
    first_name: str
    last_name: str
    title: str
    salutation: str
    address_form: str
    language: str


def salutation_line(contact: Addressee, language: str = "") -> str:
    """"Sehr geehrte Frau Dr. Müller", "Guten Tag Anna Müller", "Hallo Anna"; without the comma that follows.

    `language` counts when the contact has none of its own. Never guesses a gender.
    """
    german = (contact.language or language or "en").startswith("de")
    if contact.address_form == "du" and contact.first_name:
        return f"{'Hallo' if german else 'Hello'} {contact.first_name}"
    return _german(contact) if german else _english(contact)


def _german(contact: Addressee) -> str:
    if contact.last_name and contact.salutation in _GERMAN:
        return " ".join(filter(None, (_GERMAN[contact.salutation], spoken_title(contact.title), contact.last_name)))
    greeting = "Hallo" if contact.address_form == "du" else "Guten Tag"
    return " ".join(filter(None, (greeting, _full_name(contact))))


def _english(contact: Addressee) -> str:
    form = spoken_title(contact.title).rstrip(".") or _ENGLISH.get(contact.salutation, "")
    if contact.last_name and form and contact.salutation:
        return f"Dear {form} {contact.last_name}"
    name = _full_name(contact)
    return f"Dear {name}" if name else "Hello"


def _full_name(contact: Addressee) -> str:
    if not (contact.first_name and contact.last_name):
        return contact.first_name or contact.last_name
    return " ".join(filter(None, (spoken_title(contact.title), contact.first_name, contact.last_name)))


def spoken_title(title: str) -> str:
    """The part of a title one is addressed by: Prof. and Dr., not Dipl.-Ing., M.Sc. or MBA; "Prof. Dr. Dr." as "Prof. Dr."."""
    found = dict.fromkeys(part.capitalize() for part in _SPOKEN_TITLES.findall(title))
    return " ".join(found)
