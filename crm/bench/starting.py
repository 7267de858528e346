"""How long `crm run` takes to its first answer on an existing database, and what its processes weigh."""

from __future__ import annotations

import time
from statistics import median

from crm.bench.datasets import DataSet
from crm.bench.processes import answers, free_port, running, until, weight

SETTLED = 4.0  # seconds after which every part has loaded


def start(data: DataSet, starts: int) -> float:
    """Seconds from the command to the first page: the sign-in form, rendered with data from the database. `data` is written to."""
    _once(data)  # so that compiled modules and the disk's cache are there, as on any start but the first
    return median(_once(data)[0] for _ in range(starts))


def memory(data: DataSet) -> tuple[float, float] | None:
    """MB of all processes of `crm run`, with mail receiver: (RSS, PSS)."""
    return _once(data, settled=SETTLED)[1]


def _once(data: DataSet, settled: float = 0.0) -> tuple[float, tuple[float, float] | None]:
    port, began = free_port(), time.monotonic()
    with running(data, "crm", "run", "--port", str(port), "--listen-smtp", f"127.0.0.1:{free_port()}") as process:
        until(lambda: answers(port, "/sign-in"), process)
        taken = time.monotonic() - began
        time.sleep(settled)
        return taken, weight(process.pid) if settled else None
