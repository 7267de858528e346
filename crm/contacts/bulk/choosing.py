"""What the bar below a selection offers, and what was chosen there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from crm import clock
from crm.accounts.choices import staff
from crm.contacts import custom
from crm.contacts.bulk.changing import AnyChange, ColumnChange, OwnFieldChange, TagsChange
from crm.contacts.models import LIFECYCLES
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.contacts.tagging import split_names, tags_named
from crm.contacts.tags import Tag
from crm.extensions import db
from crm.folding import fold

MOST = 50_000  # contacts that are changed at once


class Misfit(ValueError):
    """Nothing can be changed like this; the reason is for whoever chose it."""


class Option(NamedTuple):
    value: str  # KEY:VALUE, or KEY: with the value typed beside it
    label: str
    typed: bool = False


class Group(NamedTuple):
    label: str
    options: list[Option]


def offered() -> list[Group]:
    """What can be changed, in groups."""
    groups = [
        Group(_("Tags"), [Option("tags+:", _("Add tags"), True), Option("tags-:", _("Remove tags"), True)]),
        Group(_("Lifecycle"), [Option(f"lifecycle:{key}", str(LIFECYCLE_LABELS[key])) for key in LIFECYCLES]),
        Group(_("Owner"), [Option("owner:", _("nobody")), *(Option(f"owner:{ident}", name) for ident, name in staff())]),
    ]
    fields = custom.defined("contact")
    groups += [Group(field.label, [*(Option(f"{field.path}:{field.written(value)}", label) for value, label in field.options()), Option(f"{field.path}:", _("nothing"))])
               for field in fields if field.kind in ("choice", "yes_no")]
    if typed := [Option(f"{field.path}:", field.label, True) for field in fields if field.kind not in ("choice", "yes_no")]:
        groups.append(Group(_("Own fields"), typed))
    return [*groups, Group(_("Lists"), [Option("archive:", _("Archive"))])]


def chosen(change: str, typed: str) -> AnyChange:
    """The change that was chosen; Misfit says why it is none."""
    key, _colon, value = change.partition(":")
    typed = typed.strip()[:2000]
    if key in ("tags+", "tags-"):
        return tags_change(key == "tags+", split_names(typed))
    if key == "archive":
        return ColumnChange("archived_at", clock.now(), only_empty=True)
    if key == "lifecycle" and value in LIFECYCLES:
        return ColumnChange("lifecycle", value)
    if key == "owner" and (not value or any(str(ident) == value for ident, _name in staff())):
        return ColumnChange("owner_id", int(value) if value else None)
    if key.startswith("custom."):
        return _own_field(key, value or typed)
    raise Misfit(_("Choose what to change."))


def tags_change(adds: bool, names: Sequence[str]) -> TagsChange:
    """Tags by their names; Misfit when none is left of them."""
    names = [name for name in names if fold(name)]
    if not names or any(len(name) > 60 for name in names):
        raise Misfit(_("Write the tags, with commas between them; each has at most 60 characters."))
    tags = tags_named(names) if adds else list(db.session.scalars(select(Tag).where(Tag.folded.in_([fold(name)[:60] for name in names]))))
    if not tags:
        raise Misfit(_("No tag is called that."))
    db.session.flush()
    return TagsChange(adds, tuple(tag.id for tag in tags), tuple(tag.name for tag in tags))


def _own_field(key: str, value: str) -> OwnFieldChange:
    field = next((field for field in custom.defined("contact") if field.path == key), None)
    if field is None:
        raise Misfit(_("Choose what to change."))
    try:
        return OwnFieldChange(field.key, field.read(value) if value else None)
    except custom.Unfit as unfit:
        raise Misfit(str(unfit)) from unfit


def wording(change: str, value: Any, owners: dict[int, str]) -> str:
    """A bulk edit in words: "Owner: Anna Agent"."""
    return "".join(_words(change, value, owners))


def _words(change: str, value: Any, owners: dict[int, str]) -> Iterator[str]:
    if change in ("tags+", "tags-"):
        yield (_("Tags added: %(names)s", names=", ".join(value)) if change == "tags+" else _("Tags removed: %(names)s", names=", ".join(value)))
    elif change == "archived_at":
        yield _("Archived") if value else _("Brought back")
    elif change == "lifecycle":
        yield f"{_('Lifecycle')}: {LIFECYCLE_LABELS.get(value, value)}"
    elif change == "owner_id":
        yield _("Owner: %(name)s", name=owners.get(value, "?") if value else _("nobody"))
    else:
        field = next((one for one in custom.defined("contact") if one.path == change), None)
        yield f"{field.label if field else change}: {(field.shown(value) if field else value) if value is not None else _('nothing')}"
