"""The whole program, started as a newcomer starts it: `crm run --demo` on free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ADMIN, PASSWORD = "julia@nordlicht.example", "espresso-2026"  # who works in German
MEMBER = "jonas@nordlicht.example"  # who works in English
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def eventually(look: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """The first thing true that `look` gives."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"still waiting for {what} after {seconds} s")


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[dict[str, str]]:
    """The demo office in `folder`; gives what it was started with, its address as CRM_BASE_URL."""
    port = free_port()
    environ = os.environ | {"CRM_DATA_DIR": str(folder), "CRM_BASE_URL": f"http://127.0.0.1:{port}", "CRM_LISTEN_SMTP": "", "CRM_LOCALE": "en"} | settings
    with (folder / "log").open("wb") as log:
        program = subprocess.Popen([sys.executable, "-m", "crm", "run", "--port", str(port), "--demo"], env=environ, stdout=log, stderr=log, cwd=ROOT)
        try:
            eventually(lambda: program.poll() is not None or answers(f"{environ['CRM_BASE_URL']}/readyz"), "the program to start", 120)
            assert program.poll() is None, (folder / "log").read_text()
            yield environ
        finally:
            program.send_signal(signal.SIGINT)
            program.wait(60)
