"""Tags as a whole: renamed, merged into another, deleted; each can be taken back exactly."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, Table, delete, func, insert, select

from crm.accounts.models import User
from crm.contacts.tags import Tag, contact_tags, organisation_tags
from crm.errors import Refused
from crm.extensions import db
from crm.folding import fold

HANGING: dict[str, Table] = {"contact_id": contact_tags, "organisation_id": organisation_tags}
CHUNK = 5000


def counted() -> Select:
    """Every tag with how many people and organisations have it."""
    numbers = (
        select(func.count()).select_from(table).where(table.c.tag_id == Tag.id).correlate(Tag).scalar_subquery().label(name)
        for name, table in (("people", contact_tags), ("firms", organisation_tags))
    )
    return select(Tag.id, Tag.name, *numbers).order_by(Tag.folded)


def namesake(name: str, besides: Tag | None = None) -> Tag | None:
    """The tag that is spelled like this, but for case and umlauts."""
    found = db.session.scalars(select(Tag).where(Tag.folded == fold(name)[:60])).first()
    return None if found is besides else found


def rename(tag: Tag, name: str) -> None:
    """Call it otherwise. Refused when another is called that: those two can be merged."""
    if namesake(name, besides=tag):
        raise Refused(_("There is a tag called %(name)s already. Merge the two instead.", name=name), "name")
    tag.name, tag.folded = name.strip()[:60], fold(name)[:60]


def remove(tag: Tag) -> dict[str, Any]:
    """Take it off everybody and away; what is needed to bring it back."""
    kept = {"name": tag.name, **{owner: _owners(owner, tag.id) for owner in HANGING}}
    _strip(tag)
    return kept


def merge(tag: Tag, into: Tag) -> dict[str, Any]:
    """Whoever has `tag` has `into` instead; what is needed to take it back: who had the one, and who of them lacked the other."""
    kept: dict[str, Any] = {"name": tag.name, "into": into.id}
    for owner, table in HANGING.items():
        had, there = _owners(owner, tag.id), set(_owners(owner, into.id))
        kept[owner], kept[f"new_{owner}"] = had, [ident for ident in had if ident not in there]
        _hang(table, owner, into.id, kept[f"new_{owner}"])
    _strip(tag)
    return kept


def bring_back(_by: User, payload: dict[str, Any]) -> str:
    """Undo of both: the tag is there again, on everybody who had it and still exists."""
    tag = namesake(payload["name"])
    if tag is None:
        tag = Tag(name=payload["name"], folded=fold(payload["name"])[:60])
        db.session.add(tag)
        db.session.flush()
    for owner, table in HANGING.items():
        _hang(table, owner, tag.id, sorted(_living(owner, payload.get(owner, [])) - set(_owners(owner, tag.id))))
        for part in _parts(payload.get(f"new_{owner}", [])):
            db.session.execute(delete(table).where(table.c.tag_id == payload["into"], table.c[owner].in_(part)))
    db.session.expire_all()
    return "/settings/tags"


def _owners(owner: str, tag_id: int) -> list[int]:
    table = HANGING[owner]
    return list(db.session.scalars(select(table.c[owner]).where(table.c.tag_id == tag_id).order_by(table.c[owner])))


def _living(owner: str, idents: list[int]) -> set[int]:
    (key,) = HANGING[owner].c[owner].foreign_keys
    return {ident for part in _parts(idents) for ident in db.session.scalars(select(key.column).where(key.column.in_(part)))}


def _hang(table: Table, owner: str, tag_id: int, idents: list[int]) -> None:
    if idents:
        db.session.execute(insert(table), [{owner: ident, "tag_id": tag_id} for ident in idents])


def _strip(tag: Tag) -> None:
    for table in HANGING.values():
        db.session.execute(delete(table).where(table.c.tag_id == tag.id))
    db.session.delete(tag)
    db.session.flush()
    db.session.expire_all()


def _parts(idents: list[int]) -> list[list[int]]:
    return [idents[start : start + CHUNK] for start in range(0, len(idents), CHUNK)]


UNDOERS = {"tag.removed": bring_back, "tag.merged": bring_back}
