"""One spelling per address, so that two ways of writing the same mail box or telephone number compare equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from flask import current_app, has_app_context
from flask_babel import gettext as _

from crm.folding import digits

_PLAIN_MAIL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_BLANKS = re.compile(r"\s+")
_WEB_PREFIX = re.compile(r"^(https?://)?(www\.)?")
LONGEST = 320
SHORTEST_PHONE, LONGEST_PHONE = 3, 20


def normalise(kind: str, value: str, region: str | None = None) -> str:
    """The comparable form of an address: lower-case mail with an ASCII (IDNA) domain, E.164 telephone number, bare handle.

    `region` (two letters) is the country of numbers written without one; default from the settings.
    Raises ValueError with words for the person who typed it. Looks nothing up in the network.
    """
    value = value.strip()
    if not value:
        raise ValueError(_("Enter an address."))
    if len(value) > LONGEST or not value.isprintable():
        raise ValueError(_("This is too long, or holds characters that cannot be printed."))
    return NORMALISERS[kind](value, region or default_region())


def comparable(kind: str, value: str, region: str | None = None) -> str:
    """`normalise`, but whatever cannot be understood is compared as it is written: a strange sender must not be lost."""
    try:
        return normalise(kind, value, region)
    except ValueError:
        return _BLANKS.sub(" ", value.replace("\0", "")).strip().casefold()[:LONGEST]


def default_region() -> str:
    return current_app.config["SETTINGS"].phone_region if has_app_context() else "DE"


def _email(value: str, _region: str) -> str:
    lower = value.lower()
    if _PLAIN_MAIL.fullmatch(lower):
        return lower
    return _unusual_email(value)


@lru_cache(maxsize=1024)
def _unusual_email(value: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # slow to import, and rarely needed

    try:
        found = validate_email(value, check_deliverability=False, allow_quoted_local=True, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(_("This is not a mail address. Write it like anna@example.com.")) from error
    return unicodedata.normalize("NFC", f"{found.local_part}@{found.ascii_domain}").lower()


@lru_cache(maxsize=4096)
def _phone(value: str, region: str) -> str:
    plain = digits(value)
    if not SHORTEST_PHONE <= len(plain) <= LONGEST_PHONE:
        raise ValueError(_("This is not a telephone number. Write it like +49 30 1234567."))
    import phonenumbers  # a third of a second to import: only for those who need it

    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return plain
    if not phonenumbers.is_possible_number(number):
        return plain
    extension = f"x{number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension


def _handle(value: str, _region: str) -> str:
    bare = _WEB_PREFIX.sub("", value.casefold()).strip("/").removeprefix("@")
    if not bare:
        raise ValueError(_("Enter the name used there, such as @anna."))
    return bare


def _customer_number(value: str, _region: str) -> str:
    """Blanks and case aside; leading zeros count, since numbers of several systems may differ only in them."""
    return _BLANKS.sub("", value).upper()


def _visitor(value: str, _region: str) -> str:
    return value


NORMALISERS: dict[str, Callable[[str, str], str]] = {
    "email": _email,
    "phone": _phone,
    "handle": _handle,
    "customer_number": _customer_number,
    "visitor": _visitor,
}


def reversed_digits(kind: str, normalised: str) -> str:
    """The digits of a telephone number from its end, so that "ends with" is a prefix an index can serve."""
    return digits(normalised)[::-1] if kind == "phone" else ""
