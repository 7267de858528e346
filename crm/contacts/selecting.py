"""Which contacts of a list somebody chose: those that are ticked, or all that fit the list's filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask_login import current_user
from sqlalchemy import Select

from crm.contacts.listing import Listing
from crm.contacts.queries import organisations_visible_to, visible_to
from crm.extensions import db
from crm.fields import ident_or_none

MOST_TICKED = 5000


@dataclass(frozen=True)
class Selection:
    """`whole`: everybody who fits the list; else those with these ids, in the order of the list."""

    listing: Listing
    ids: tuple[int, ...] = ()
    whole: bool = False

    @classmethod
    def of(cls, form: Any, kind: type[Listing]) -> Selection:
        """`list` is the address of the list, `id` are the ticked ones, `all` says that all are meant."""
        ticked = [ident_or_none(one) for value in form.getlist("id") for one in value.split(",")]
        return cls(kind.of(given(form.get("list", ""))), tuple(dict.fromkeys(one for one in ticked if one))[:MOST_TICKED], bool(form.get("all")))

    def __bool__(self) -> bool:
        return self.whole or bool(self.ids)

    @property
    def records(self) -> Select:
        query = organisations_visible_to(current_user) if self.listing.about == "organisation" else visible_to(current_user)
        return self.listing.applied(query) if self.whole else query.where(self.listing.record.id.in_(self.ids))

    def found(self, most: int | None = None) -> list[int]:
        """The ids in the order of the list; with `most` no more than one more than that."""
        column, descending = self.listing.order
        ident = self.listing.record.id
        order = (column.is_(None), column.desc(), ident.desc()) if descending else (column.is_(None), column.asc(), ident.asc())
        return list(db.session.scalars(self.records.with_only_columns(ident).order_by(*order).limit(most + 1 if most else None)))

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The same selection, for the hidden fields of a form."""
        chosen = [("all", "1")] if self.whole else [("id", ",".join(map(str, self.ids)))]
        return [("list", self.listing.with_()), *chosen]


def given(address: str) -> Mapping[str, str]:
    """The filters that stand in the address of a list; a field given twice counts once."""
    return {name: value.replace("\0", "") for name, value in parse_qsl(urlsplit(address[:4000]).query)} if "?" in address else {}
