"""What the list of organisations is asked for, and names suggested while one is typed."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from crm.contacts.listing import COMMON_WORDS, Listing, found, gone, is_owner, is_view, owned
from crm.contacts.models import Organisation
from crm.contacts.queries import ORGANISATION_SORTS, organisation_tagged
from crm.extensions import db
from crm.folding import fold

SUGGESTED = 8


@dataclass(frozen=True)
class OrganisationListing(Listing):
    path, about, record = "/organisations", "organisation", Organisation
    sorts = ORGANISATION_SORTS
    usual = ("industry", "people", "owner", "last", "tags")
    columns_there = {"industry": _l("Industry"), "people": _l("People"), "owner": _l("Owner"), "last": _l("Last contact"), "tags": _l("Tags")}
    checks = {"owner": is_owner, "view": is_view}
    conditions = {
        "q": lambda value: Organisation.id.in_(found("organisation", value)),
        "owner": lambda value: owned(Organisation.owner_id, value),
        "tag": lambda value: organisation_tagged(fold(value)),
        "archived": lambda value: gone(Organisation.archived_at, value),
    }
    words = COMMON_WORDS


def named_like(text: str) -> list[str]:
    """Names of organisations that begin like `text`."""
    begin = fold(text[:200])
    if not begin:
        return []
    living = Organisation.archived_at.is_(None) & Organisation.merged_into_id.is_(None)
    names = select(Organisation.name).where(Organisation.sort_name.startswith(begin, autoescape=True), living)
    return list(db.session.scalars(names.order_by(Organisation.sort_name).limit(SUGGESTED)))
