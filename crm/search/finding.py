"""Asking the index: prefixes of words, fragments of numbers, and, when nothing is found, words that are nearly alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    union,
)

from crm.extensions import db, fetch
from crm.search.models import SearchDocument
from crm.search.tokens import fragment, question

WINDOW = 60  # hits looked at per step; the best of them are shown
NEARLY = 74  # rapidfuzz ratio (0 to 100) from which two words may be the same one mistyped
ALIKE = 0.2  # share of trigrams from which PostgreSQL looks at a document at all; "mluler" and "muller" have 0.27 in common


class Hit(NamedTuple):
    kind: str
    record_id: int
    title: str
    detail: str


class Step(NamedTuple):
    """One look into the index: `where` is 'digits', 'head' or 'all'; `asked` what is asked, in the language of the index."""

    where: str
    asked: str


def find(asked: str, kinds: Sequence[str] = (), limit: int = 10) -> list[Hit]:
    """The best `limit` records for what was typed: titles before other words, then the newest."""
    return _look(asked, kinds, max(limit, WINDOW), enough=limit)[:limit]


def find_each(asked: str, kinds: Sequence[str], limit: int = 8) -> list[tuple[str, list[Hit]]]:
    """The best `limit` records of each of `kinds`, in that order, without the kinds that have none.

    However many newer records of other kinds there are, they do not hide those of the first kind (people, in the search box).
    """
    hits = _look(asked, kinds, WINDOW)
    groups = [(kind, [hit for hit in hits if hit.kind == kind][:limit]) for kind in kinds]
    return [(kind, found) for kind, found in groups if found]


def _look(asked: str, kinds: Sequence[str], window: int, enough: int | None = None) -> list[Hit]:
    """The hits of one step after the other, until there are `enough`; what is nearly alike only when there is nothing else."""
    words, digits = question(asked), fragment(asked)
    if not words:
        return []
    steps = [Step("digits", f'"{digits}"' if _is_sqlite() else digits)] if digits else []
    found = _collect([*steps, *_by_words(words)], kinds, window, enough)
    if not found and not digits:
        found = _collect(_by_spelling(words), kinds, window, enough)
    return found


def _collect(steps: Iterable[Step], kinds: Sequence[str], window: int, enough: int | None) -> list[Hit]:
    found: dict[tuple[str, int], Hit] = {}
    for step in steps:
        if enough is not None and len(found) >= enough:
            break
        for row in fetch(_prepared(step.where, _is_sqlite(), tuple(kinds), window), {"asked": step.asked}):
            found.setdefault((row[0], row[1]), Hit(*row))
    return list(found.values())


@lru_cache(64)
def _prepared(where: str, on_sqlite: bool, kinds: tuple[str, ...], window: int) -> Select:
    """The newest `window` documents found, ordered for showing; of several kinds, titles of the first one are looked for apart.

    Built once: building a statement costs more than running it.
    """
    make = _newest_on_sqlite if on_sqlite else _newest
    asked_for = kinds if len(kinds) < 2 else (kinds[0], "") if where == "head" else ("",)
    newest = union(*[select(make(where, kind, window).subquery().c.id) for kind in asked_for or ("",)]).subquery()
    shown = (SearchDocument.kind, SearchDocument.record_id, SearchDocument.title, SearchDocument.detail)
    return select(*shown).join(newest, newest.c.id == SearchDocument.id).order_by(SearchDocument.rank_at.desc().nulls_last(), SearchDocument.id.desc())


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


# — the languages of the indexes ——————————————————————————————————————————————————————————————————————

ASKED = bindparam("asked", type_=Text())
EVERYTHING = SearchDocument.head.concat(literal_column("' '")).concat(SearchDocument.words)  # as the index of PostgreSQL is defined


def _newest_on_sqlite(where: str, kind: str, window: int) -> Select:
    """The newest `window` documents (of `kind`, unless empty) that answer the parameter `asked`: the index hands out the newest first,
    and skips other kinds by itself, so the older ones are never looked at."""
    index = "search_digits" if where == "digits" else "search_words"
    source = table(index, column("rowid"))
    asked = ASKED.concat(literal_column(f"' AND {{kind}} : {kind}'")) if kind and where != "digits" else ASKED
    query = select(source.c.rowid.label("id")).where(literal_column(index).op("MATCH")(asked))
    if kind and where == "digits":
        query = query.join(SearchDocument, SearchDocument.id == source.c.rowid).where(SearchDocument.kind == kind)
    return query.order_by(source.c.rowid.desc()).limit(window)


def _newest(where: str, kind: str, window: int) -> Select:
    """The same on PostgreSQL."""
    query = select(SearchDocument.id).where(_condition(where))
    if kind:
        query = query.where(SearchDocument.kind == kind)
    return query.order_by(SearchDocument.id.desc()).limit(window)


def _condition(where: str) -> ColumnElement[bool]:
    """By 'digits' (at least three, anywhere in a number), in the 'head', in 'all'."""
    if where == "digits":
        return SearchDocument.digits.contains(ASKED)
    haystack = SearchDocument.head if where == "head" else EVERYTHING
    return func.to_tsvector(literal_column("'simple'"), haystack).bool_op("@@")(func.to_tsquery(literal_column("'simple'"), ASKED))


def _by_words(words: Sequence[str]) -> list[Step]:
    """Each word begins some word of the title; then, of the whole document."""
    if _is_sqlite():
        asked = " AND ".join(f'"{word}"*' for word in words)
        return [Step("head", f"({{head}} : ({asked}))"), Step("all", f"({{head words}} : ({asked}))")]
    asked = " & ".join(f"'{word}':*" for word in words)
    return [Step("head", asked), Step("all", asked)]


def _by_spelling(words: Sequence[str]) -> list[Step]:
    """Like `_by_words`, with each word replaced by the words of the index that are nearly alike; nothing when there are none."""
    choices = [_nearly(word) for word in words]
    if not all(choices):
        return []
    quote, either, both = ('"', " OR ", " AND ") if _is_sqlite() else ("'", " | ", " & ")
    asked = both.join("(" + either.join(f"{quote}{word}{quote}" for word in found) + ")" for found in choices)
    return [Step("all", f"({{head words}} : ({asked}))" if _is_sqlite() else asked)]


def _nearly(word: str) -> list[str]:
    """Words of the index that could be `word` mistyped."""
    if len(word) < 3:
        return [word]
    known = _vocabulary(word) if _is_sqlite() else _spelled_alike(word)
    return [match[0] for match in process.extract(word, known, scorer=fuzz.ratio, score_cutoff=NEARLY, limit=8)]


def _vocabulary(word: str) -> list[str]:
    """SQLite: words of about the same length that begin with its first letter, or with its second (the two swapped)."""
    statement = text("SELECT term FROM search_vocabulary WHERE term >= :first AND term < :beyond AND length(term) BETWEEN :short AND :long")
    lengths = {"short": len(word) - 2, "long": len(word) + 2}
    return [term for first in {word[0], word[1]} for term in db.session.scalars(statement, {"first": first, "beyond": chr(ord(first) + 1), **lengths})]


def _spelled_alike(word: str) -> set[str]:
    """PostgreSQL: the words of the documents that share most trigrams with it."""
    db.session.execute(text("SELECT set_config('pg_trgm.word_similarity_threshold', :least, true)"), {"least": str(ALIKE)})
    nearest = select(EVERYTHING).where(EVERYTHING.bool_op("%>")(word)).order_by(func.word_similarity(word, EVERYTHING).desc()).limit(WINDOW)
    return {term for document in db.session.scalars(nearest) for term in document.split()}
