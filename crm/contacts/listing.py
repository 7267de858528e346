"""What a list is asked for: search, filters and order, read from the address of the page and written back into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, or_, select

from crm import clock
from crm.contacts.birthdays import is_near
from crm.contacts.custom import filtering
from crm.contacts.models import LIFECYCLES, Contact, Organisation
from crm.contacts.queries import SORTS, belongs_to, tagged
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.extensions import db
from crm.fields import ident_or_none
from crm.folding import fold

NOBODY = "none"  # as owner: what nobody looks after
FOUND = 200  # so many hits of a search are listed
Owners = Mapping[str, str]  # id as the address writes it → name


@dataclass(frozen=True)
class Listing:
    """One view of a list. Values that make no sense are as if they were not given: a link typed by hand still works."""

    path: ClassVar[str]
    sorts: ClassVar[Mapping[str, tuple[Any, bool]]]
    checks: ClassVar[Mapping[str, Callable[[str], bool]]]
    conditions: ClassVar[Mapping[str, Callable[[str], ColumnElement[bool]]]]
    words: ClassVar[Mapping[str, Callable[[str, Owners], str]]]

    about: ClassVar[str]  # whose own fields the list can be narrowed by
    record: ClassVar[Any]

    q: str = ""
    owner: str = ""
    tag: str = ""
    archived: str = ""
    sort: str = "name"
    own: tuple[tuple[str, str], ...] = ()  # filters by own fields: (custom.KEY, value), see custom/filtering.py

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Self:
        given = {field.name: arguments.get(field.name, "").strip()[:100] for field in fields(cls) if field.name != "own"}
        sensible = {name: value for name, value in given.items() if value and cls._makes_sense(name, value)}
        return cls(**sensible, own=filtering.given(cls.about, arguments))

    @classmethod
    def _makes_sense(cls, name: str, value: str) -> bool:
        if name == "sort":
            return value.removeprefix("-") in cls.sorts
        return name not in cls.checks or cls.checks[name](value)

    def with_(self, **changes: str) -> str:
        """The address of this list with some of its values changed."""
        own = tuple(pair for pair in self.own if pair[0] not in changes)
        wanted = replace(self, own=own, **{name: value for name, value in changes.items() if not name.startswith(filtering.PREFIX)})
        given = {field.name: getattr(wanted, field.name) for field in fields(self) if field.name != "own" and getattr(wanted, field.name) != field.default}
        given |= wanted.own
        return self.path + (f"?{urlencode(given)}" if given else "")

    @property
    def query(self) -> str:
        """The filters as they stand behind an address of their own."""
        return self.with_().removeprefix(self.path)

    @property
    def cleared(self) -> str:
        """The address without any filter, in the same order."""
        return type(self)(sort=self.sort).with_()

    def sorted_by(self, name: str) -> str:
        """The address with the list sorted by a column; asking again turns it round."""
        return self.with_(sort=f"-{name}" if self.sort == name else name)

    def direction(self, name: str) -> str:
        """For aria-sort: how the column is sorted now."""
        if self.sort.lstrip("-") != name:
            return "none"
        return "descending" if self.order[1] else "ascending"

    @property
    def shown(self) -> Sequence[str]:
        """The keys of the columns besides the name."""
        return ()

    @property
    def order(self) -> tuple[Any, bool]:
        """The column and whether its largest comes first."""
        column, descending = self.sorts[self.sort.removeprefix("-")]
        return column, descending != self.sort.startswith("-")

    def applied(self, query: Select) -> Select:
        """`query` narrowed to what is asked for; archived ones are seen only when asked for."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        asked = [make(given[name]) for name, make in self.conditions.items() if given[name] or name == "archived"]
        return query.where(*asked, *filtering.conditions(self.about, self.own))

    def chips(self, owners: Owners) -> list[tuple[str, str]]:
        """The filters in words, each with the address without it."""
        usual = [(word(getattr(self, name), owners), self.with_(**{name: ""})) for name, word in self.words.items() if getattr(self, name)]
        return usual + [(word, self.with_(**{name: ""})) for name, word in filtering.words(self.about, self.own)]


def found(kind: str, text: str) -> list[int]:
    """The ids of what the search finds for `text`."""
    return [hit.record_id for hit in current_app.extensions["finding"](text, (kind,), FOUND)]


def is_ident(value: str) -> bool:
    return ident_or_none(value) is not None


def is_owner(value: str) -> bool:
    return value == NOBODY or is_ident(value)


def owned(column: Any, value: str) -> ColumnElement[bool]:
    return column.is_(None) if value == NOBODY else column == int(value)


def gone(column: Any, value: str) -> ColumnElement[bool]:
    return column.is_not(None) if value else column.is_(None)


def owner_word(value: str, owners: Owners) -> str:
    return _("Owner: %(name)s", name=_("nobody") if value == NOBODY else owners.get(value, "?"))


COMMON_WORDS = {
    "q": lambda value, _owners: _("Search: %(text)s", text=value),
    "owner": owner_word,
    "tag": lambda value, _owners: _("Tag: %(name)s", name=value),
    "archived": lambda _value, _owners: _("Archived"),
}


# — contacts ——————————————————————————————————————————————————————————————————————————————————————————


def _silent(days: str) -> ColumnElement[bool]:
    cutoff = clock.now() - timedelta(days=int(days))
    return or_(Contact.last_interaction_at < cutoff, Contact.last_interaction_at.is_(None))


def _organisation_word(ident: str, _owners: Owners) -> str:
    name = db.session.scalar(select(Organisation.name).where(Organisation.id == int(ident)))
    return _("Organisation: %(name)s", name=name or "?")


@dataclass(frozen=True)
class ContactListing(Listing):
    path, about, record = "/contacts", "contact", Contact
    sorts = SORTS
    checks = {
        "owner": is_owner,
        "lifecycle": LIFECYCLES.__contains__,
        "organisation": is_ident,
        "silent": lambda value: 0 < (ident_or_none(value) or 0) <= 10_000,
        "birthday": lambda value: 0 < (ident_or_none(value) or 0) <= 366,
    }
    conditions = {
        "q": lambda value: Contact.id.in_(found("contact", value)),
        "owner": lambda value: owned(Contact.owner_id, value),
        "tag": lambda value: tagged(fold(value)),
        "archived": lambda value: gone(Contact.archived_at, value),
        "lifecycle": lambda value: Contact.lifecycle == value,
        "organisation": lambda value: belongs_to(int(value)),
        "silent": _silent,
        "birthday": lambda value: is_near(clock.today(), int(value)),
    }
    words = COMMON_WORDS | {
        "lifecycle": lambda value, _owners: str(LIFECYCLE_LABELS[value]),
        "organisation": _organisation_word,
        "silent": lambda value, _owners: _("Not spoken for %(days)s days", days=value),
        "birthday": lambda value, _owners: _("Birthday in the next %(days)s days", days=value),
    }

    lifecycle: str = ""
    organisation: str = ""
    silent: str = ""  # nobody has spoken to them for so many days
    birthday: str = ""  # within so many days, today being the first
