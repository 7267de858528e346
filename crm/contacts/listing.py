"""What a list is asked for: search, filters and order, read from the address of the page and written back into it. Each kind has its own filters: listing_contacts.py, organisations.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select

from crm.contacts.custom import OwnField, defined, filtering
from crm.contacts.custom.definitions import listed
from crm.fields import ident_or_none
from crm.formatting import formats

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
    columns_there: ClassVar[Mapping[str, Any]]  # key → label, of all columns but the name, in their order
    narrow: ClassVar[Mapping[str, str]] = {}  # key → class of columns that small screens leave out
    numeric: ClassVar[tuple[str, ...]] = ()
    usual: ClassVar[tuple[str, ...]]  # those that stand there when nobody chose

    about: ClassVar[str]  # whose own fields the list can be narrowed by
    record: ClassVar[Any]

    q: str = ""
    owner: str = ""
    tag: str = ""
    archived: str = ""
    sort: str = "name"
    view: str = ""  # the saved view it began with
    columns: str = ""  # keys with commas between them; none means the usual ones
    own: tuple[tuple[str, str], ...] = ()  # filters by own fields: (custom.KEY, value), see custom/filtering.py

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Self:
        given = {field.name: arguments.get(field.name, "").strip()[:100] for field in fields(cls) if field.name not in ("own", "columns")}
        given["columns"] = cls._sensible_columns(arguments)
        sensible = {name: value for name, value in given.items() if value and cls._makes_sense(name, value)}
        return cls(**sensible, own=filtering.given(cls.about, arguments))

    @classmethod
    def _sensible_columns(cls, arguments: Any) -> str:
        """In the order of the list, whatever the order they were ticked in."""
        asked = arguments.getlist("columns") if hasattr(arguments, "getlist") else [arguments.get("columns", "")]
        wanted = {name for value in asked for name in value[:4000].split(",")} - {""}
        return ",".join(name for name in (*cls.columns_there, *(field.path for field in defined(cls.about))) if name in wanted) if wanted else ""

    @classmethod
    def _makes_sense(cls, name: str, value: str) -> bool:
        if name == "sort":
            return value.removeprefix("-") in cls.sorts
        return name not in cls.checks or cls.checks[name](value)

    def with_(self, **changes: str) -> str:
        """The address of this list with some of its values changed."""
        wanted = self._unusual(self.__dict__ | changes) + [pair for pair in self.own if pair[0] not in changes]
        return self.path + (f"?{urlencode(wanted, safe=',')}" if wanted else "")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Everything that is not as usual, as the address has it."""
        return self._unusual(self.__dict__) + list(self.own)

    @classmethod
    def _unusual(cls, given: Mapping[str, str]) -> list[tuple[str, str]]:
        """A list that began with a view says its order, too: the view alone would mean the view as it was saved."""
        began = given["view"].isdigit()
        usual = _usual(cls)  # type: ignore[arg-type]  # the class is hashable, whatever its instances are
        return [(name, given[name]) for name in usual if given[name] != usual[name] or (name == "sort" and began)]

    @property
    def is_plain(self) -> bool:
        """Whether it is the list as the menu opens it."""
        return replace(self, view="") == type(self)()

    @property
    def query(self) -> str:
        """The filters as they stand behind an address of their own."""
        return self.with_().removeprefix(self.path)

    @property
    def cleared(self) -> str:
        """The address without any filter, in the same order and with the same columns."""
        return type(self)(sort=self.sort, view=self.view, columns=self.columns).with_()

    def sorted_by(self, name: str) -> str:
        """The address with the list sorted by a column; asking again turns it round."""
        return self.with_(sort=f"-{name}" if self.sort == name else name)

    def direction(self, name: str) -> str:
        """For aria-sort: how the column is sorted now."""
        if self.sort.lstrip("-") != name:
            return "none"
        return "descending" if self.order[1] else "ascending"

    @cached_property
    def shown(self) -> Sequence[str]:
        """The keys of the columns besides the name."""
        if self.columns:
            return self.columns.split(",")
        return [*self.usual, *(field.path for field in listed(self.about))]

    @property
    def labels(self) -> Mapping[str, str]:
        """Key → heading, in the reader's language."""
        return _labels(self.path, formats().voice)

    @property
    def classes(self) -> Mapping[str, str]:
        """Key → classes of its cells: on small screens the usual list leaves some out, a chosen one only what comes after the first three."""
        narrow = dict.fromkeys(self.shown[3:], "wide-only") if self.columns else self.narrow
        return defaultdict(str, {key: f"{'num ' if key in self.numeric else ''}{narrow.get(key, '')}".strip() for key in self.columns_there})

    @property
    def own_fields(self) -> list[OwnField]:
        """Those that are columns."""
        shown = self.shown
        return [field for field in defined(self.about) if field.path in shown]

    @property
    def choosable(self) -> list[tuple[str, Any, bool]]:
        """Key, label, and whether it is shown, of every column there can be."""
        shown = self.shown
        return [(key, label, key in shown) for key, label in (*self.columns_there.items(), *((field.path, field.label) for field in defined(self.about)))]

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


@cache
def _usual(kind: type[Listing]) -> Mapping[str, Any]:
    """The values that need not stand in the address. Looked up once: a page with its headings asks for it twelve times."""
    return {field.name: field.default for field in fields(kind) if field.name != "own"}


@cache
def _labels(path: str, _voice: str) -> Mapping[str, str]:
    """Worked out once: translating sixteen words costs a tenth of a page."""
    kind = next(one for one in Listing.__subclasses__() if one.path == path)
    return {key: str(label) for key, label in kind.columns_there.items()}


def found(kind: str, text: str) -> list[int]:
    """The ids of what the search finds for `text`."""
    return [hit.record_id for hit in current_app.extensions["finding"](text, (kind,), FOUND)]


def is_ident(value: str) -> bool:
    return ident_or_none(value) is not None


def is_view(value: str) -> bool:
    return value == "all" or is_ident(value)


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
