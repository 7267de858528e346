"""The kinds of changes that many contacts can take at once. Each works on some hundred of them by a handful of statements, past the session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from crm.contacts.changes import Change, note
from crm.contacts.models import Contact
from crm.contacts.queries import tags_of
from crm.contacts.tags import Tag, contact_tags
from crm.extensions import db, fetch

Ids = Sequence[int]
PEOPLE = Contact.__table__


class Step(NamedTuple):
    """What one contact had, and has now; plain, as the journal keeps it."""

    contact_id: int
    before: Any
    after: Any


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class ColumnChange:
    """A column of the contact gets a value. Who has it already is left alone; with `only_empty` also who has any."""

    column: str
    value: Any
    only_empty: bool = False

    @property
    def key(self) -> str:
        return self.column

    @property
    def kept(self) -> Any:
        return plain(self.value)

    def carry_out(self, ids: Ids) -> list[Step]:
        before = {ident: value for ident, value in self._present(ids).items() if value is None or not (self.only_empty or value == self.value)}
        before = {ident: value for ident, value in before.items() if value != self.value}
        self._set(list(before), self.value)
        note(db.session, [Change(self.column, value, self.value, ident) for ident, value in before.items()])
        return [Step(ident, plain(value), self.kept) for ident, value in before.items()]

    def take_back(self, steps: Sequence[Step]) -> int:
        """How many could not be: somebody has changed them since."""
        present = self._present([step.contact_id for step in steps])
        untouched = [step for step in steps if step.contact_id in present and plain(present[step.contact_id]) == step.after]
        groups: dict[Any, list[int]] = defaultdict(list)
        for step in untouched:
            groups[step.before].append(step.contact_id)
        for value, ids in groups.items():
            self._set(ids, self._read(value))
        note(db.session, [Change(self.column, present[step.contact_id], self._read(step.before), step.contact_id) for step in untouched])
        return len(steps) - len(untouched)

    def _read(self, value: Any) -> Any:
        return datetime.fromisoformat(value) if self.column == "archived_at" and value else value

    def _present(self, ids: Ids) -> dict[int, Any]:
        return dict(fetch(select(Contact.id, getattr(Contact, self.column)).where(Contact.id.in_(ids), Contact.merged_into_id.is_(None))))

    def _set(self, ids: Ids, value: Any) -> None:
        if ids:
            db.session.execute(update(PEOPLE).where(PEOPLE.c.id.in_(ids)).values({self.column: value}))


@dataclass(frozen=True)
class OwnFieldChange:
    """A field of the firm's own gets a value; None takes it away."""

    field: str
    value: Any

    @property
    def key(self) -> str:
        return f"custom.{self.field}"

    @property
    def kept(self) -> Any:
        return self.value

    def carry_out(self, ids: Ids) -> list[Step]:
        present = self._present(ids)
        steps = [Step(ident, kept.get(self.field), self.value) for ident, kept in present.items() if kept.get(self.field) != self.value]
        self._write(present, {step.contact_id: self.value for step in steps})
        return steps

    def take_back(self, steps: Sequence[Step]) -> int:
        present = self._present([step.contact_id for step in steps])
        untouched = [step for step in steps if step.contact_id in present and present[step.contact_id].get(self.field) == step.after]
        self._write(present, {step.contact_id: step.before for step in untouched})
        return len(steps) - len(untouched)

    def _present(self, ids: Ids) -> dict[int, dict[str, Any]]:
        query = select(Contact.id, Contact.custom).where(Contact.id.in_(ids), Contact.merged_into_id.is_(None))
        return {ident: custom or {} for ident, custom in fetch(query)}

    def _write(self, present: Mapping[int, Mapping[str, Any]], values: Mapping[int, Any]) -> None:
        if not values:
            return
        rows = [{"this": ident, "those": {name: one for name, one in {**present[ident], self.field: value}.items() if one is not None}} for ident, value in values.items()]
        statement = update(PEOPLE).where(PEOPLE.c.id == bindparam("this")).values(custom=bindparam("those", type_=PEOPLE.c.custom.type))
        db.session.connection().execute(statement, rows)
        note(db.session, [Change(self.key[:80], present[ident].get(self.field), value, ident) for ident, value in values.items()])


@dataclass(frozen=True)
class TagsChange:
    """Tags are hung on or taken off. `tags`: their ids."""

    adds: bool
    tags: tuple[int, ...]
    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return "tags+" if self.adds else "tags-"

    @property
    def kept(self) -> Any:
        return list(self.names)

    def carry_out(self, ids: Ids) -> list[Step]:
        ids = list(db.session.scalars(select(Contact.id).where(Contact.id.in_(ids), Contact.merged_into_id.is_(None))))
        hanging, wanted = self._hanging(ids, self.tags), set(self.tags) if self.adds else set()
        steps = [Step(ident, sorted(hanging[ident]), sorted(wanted)) for ident in ids if hanging[ident] != wanted]
        _rehang(steps, [(step.contact_id, set(step.after) - set(step.before), set(step.before) - set(step.after)) for step in steps])
        return steps

    def take_back(self, steps: Sequence[Step]) -> int:
        """Tag by tag: one that somebody hung on or took off since is theirs."""
        tags = {tag for step in steps for tag in (*step.before, *step.after)}
        there, hanging = set(db.session.scalars(select(Tag.id).where(Tag.id.in_(tags)))), self._hanging([step.contact_id for step in steps], tags)
        living = set(db.session.scalars(select(Contact.id).where(Contact.id.in_(list(hanging)), Contact.merged_into_id.is_(None))))
        wanted, kept = [], 0
        for step in steps:
            came, went = set(step.after) - set(step.before), set(step.before) - set(step.after)
            add, remove = (went - hanging[step.contact_id]) & there, came & hanging[step.contact_id]
            kept += step.contact_id not in living or add != went or remove != came
            if step.contact_id in living:
                wanted.append((step.contact_id, add, remove))
        _rehang(steps, wanted)
        return kept

    @staticmethod
    def _hanging(ids: Ids, tags: Iterable[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {ident: set() for ident in ids}
        for ident, tag in fetch(select(contact_tags.c.contact_id, contact_tags.c.tag_id).where(contact_tags.c.contact_id.in_(ids), contact_tags.c.tag_id.in_(list(tags)))):
            found[ident].add(tag)
        return found


def _rehang(steps: Sequence[Step], wanted: Iterable[tuple[int, set[int], set[int]]]) -> None:
    """Contact, tags to hang on, tags to take off."""
    ids = [step.contact_id for step in steps]
    if not ids:
        return
    before = tags_of(ids)
    on, off = [], defaultdict(list)
    for ident, add, remove in wanted:
        on += [{"contact_id": ident, "tag_id": tag} for tag in add]
        for tag in remove:
            off[tag].append(ident)
    if on:
        db.session.execute(insert(contact_tags), on)
    for tag, owners in off.items():
        db.session.execute(delete(contact_tags).where(contact_tags.c.tag_id == tag, contact_tags.c.contact_id.in_(owners)))
    after = tags_of(ids)
    note(db.session, [Change("tags", ", ".join(before.get(ident, ())), ", ".join(after.get(ident, ())), ident) for ident in ids])


AnyChange = ColumnChange | OwnFieldChange | TagsChange


def again(key: str) -> AnyChange:
    """The change of a bulk edit that is in the journal, to take it back."""
    if key.startswith("tags"):
        return TagsChange(key == "tags+", ())
    return OwnFieldChange(key.removeprefix("custom."), None) if key.startswith("custom.") else ColumnChange(key, None)
