# ruff: noqa: S608 — statements made of names that stand in the code; nothing from outside
"""Words of long texts in their order, so that phrases are found: an index over any table with an `id` and folded `words`, in either database.

The search box has another kind of index (`on_sqlite.py`), made for beginnings of names and for looking at the newest of each kind only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, Text, bindparam, column, func, literal_column, select, table

from crm.folding import fold

LONGEST_WORD, MOST_WORDS = 60, 12_000
SHORT = 3  # letters; a shorter word stands for itself and is not the beginning of others
_TOKEN = re.compile(r"[^\W_]+")


def tokens(text: str) -> list[str]:
    """The folded words of a text in their order, no more than the index takes."""
    return [word[:LONGEST_WORD] for word in _TOKEN.findall(fold(text))[:MOST_WORDS]]


@dataclass(frozen=True)
class Words:
    """Words that stand beside each other; unless it is exact, the last may go on."""

    words: tuple[str, ...]
    exact: bool = False

    @property
    def goes_on(self) -> bool:
        return not self.exact and len(self.words[-1].lstrip("0")) >= SHORT


Choices = Sequence[Sequence[Words]]  # all of them, of each any


class FullText:
    """The index named `search_<name>` (on SQLite) or `fts_<name>` over a table of that name."""

    def __init__(self, name: str):
        self.name = name

    def create(self, connection: Connection) -> None:
        """Make it, of what is in the table."""
        for statement in self._on_sqlite() if connection.dialect.name == "sqlite" else self._on_postgresql():
            connection.exec_driver_sql(statement)

    def drop(self, connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            for trigger in ("added", "gone", "reworded"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS search_{self.name}_{trigger}")
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS search_{self.name}")
        else:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS fts_{self.name}")

    def tidy(self, connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"INSERT INTO search_{self.name}(search_{self.name}) VALUES ('optimize')")

    def _on_sqlite(self) -> Iterable[str]:
        index, taken_out = f"search_{self.name}", f"INSERT INTO search_{self.name}(search_{self.name}, rowid, words) VALUES ('delete', old.id, old.words);"
        put_in = f"INSERT INTO {index}(rowid, words) VALUES (new.id, new.words);"
        yield f"""CREATE VIRTUAL TABLE {index} USING fts5(words, content='{self.name}', content_rowid='id',
                  tokenize='unicode61 remove_diacritics 0', columnsize=0, prefix='3')"""
        yield f"INSERT INTO {index}({index}) VALUES ('rebuild')"
        yield f"CREATE TRIGGER {index}_added AFTER INSERT ON {self.name} BEGIN {put_in} END"
        yield f"CREATE TRIGGER {index}_gone AFTER DELETE ON {self.name} BEGIN {taken_out} END"
        yield f"CREATE TRIGGER {index}_reworded AFTER UPDATE OF words ON {self.name} WHEN old.words <> new.words BEGIN {taken_out} {put_in} END"

    def _on_postgresql(self) -> Iterable[str]:
        yield f"CREATE INDEX fts_{self.name} ON {self.name} USING gin (to_tsvector('simple', words))"

    def ids(self, asked: Choices, on_sqlite: bool, parameter: str) -> Select:
        """The ids of the rows that hold what is asked for, as a statement with one parameter of its own."""
        value = _for_sqlite(asked) if on_sqlite else _for_postgresql(asked)
        question = bindparam(parameter, value, type_=Text(), unique=True)
        if on_sqlite:
            index = f"search_{self.name}"
            found = table(index, column("rowid")).c.rowid
            return select(found.label("id")).where(literal_column(index).op("MATCH")(question))
        own = table(self.name, column("id"), column("words")).c
        indexed = func.to_tsvector(literal_column("'simple'"), own.words)
        return select(own.id).where(indexed.bool_op("@@")(func.to_tsquery(literal_column("'simple'"), question)))


def _for_sqlite(asked: Choices) -> str:
    return " AND ".join("(" + " OR ".join(f'"{" ".join(each.words)}"{" *" if each.goes_on else ""}' for each in group) + ")" for group in asked)


def _for_postgresql(asked: Choices) -> str:
    return " & ".join("(" + " | ".join(_in_a_row(each) for each in group) + ")" for group in asked)


def _in_a_row(each: Words) -> str:
    words = [f"'{word}'" for word in each.words]
    return "(" + " <-> ".join([*words[:-1], words[-1] + (":*" if each.goes_on else "")]) + ")"
