# ruff: noqa: S608 — statements made of names that stand in this file; nothing from outside
"""The index on PostgreSQL: full text over titles and over all words, trigrams over numbers, and the words that were ever seen.

Each kind has indexes of its own (partial ones), so that what is common in one kind does not slow down the others, nor mislead the planner about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, literal_column, select

from crm.search.models import KINDS, SearchDocument, span

INDEXES = {
    "head": "(to_tsvector('simple', head))",
    "all": "(to_tsvector('simple', head || ' ' || words))",
    "digits": "(digits gin_trgm_ops)",
}
EVERYTHING = SearchDocument.head.concat(literal_column("' '")).concat(SearchDocument.words)  # as the index is defined
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


def newest(where: str, kind: str, window: int, common: bool) -> Select:
    """The ids of the newest `window` documents of a kind that answer the question, by 'digits', in the 'head', in 'all'.

    Unless a `common` one is asked for, the order is one that no index has: else the planner, who knows little about beginnings of words,
    walks through all documents from the newest on where the index would give him three.
    """
    lowest, highest = map(str, span(kind))
    order = SearchDocument.id if common or where == "digits" else SearchDocument.id + literal_column("0")
    of_kind = SearchDocument.kind == literal_column(f"'{kind}'"), SearchDocument.id.between(literal_column(lowest), literal_column(highest))
    return select(SearchDocument.id.label("id")).where(_holds(where), *of_kind).order_by(order.desc()).limit(literal_column(str(window)))


def _holds(where: str) -> ColumnElement[bool]:
    if where == "digits":
        return SearchDocument.digits.contains(bindparam("digits", type_=Text()))
    haystack = SearchDocument.head if where == "head" else EVERYTHING
    question = func.to_tsquery(literal_column("'simple'"), bindparam("words", type_=Text()))
    return func.to_tsvector(literal_column("'simple'"), haystack).bool_op("@@")(question)
