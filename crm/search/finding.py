"""Asking the index: prefixes of words, fragments of numbers, and, when nothing is found, words that are nearly alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Select, column, func, literal_column, select, table, text

from crm.extensions import db
from crm.search.models import SearchDocument
from crm.search.tokens import fragment, question

WINDOW = 60  # hits looked at per step; the best of them are shown
NEARLY = 74  # rapidfuzz ratio (0 to 100) from which two words may be the same one mistyped


@dataclass(frozen=True)
class Hit:
    kind: str
    record_id: int
    title: str
    detail: str


def find(asked: str, kinds: Sequence[str] = (), limit: int = 10) -> list[Hit]:
    """The best `limit` records for what was typed: titles before other words, then the newest."""
    words, digits = question(asked), fragment(asked)
    if not words:
        return []
    steps = [_by_digits(digits)] if digits else []
    steps += [_by_words(words, "head"), _by_words(words, "all")]
    found = _collect(steps, kinds, limit)
    if not found and not digits and (nearly := _by_spelling(words)) is not None:
        found = _collect([nearly], kinds, limit)
    return found


def contact_ids(asked: str, limit: int = 200) -> list[int]:
    """The ids of the contacts found, best first: what lists of contacts narrow themselves to."""
    return [hit.record_id for hit in find(asked, ("contact",), limit)]


def _collect(steps: Iterable[ColumnElement[bool]], kinds: Sequence[str], limit: int) -> list[Hit]:
    found: dict[tuple[str, int], Hit] = {}
    for condition in steps:
        if len(found) >= limit:
            break
        for hit in db.session.execute(_hits(condition, kinds, max(limit, WINDOW))):
            found.setdefault((hit.kind, hit.record_id), Hit(hit.kind, hit.record_id, hit.title, hit.detail))
    return list(found.values())[:limit]


def _hits(condition: ColumnElement[bool], kinds: Sequence[str], window: int) -> Select:
    """The newest `window` documents that meet `condition`, ordered for showing."""
    query = select(SearchDocument.id).where(condition)
    if kinds:
        query = query.where(SearchDocument.kind.in_(kinds))
    newest = query.order_by(SearchDocument.id.desc()).limit(window).subquery()
    shown = (SearchDocument.kind, SearchDocument.record_id, SearchDocument.title, SearchDocument.detail)
    return select(*shown).join(newest, newest.c.id == SearchDocument.id).order_by(SearchDocument.rank_at.desc().nulls_last(), SearchDocument.id.desc())


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


def _by_words(words: Sequence[str], where: str) -> ColumnElement[bool]:
    """Each word begins some word of the title (`where` = 'head') or of the whole document ('all')."""
    if _is_sqlite():
        asked = " AND ".join(f'"{word}"*' for word in words)
        return _matches("search_words", f"{{head}} : ({asked})" if where == "head" else asked)
    asked = " & ".join(f"'{word}':*" for word in words)
    haystack = SearchDocument.head if where == "head" else SearchDocument.head.concat(literal_column("' '")).concat(SearchDocument.words)
    return func.to_tsvector(literal_column("'simple'"), haystack).bool_op("@@")(func.to_tsquery(literal_column("'simple'"), asked))


def _by_digits(digits: str) -> ColumnElement[bool]:
    """`digits` (at least three) stand somewhere in a number of the document."""
    return _matches("search_digits", f'"{digits}"') if _is_sqlite() else SearchDocument.digits.contains(digits)


def _matches(index: str, asked: str) -> ColumnElement[bool]:
    source = table(index, column("rowid"))
    return SearchDocument.id.in_(select(source.c.rowid).where(literal_column(index).op("MATCH")(asked)))


def _by_spelling(words: Sequence[str]) -> ColumnElement[bool] | None:
    """Like `_by_words`, with each word replaced by the words of the index that are nearly alike; None when there are none."""
    if not _is_sqlite():
        haystack = SearchDocument.head.concat(literal_column("' '")).concat(SearchDocument.words)
        alike = [literal_column("0.45") <= func.word_similarity(word, haystack) for word in words if len(word) > 2]
        near = [haystack.bool_op("%>")(word) for word in words if len(word) > 2]
        return _all(*near, *alike) if near else None
    choices = [_nearly(word) for word in words]
    if not all(choices):
        return None
    return _matches("search_words", " AND ".join("(" + " OR ".join(f'"{w}"' for w in found) + ")" for found in choices))


def _all(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    from sqlalchemy import and_

    return and_(*conditions)


def _nearly(word: str) -> list[str]:
    """Words of the index that could be `word` mistyped: the same first letter, or its first two letters swapped."""
    if len(word) < 3:
        return [word]
    starts = {word[0], word[1]}
    statement = text("SELECT term FROM search_vocabulary WHERE term >= :first AND term < :beyond AND length(term) BETWEEN :short AND :long")
    found: list[Any] = []
    for first in starts:
        bounds = {"first": first, "beyond": chr(ord(first) + 1), "short": len(word) - 2, "long": len(word) + 2}
        found += db.session.scalars(statement, bounds)
    return [match[0] for match in process.extract(word, found, scorer=fuzz.ratio, score_cutoff=NEARLY, limit=8)]
