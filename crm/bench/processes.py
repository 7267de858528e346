"""Programs under measurement: started on free ports of this machine, awaited, weighed, ended."""

from __future__ import annotations

import http.client
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm.bench.datasets import DataSet


PATIENCE = 90.0  # seconds for a program to answer
MEGABYTE = 1024  # /proc counts in kB


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(data: DataSet, *command: str) -> Iterator[subprocess.Popen]:
    """`python -m COMMAND` until the block ends."""
    process = subprocess.Popen([sys.executable, "-m", *command], env=data.environ, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def serving(data: DataSet, *command: str) -> Iterator[int]:
    """A web server by `python -m COMMAND PORT`; yields the port when it answers."""
    port = free_port()
    with running(data, *command, str(port)) as process:
        until(lambda: answers(port, "/healthz") or answers(port, "/"), process)
        yield port


def until(arrived, process: subprocess.Popen, pause: float = 0.01) -> None:
    """Wait until `arrived()`; an end of the process before that is an error."""
    last = time.monotonic() + PATIENCE
    while not arrived():
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        if time.monotonic() > last:
            raise TimeoutError(f"{process.args!r} did not get there in {PATIENCE:.0f} s")
        time.sleep(pause)


def answers(port: int, path: str) -> bool:
    """Whether a page comes: 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def processor_seconds() -> float:
    """What all processes that we started and that have ended have worked so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# — weight ————————————————————————————————————————————————————————————————————————————————————————————


def weight(pid: int) -> tuple[float, float] | None:
    """Memory of a process and all below it in MB: as ps adds it up (RSS), and with shared pages counted once (PSS). Linux only."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    below = _family()
    found, ahead = [], [pid]
    while ahead:
        found.append(ahead.pop())
        ahead += below.get(found[-1], [])
    sizes = [_sizes(each) for each in found]
    return sum(rss for rss, _ in sizes) / MEGABYTE, sum(pss for _, pss in sizes) / MEGABYTE


def _family() -> dict[int, list[int]]:
    """Whose children are whose."""
    below: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        below.setdefault(parent, []).append(int(path.parent.name))
    return below


def _sizes(pid: int) -> tuple[int, int]:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0, 0
    kilobytes = {name: int(number) for name, number in re.findall(r"^(Rss|Pss):\s+(\d+) kB", text, re.MULTILINE)}
    return kilobytes.get("Rss", 0), kilobytes.get("Pss", 0)
