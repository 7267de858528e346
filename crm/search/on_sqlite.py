# ruff: noqa: S608 — statements made of names that stand in this file; nothing from outside
"""The index on SQLite: three FTS5 tables and the words that were ever seen.

Nothing is read that is not shown, however much there is:
- a beginning of up to twelve letters is an entry of its own (`prefix`), so that its documents come in order, without collecting them first;
- titles and all words have tables of their own and no positions (`detail=none`), because to skip what stands in another column is to read it;
- pages are small (`pgsz`), because to get from one kind to the next FTS5 jumps by pages and walks within them;
- numbers are cut into pieces of six digits, one from each place, so that a fragment is the beginning of a piece and not six common ones to be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, Text, bindparam, column, literal_column, select, table

from crm.search.models import span

PIECE = 6
TOKENS = "tokenize='unicode61 remove_diacritics 0', detail=none, columnsize=0"
BEGINNINGS = "prefix='1 2 3 4 5 6 7 8 9 10 11 12'"
LONGEST = 4000  # digits of one document

TABLES = ("search_head", "search_all", "search_digits")
OBJECTS = (
    f"CREATE VIRTUAL TABLE search_head USING fts5(head, content='search_documents', content_rowid='id', {TOKENS}, {BEGINNINGS})",
    f"CREATE VIRTUAL TABLE search_all USING fts5(head, words, content='search_documents', content_rowid='id', {TOKENS}, {BEGINNINGS})",
    f"CREATE VIRTUAL TABLE search_digits USING fts5(pieces, content='', {TOKENS}, prefix='3 4 5')",
    *(f"INSERT INTO {name}({name}, rank) VALUES ('pgsz', 300)" for name in TABLES),
    "CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab(search_all, 'row')",
    "CREATE TABLE search_terms (term TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE search_positions (position INTEGER PRIMARY KEY)",
    f"""INSERT INTO search_positions
         WITH RECURSIVE up(position) AS (SELECT 1 UNION ALL SELECT position + 1 FROM up WHERE position < {LONGEST}) SELECT position FROM up""",
)


def pieces(row: str) -> str:
    return f"(SELECT group_concat(substr({row}.digits, position, {PIECE}), ' ') FROM search_positions WHERE position < length({row}.digits) - 1)"


IS_WORD = "length({0}) > 2 AND {0} NOT GLOB '*[0-9]*'"  # numbers are not mistyped, or not noticeably
OPTIMISED = tuple(f"INSERT INTO {name}({name}) VALUES ('optimize')" for name in TABLES)
FILLED = (
    *(f"INSERT INTO {name}({name}) VALUES ('rebuild')" for name in ("search_head", "search_all")),
    f"INSERT INTO search_digits(rowid, pieces) SELECT id, {pieces('search_documents')} FROM search_documents WHERE digits <> '' ORDER BY id",
    f"INSERT INTO search_terms SELECT term FROM search_vocabulary WHERE {IS_WORD.format('term')}",
    *OPTIMISED,
)
TIDIED = (*OPTIMISED, "DELETE FROM search_terms WHERE term NOT IN (SELECT term FROM search_vocabulary)")

WORDS_IN = """INSERT INTO search_head(rowid, head) VALUES (new.id, new.head);
         INSERT INTO search_all(rowid, head, words) VALUES (new.id, new.head, new.words);
         INSERT INTO search_terms SELECT DISTINCT value FROM json_each('["' || replace(new.head || ' ' || new.words, ' ', '","') || '"]')
           WHERE """ + IS_WORD.format("value") + " AND value NOT IN (SELECT term FROM search_terms);"
WORDS_OUT = """INSERT INTO search_head(search_head, rowid, head) VALUES ('delete', old.id, old.head);
         INSERT INTO search_all(search_all, rowid, head, words) VALUES ('delete', old.id, old.head, old.words);"""
DIGITS_IN = f"INSERT INTO search_digits(rowid, pieces) SELECT new.id, {pieces('new')} WHERE new.digits <> '';"
DIGITS_OUT = f"INSERT INTO search_digits(search_digits, rowid, pieces) SELECT 'delete', old.id, {pieces('old')} WHERE old.digits <> '';"
TRIGGERS = {
    "search_added": f"AFTER INSERT ON search_documents BEGIN {WORDS_IN} {DIGITS_IN} END",
    "search_gone": f"AFTER DELETE ON search_documents BEGIN {WORDS_OUT} {DIGITS_OUT} END",
    "search_reworded": f"""AFTER UPDATE OF head, words ON search_documents WHEN old.head <> new.head OR old.words <> new.words
         BEGIN {WORDS_OUT} {WORDS_IN} END""",
    "search_renumbered": f"AFTER UPDATE OF digits ON search_documents WHEN old.digits <> new.digits BEGIN {DIGITS_OUT} {DIGITS_IN} END",
}
CREATED = (*OBJECTS, *FILLED, *(f"CREATE TRIGGER {name} {body}" for name, body in TRIGGERS.items()))
DROPPED = (
    *(f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS),
    *(f"DROP TABLE IF EXISTS {name}" for name in ("search_vocabulary", *TABLES, "search_terms", "search_positions")),
)


# — asking —————————————————————————————————————————————————————————————————————————————————————————————

def beginnings(words: Iterable[str]) -> str:
    return " AND ".join(f'"{word}"*' for word in words)


def either(choices: Iterable[Sequence[str]]) -> str:
    """One of each choice: as a beginning the first, which was typed; as a whole word the others."""
    return " AND ".join("(" + " OR ".join([f'"{typed}"*', *(f'"{word}"' for word in alike)]) + ")" for typed, *alike in choices)


def fragment(digits: str) -> str:
    if len(digits) < PIECE:
        return f'"{digits}"*'
    return " AND ".join(f'"{digits[at:at + PIECE]}"' for at in range(len(digits) - PIECE + 1))


def newest(where: str, kind: str, window: int) -> Select:
    """The ids of the newest `window` documents of a kind that answer the question, by 'digits', in the 'head', in 'all'."""
    index, (lowest, highest) = f"search_{where}", span(kind)
    found = table(index, column("rowid")).c.rowid
    asked = bindparam("digits" if where == "digits" else "words", type_=Text())
    return (
        select(found.label("id")).where(literal_column(index).op("MATCH")(asked), found.between(literal_column(str(lowest)), literal_column(str(highest))))
        .order_by(found.desc()).limit(literal_column(str(window)))
    )
