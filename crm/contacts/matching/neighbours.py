"""Which contacts are worth comparing with somebody? Asked of the indexes, in a handful of small questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, and_, or_, select

from crm.contacts.matching.nicknames import kin
from crm.contacts.matching.person import Person
from crm.contacts.matching.reading import END
from crm.contacts.matching.spelling import Spelled
from crm.contacts.models import Address, Contact, PostalAddress
from crm.contacts.normalising import reversed_digits
from crm.contacts.phonetics import AND, LONGEST, sound
from crm.extensions import fetch

MOST = 150  # of one kind
FIRST_SOUNDS = 2  # of the first name that must be heard in the same way
FIRST_LETTERS = 4  # of the last name, likewise
HIGHEST = "zzzz"  # sorts after all that follows, in every language


def around(person: Person, spelled: Spelled) -> set[int]:
    """The ids of contacts that share an address, sound alike, are written alike, or live in the same street. Merged ones stand for their survivors."""
    found: set[int] = set()
    for query in (*_by_address(person), *_by_name(spelled), *_by_place(person, spelled)):
        found.update(merged_into or ident for ident, merged_into in fetch(query.limit(MOST)))
    return found


def _by_address(person: Person) -> Iterator[Select]:
    known: dict[str, list[str]] = defaultdict(list)
    for kind, value in person.addresses:
        known[kind].append(value)
    ends = [backwards[:END] for value in known["phone"] if len(backwards := reversed_digits("phone", value)) >= END]
    conditions = [and_(Address.kind == kind, Address.normalised.in_(values)) for kind, values in known.items() if values]
    conditions += [Address.reversed_digits.between(end, end.ljust(40, "9")) for end in ends]
    for condition in conditions:
        yield _contacts().join(Address, Address.contact_id == Contact.id).where(condition)


def _by_name(spelled: Spelled) -> Iterator[Select]:
    """By sound and by letters, in both orders, and by the names that are short for each other."""
    if not (spelled.first and spelled.last):
        return
    firsts = [spelled.first, *sorted(kin(spelled.first))]
    yield _contacts().where(or_(*(_heard(spelled.last, first) for first in firsts), _heard(spelled.first, spelled.last)))
    yield _contacts().where(or_(_written(spelled.last, {first[0] for first in firsts}), _written(spelled.first, {spelled.last[0]})))


def _heard(last: str, first: str) -> ColumnElement[bool]:
    beginning = f"{sound(last)}{AND}{sound(first)[:FIRST_SOUNDS]}"
    return Contact.sound.between(beginning, beginning.ljust(LONGEST, "9"))


def _written(last: str, initials: set[str]) -> ColumnElement[bool]:
    beginning = last[:FIRST_LETTERS]
    letters = sorted({form for initial in initials for form in (initial, initial.upper())})
    return Contact.sort_name.between(beginning, beginning + HIGHEST) & or_(*(Contact.first_name.startswith(letter, autoescape=True) for letter in letters))


def _by_place(person: Person, spelled: Spelled) -> Iterator[Select]:
    word = max(person.street.split(), key=len, default="")[:FIRST_LETTERS]
    if spelled.postcode and len(word) == FIRST_LETTERS and word.isalpha():
        here = (PostalAddress.postcode == person.postcode.strip()) & PostalAddress.street.icontains(word, autoescape=True)
        yield _contacts().join(PostalAddress, PostalAddress.contact_id == Contact.id).where(here)


def _contacts() -> Select:
    return select(Contact.id, Contact.merged_into_id)
