"""Asking the index: prefixes of words, fragments of numbers, and, when nothing is found, words that are nearly alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Select, literal_column, select, union_all

from crm.extensions import db, fetch
from crm.search import on_postgresql, on_sqlite, spelling
from crm.search.models import KINDS, SearchDocument
from crm.search.tokens import fragment, question

WINDOW = 24  # of each kind, so many of the newest hits are looked at; the best of them are shown
STEPS = ("digits", "head", "all")  # a number; the title; the whole document: in this order they are shown


class Hit(NamedTuple):
    kind: str
    record_id: int
    title: str
    detail: str


def find(asked: str, kinds: Sequence[str] = (), limit: int = 10) -> list[Hit]:
    """The best `limit` records for what was typed: titles before other words, then the newest."""
    return _look(asked, tuple(kinds) or KINDS, limit)[:limit]


def find_each(asked: str, kinds: Sequence[str], limit: int = 8) -> list[tuple[str, list[Hit]]]:
    """The best `limit` records of each of `kinds`, in that order, without the kinds that have none. No kind can hide another."""
    hits = _look(asked, tuple(kinds), limit)
    groups = [(kind, [hit for hit in hits if hit.kind == kind][:limit]) for kind in kinds]
    return [(kind, found) for kind, found in groups if found]


def _look(asked: str, kinds: tuple[str, ...], limit: int) -> list[Hit]:
    """The best of each kind, together in the order they are shown in; what is nearly alike only when there is nothing else."""
    words, digits = question(asked), fragment(asked)
    if not words:
        return []
    language = on_sqlite if _is_sqlite() else on_postgresql
    parameters = {"words": language.beginnings(words)} | ({"digits": language.fragment(digits)} if digits else {})
    found = _hits(_prepared(_is_sqlite(), STEPS if digits else STEPS[1:], kinds, limit), parameters)
    if not found and not digits and (choices := spelling.alike(words)):
        found = _hits(_prepared(_is_sqlite(), STEPS[2:], kinds, limit), {"words": language.either(choices)})
    return found


def _hits(statement: Select, parameters: dict[str, str]) -> list[Hit]:
    """Each record once, where it stands first."""
    return list(dict.fromkeys(Hit(*row) for row in fetch(statement, parameters)))


@lru_cache(64)
def _prepared(on_lite: bool, steps: tuple[str, ...], kinds: tuple[str, ...], limit: int) -> Select:
    """All steps for all kinds in one statement. Built once: building it costs more than running it."""
    make = on_sqlite.newest if on_lite else on_postgresql.newest
    branches = [select(_best(number, make(step, kind, max(limit, WINDOW)), limit).subquery()) for number, step in enumerate(steps) for kind in kinds]
    found = union_all(*branches).subquery().c
    return select(found.kind, found.record_id, found.title, found.detail).order_by(found.step, found.rank_at.desc().nulls_last(), found.id.desc())


def _best(step: int, newest: Select, limit: int) -> Select:
    """Of the newest documents found, those where something happened last."""
    found, document = newest.subquery(), SearchDocument.__table__.c
    shown = (document.id, document.kind, document.record_id, document.title, document.detail, document.rank_at)
    query = select(literal_column(str(step)).label("step"), *shown).join(found, found.c.id == document.id)
    return query.order_by(document.rank_at.desc().nulls_last(), document.id.desc()).limit(literal_column(str(limit)))


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
