"""The feed: what happened with a contact, or with the people of an organisation, newest first, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from crm.accounts.models import Department, User
from crm.contacts import hierarchy
from crm.contacts.models import Contact
from crm.extensions import db
from crm.folding import fold
from crm.formatting import formats
from crm.timeline.kinds import KINDS
from crm.timeline.models import Interaction
from crm.touchpoints.models import Touchpoint

CLIPPED = 600  # characters of a text that a row carries; the whole is one click away
HIDDEN = tuple(key for key, kind in KINDS.items() if not kind.shown)
STANDING = and_(Interaction.superseded_by_id.is_(None), *(Interaction.kind != key for key in HIDDEN))


class Filters(NamedTuple):
    """What of the feed is wanted; empty fields want everything."""

    channel: str = ""
    kind: str = ""
    direction: str = ""
    touchpoint: int | None = None
    department: int | None = None
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    subsidiaries: str = ""  # of an organisation: "1" with those of everything that belongs to it

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value}


EVERYTHING = Filters()
KEYS = {"channel": Interaction.channel, "kind": Interaction.kind, "direction": Interaction.direction, "touchpoint": Interaction.touchpoint_id,
        "department": Interaction.department_id}


def feed(contact_id: int, viewer: Any, filters: Filters = EVERYTHING) -> Select:
    """The entries of one contact that `viewer` may see, as columns with the names joined. Order and limit are paginate's."""
    return within(_rows(formats().language), filters).where(Interaction.contact_id == contact_id, visible_to(viewer))


def feed_of_organisation(organisation_id: int, viewer: Any, filters: Filters = EVERYTHING) -> Select:
    """What happened with all its people, while they belonged to it; with those of its subsidiaries, if the filters say so."""
    return within(_rows(formats().language), filters).where(at_organisation(organisation_id, bool(filters.subsidiaries)), visible_to(viewer))


def feed_of_touchpoint(touchpoint_ids: Collection[int], viewer: Any) -> Select:
    """What happened at a touchpoint, and at those that were merged into it."""
    return _rows(formats().language).where(Interaction.touchpoint_id.in_(touchpoint_ids), visible_to(viewer))


def at_organisation(organisation_id: int, subsidiaries: bool = False) -> ColumnElement[bool]:
    if subsidiaries:
        return Interaction.organisation_id.in_(hierarchy.ids_below(organisation_id))
    return Interaction.organisation_id == organisation_id


@lru_cache(64)
def first_page(language: str, size: int) -> Select:
    """The newest entries of the contact `contact_id` for `viewer_id`: the statement of every contact page, built once."""
    seen = or_(Interaction.visibility == "all", Interaction.staff_id == bindparam("viewer_id"))
    newest_first = (Interaction.happened_at.desc(), Interaction.id.desc())
    return _rows(language).where(Interaction.contact_id == bindparam("contact_id"), seen).order_by(*newest_first).limit(size)


def entry(interaction_id: int, viewer: Any) -> Select:
    """One row of the feed."""
    return _rows(formats().language).where(Interaction.id == interaction_id, visible_to(viewer))


def interactions(viewer: Any) -> Select:
    """The entries themselves, as `viewer` may see them: what still stands."""
    return select(Interaction).where(STANDING, visible_to(viewer))


def visible_to(viewer: Any) -> ColumnElement[bool]:
    """Everybody sees the history; a private note only its author."""
    return or_(Interaction.visibility == "all", Interaction.staff_id == viewer.id)


def narrowed(query: Select, filters: Filters) -> Select:
    conditions = list(_conditions(filters, KEYS))
    return query.where(*conditions) if conditions else query


def within(query: Select, filters: Filters) -> Select:
    """Narrowed as well, but inside one history: the index on it must serve, not one on all purchases of everybody.

    SQLite, which knows little about how often a value occurs, is kept off the others by an expression in place of the column.
    """
    conditions = list(_conditions(filters, {name: func.coalesce(column, column) for name, column in KEYS.items()}))
    return query.where(*conditions) if conditions else query


def exists_for(contact_id: int) -> bool:
    """Whether there is such a contact; a merged one lives on under another id."""
    return db.session.scalar(select(Contact.id).where(Contact.id == contact_id, Contact.merged_into_id.is_(None))) is not None


def _conditions(filters: Filters, columns: Mapping[str, Any]) -> Iterable[ColumnElement[bool]]:
    for name, value in filters.given().items():
        if name in columns:
            yield columns[name] == value
    if filters.since:
        yield Interaction.happened_at >= filters.since
    if filters.until:
        yield Interaction.happened_at < filters.until
    for word in fold(filters.q).split():
        yield or_(*(folded(column).contains(word, autoescape=True) for column in (Interaction.subject, Interaction.body)))


@lru_cache(4)
def _rows(language: str) -> Select:
    """Built once per language: building costs more than running it."""
    body = func.substr(Interaction.body, 1, CLIPPED + 1).label("body")
    return (
        select(
            Interaction.id, Interaction.contact_id, Interaction.happened_at, Interaction.kind, Interaction.channel,
            Interaction.direction, Interaction.subject, body, Interaction.outcome, Interaction.self_rating, Interaction.amount, Interaction.data,
            Interaction.about_type, Interaction.about_id, Interaction.provenance, Interaction.visibility, Interaction.corrects_id,
            Interaction.touchpoint_id, Interaction.staff_id, User.name.label("staff"), _named(Touchpoint, language).label("touchpoint"),
            _named(Department, language).label("department"), Contact.display_name.label("contact"),
        )
        .join(Contact, Contact.id == Interaction.contact_id)
        .outerjoin(User, User.id == Interaction.staff_id)
        .outerjoin(Touchpoint, Touchpoint.id == Interaction.touchpoint_id)
        .outerjoin(Department, Department.id == Interaction.department_id)
        .where(STANDING)
    )


def _named(table: Any, language: str) -> ColumnElement:
    return func.coalesce(func.nullif(table.name_de, ""), table.name) if language == "de" else table.name


ACCENTS = {"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "Ä": "a", "Ö": "o", "Ü": "u", "é": "e", "è": "e", "á": "a", "ae": "a", "oe": "o", "ue": "u"}


def folded(column: Any) -> ColumnElement:
    """`crm.folding.fold` as far as SQL can: for searching within the history of one contact, where no index is needed."""
    text = func.lower(column)
    for accented, plain in ACCENTS.items():
        text = func.replace(text, accented, plain)
    return text
