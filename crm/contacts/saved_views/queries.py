"""The views a person sees above a list, asked in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Integer, String, and_, bindparam, or_, select

from crm.accounts.models import User
from crm.contacts.listing import Listing
from crm.contacts.saved_views.models import FirstView, SavedView
from crm.extensions import fetch

Kind = TypeVar("Kind", bound=Listing)
ALL = "all"  # as view: the list as it is without one
_user, _list = bindparam("user", type_=Integer()), bindparam("list", type_=String())
_SEEN = and_(SavedView.list == _list, SavedView.archived_at.is_(None), or_(SavedView.owner_id == _user, SavedView.shared))
# One's own in one's own order, then those of others by name.
VISIBLE = (
    select(SavedView.id, SavedView.name, SavedView.shared, SavedView.owner_id, SavedView.filters, FirstView.view_id.is_not(None).label("first"), User.name.label("owner"))
    .join(User, User.id == SavedView.owner_id)
    .outerjoin(FirstView, and_(FirstView.view_id == SavedView.id, FirstView.user_id == _user, FirstView.list == SavedView.list))
    .where(_SEEN).order_by(SavedView.owner_id != _user, SavedView.position, SavedView.name, SavedView.id)
)


def visible(user_id: int, noun: str) -> Sequence[Any]:
    return fetch(VISIBLE, {"user": user_id, "list": noun})


@dataclass(frozen=True)
class Views:
    """What stands above the list: all views, the one that is open, and whether the list has been changed since."""

    all: Sequence[Any]
    current: Any = None
    changed: bool = False
    mine: bool = False


def opened(kind: type[Kind], arguments: Any, user_id: int) -> tuple[Kind, Views]:
    """The list that is asked for: by its filters, by a view alone, or, with nothing at all, by the view the person begins with."""
    views = visible(user_id, kind.path[1:])
    if arguments:
        current = next((view for view in views if str(view.id) == arguments.get("view")), None)
    else:
        current = next((view for view in views if view.first), None)
    if current is None:
        return kind.of(arguments), Views(views)
    kept = kind.of({**current.filters, "view": str(current.id)})
    listing = kept if set(arguments) <= {"view"} else kind.of(arguments)
    return listing, Views(views, current, listing != kept, current.owner_id == user_id)


def filters(listing: Listing) -> Mapping[str, str]:
    """What a view keeps of a list."""
    return {name: value for name, value in listing.pairs if name != "view"}
