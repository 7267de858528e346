"""What another process of the web server does when it counts. By itself, so that starting one does not load the whole program."""

from __future__ import annotations

from crm.throttling import FileStorage


def count(path: str, times: int) -> None:
    storage = FileStorage(f"crm-file://{path}")
    for _ in range(times):
        storage.incr("key", 60)
