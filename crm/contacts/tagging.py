"""Tags, given by their names; spelled differently they are still the same tag."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from crm.contacts.models import Contact, Organisation, Tag
from crm.extensions import db
from crm.folding import fold


def set_tags(tagged: Contact | Organisation, names: Iterable[str]) -> None:
    """Exactly these tags, those that are new being made."""
    wanted = tags_named(names)
    if {tag.folded for tag in wanted} != {tag.folded for tag in tagged.tags}:
        tagged.tags = wanted


def tags_named(names: Iterable[str]) -> list[Tag]:
    """One tag per name, found by its folded spelling or made."""
    wanted = {fold(name)[:60]: name.strip()[:60] for name in names if fold(name)}
    if not wanted:
        return []
    known = {tag.folded: tag for tag in db.session.scalars(select(Tag).where(Tag.folded.in_(wanted)))}
    if len(known) < len(wanted):  # perhaps made a moment ago, and not written yet
        known |= {tag.folded: tag for tag in db.session.new if isinstance(tag, Tag)}
    for folded, name in wanted.items():
        if folded not in known:
            known[folded] = Tag(name=name, folded=folded)
            db.session.add(known[folded])
    return [known[folded] for folded in wanted]


def split_names(text: str) -> list[str]:
    """"VIP, Newsletter; Messe" → three names."""
    return [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]


def suggested(written: str, most: int = 8) -> list[str]:
    """What a field with several names may become: what stands there already, and its last name filled in."""
    *before, last = written.replace(";", ",").split(",")
    begin = fold(last)
    if not begin:
        return []
    names = db.session.scalars(select(Tag.name).where(Tag.folded.startswith(begin, autoescape=True)).order_by(Tag.folded).limit(most))
    ahead = [name.strip() for name in before if name.strip()]
    return [", ".join([*ahead, name]) for name in names if name not in ahead]
