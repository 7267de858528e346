"""Counters for the limits (sign-in, reset mails …), in one file of the data directory.

The web server runs as several processes and is started again now and then: counting in the memory of each would give an attacker
so many times more attempts. With Redis configured the counters are there, shared by several machines.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from limits.storage import Storage

SCHEME = "crm-file"
TIDIED = 0.01  # share of counts that also remove what has expired
COUNT = """
INSERT INTO counters (key, count, until) VALUES (:key, :amount, :until) ON CONFLICT (key) DO UPDATE SET
count = CASE WHEN until <= :now THEN :amount ELSE count + :amount END, until = CASE WHEN until <= :now THEN :until ELSE until END RETURNING count
"""


class FileStorage(Storage):
    """Fixed windows: a counter begins with the first attempt and is forgotten when its time is over."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool):
        super().__init__(uri, wrap_exceptions, **options)
        self.path = (uri or "").removeprefix(f"{SCHEME}://")

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=5, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=OFF")  # a power cut may cost the counts of the last moment
            connection.execute("CREATE TABLE IF NOT EXISTS counters (key TEXT PRIMARY KEY, count INTEGER, until REAL) WITHOUT ROWID")
            yield connection

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        with self._open() as connection:
            if random.random() < TIDIED:  # noqa: S311 — when to tidy, nothing secret
                connection.execute("DELETE FROM counters WHERE until <= ?", (now,))
            (count,) = connection.execute(COUNT, {"key": key, "amount": amount, "now": now, "until": now + expiry}).fetchone()
            return count

    def get(self, key: str) -> int:
        return self._one("SELECT count FROM counters WHERE key = ? AND until > ?", key) or 0

    def get_expiry(self, key: str) -> float:
        return self._one("SELECT until FROM counters WHERE key = ? AND until > ?", key) or time.time()

    def _one(self, query: str, key: str):
        with self._open() as connection:
            row = connection.execute(query, (key, time.time())).fetchone()
            return row[0] if row else None

    def check(self) -> bool:
        with self._open():
            return True

    def reset(self) -> int:
        with self._open() as connection:
            return connection.execute("DELETE FROM counters").rowcount

    def clear(self, key: str) -> None:
        with self._open() as connection:
            connection.execute("DELETE FROM counters WHERE key = ?", (key,))
