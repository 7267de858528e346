# ruff: noqa: S608 — statements made of names that stand in this file; nothing from outside
"""The index on PostgreSQL: full text over titles and over all words, trigrams over numbers, and the words that were ever seen.

Each kind has indexes of its own (partial ones), so that what is common in one kind does not slow down the others, nor mislead the planner about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, literal_column, select, union

from crm.search.models import KINDS, SearchDocument, span

SOME, LAST = 1000, 300
INDEXES = {
    "head": "(to_tsvector('simple', head))",
    "all": "(to_tsvector('simple', head || ' ' || words))",
    "digits": "(digits gin_trgm_ops)",
}
USED = "SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', head || '' '' || words) FROM search_documents')"
IS_WORD = "~ '^[^0-9]{3,}$'"  # numbers are not mistyped, or not noticeably

FOLLOWING = f"""
CREATE FUNCTION search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_terms SELECT DISTINCT term FROM unnest(string_to_array(new.head || ' ' || new.words, ' ')) AS term
    WHERE term {IS_WORD} ORDER BY term ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$"""
CREATED = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    *(f"CREATE INDEX fts_search_{name}_{kind} ON search_documents USING gin {what} WHERE kind = '{kind}'" for name, what in INDEXES.items() for kind in KINDS),
    'CREATE TABLE search_terms (term TEXT COLLATE "C" PRIMARY KEY)',
    f"INSERT INTO search_terms SELECT word FROM ({USED}) AS used WHERE word {IS_WORD}",
    FOLLOWING,
    "CREATE TRIGGER search_follow AFTER INSERT OR UPDATE OF head, words ON search_documents FOR EACH ROW EXECUTE FUNCTION search_follow()",
)
DROPPED = (
    "DROP TRIGGER IF EXISTS search_follow ON search_documents",
    "DROP FUNCTION IF EXISTS search_follow",
    "DROP TABLE IF EXISTS search_terms",
    *(f"DROP INDEX IF EXISTS fts_search_{name}_{kind}" for name in INDEXES for kind in KINDS),
)
TIDIED = (f"DELETE FROM search_terms WHERE term NOT IN ({USED})",)


# — asking —————————————————————————————————————————————————————————————————————————————————————————————

def beginnings(words: Iterable[str]) -> str:
    return " & ".join(f"'{word}':*" for word in words)


def either(choices: Iterable[Sequence[str]]) -> str:
    """One of each choice: as a beginning the first, which was typed; as a whole word the others."""
    return " & ".join("(" + " | ".join([f"'{typed}':*", *(f"'{word}'" for word in alike)]) + ")" for typed, *alike in choices)


def fragment(digits: str) -> str:
    return digits


def newest(where: str, kind: str, window: int) -> Select:
    """The ids of the newest `window` documents of a kind that answer the question, by 'digits', in the 'head', in 'all'.

    The indexes know no order. So no more than SOME hits are taken out of them, which nearly always are all; only when there are more,
    the LAST documents are looked through, where a word so common will stand. (Going back through all documents until enough are found, which the
    planner likes to do, takes seconds for a word that is common among records of another kind.)
    """
    some = select(SearchDocument.id).where(_is_of(kind), _holds(where, SearchDocument)).limit(_number(SOME)).cte(f"{where}_{kind}")
    lowest, highest = map(_number, span(kind))
    recent = select(SearchDocument).where(SearchDocument.id.between(lowest, highest)).order_by(SearchDocument.id.desc()).limit(_number(LAST)).subquery()
    many = select(func.count() >= _number(SOME)).select_from(some).scalar_subquery()
    both = union(select(some.c.id), select(recent.c.id).where(many, _holds(where, recent.c))).subquery()
    return select(both.c.id).order_by(both.c.id.desc()).limit(_number(window))


def _is_of(kind: str) -> ColumnElement[bool]:
    return SearchDocument.kind == literal_column(f"'{kind}'")  # written out, or the partial index does not count


def _holds(where: str, document: Any) -> ColumnElement[bool]:
    if where == "digits":
        return document.digits.contains(bindparam("digits", type_=Text()))
    haystack = document.head if where == "head" else document.head.concat(literal_column("' '")).concat(document.words)  # as the index is defined
    question = func.to_tsquery(literal_column("'simple'"), bindparam("words", type_=Text()))
    return func.to_tsvector(literal_column("'simple'"), haystack).bool_op("@@")(question)


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value))
