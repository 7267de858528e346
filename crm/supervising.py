"""Child processes that live and die with us: started in order, started again when they crash, stopped together.

It loads neither Flask nor the database, so that it is up at once and stays small.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import click

STABLE = 10.0  # seconds a part must live for its next crash to count as the first
PATIENCE = 12.0  # seconds a part has for ending its work when we stop
LOOK = 0.1
LONGEST_PAUSE = 30.0


@dataclass
class Part:
    """One child: `crm part NAME …`. What is not `urgent` is loaded after the first answer, which it would only delay."""

    name: str
    arguments: Sequence[str] = ()
    urgent: bool = False
    process: subprocess.Popen | None = None
    started: float = 0.0
    crashes: int = 0
    again_at: float = field(default=0.0)

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "crm", "part", self.name, *self.arguments]

    def start(self) -> None:
        # In a session of its own: Ctrl+C reaches us alone, and we end the parts in good order.
        self.process = subprocess.Popen(self.command, env={**os.environ, PARENT: str(os.getpid())}, start_new_session=True)
        self.started = time.monotonic()

    def look(self, now: float) -> None:
        """Start it when it is due; when it has ended, note when it is due again."""
        if self.process is None:
            if now >= self.again_at:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.process = None
            self.crashes = 1 if now - self.started > STABLE else self.crashes + 1
            self.again_at = now + pause(self.crashes)
            click.echo(f"{self.name} stopped ({ending(code)}); starting it again.", err=True)

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def pause(crashes: int) -> float:
    """Seconds before the next start: none after a single crash, then longer and longer."""
    return 0.0 if crashes < 2 else min(LONGEST_PAUSE, 0.25 * 2 ** (crashes - 1))


def ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"


class Supervisor:
    """Runs the parts until SIGINT, SIGTERM or SIGHUP. Those that are not urgent wait until `ready()` says yes."""

    def __init__(self, parts: Sequence[Part], ready: Callable[[], bool] = lambda: True, announce: Callable[[], None] = lambda: None):
        self.parts = parts
        self.ready, self.announce = ready, announce
        self.stopping = threading.Event()

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        try:
            if not self.open():
                return 1
            while not self.stopping.wait(LOOK):
                for part in self.parts:
                    part.look(time.monotonic())
            return 0
        finally:
            self.stop()

    def open(self) -> bool:
        """Start the urgent parts and, once the program answers, the others. False when one ended before that."""
        urgent = [part for part in self.parts if part.urgent]
        for part in urgent:
            part.start()
        while not self.ready():
            if self.stopping.wait(0.02):
                return True
            if failed := [part.name for part in urgent if part.has_ended()]:
                click.echo(f"{failed[0]} could not start; the reason stands above.", err=True)
                return False
        for part in self.parts:
            if not part.urgent:
                part.start()
        self.announce()
        return True

    def stop(self) -> None:
        living = [part.process for part in self.parts if part.process and not part.has_ended()]
        for process in living:
            process.terminate()
        until = time.monotonic() + PATIENCE
        for process in living:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


PARENT = "CRM_SUPERVISOR"


def follow_parent() -> None:
    """End when the process that started us ends, however it ends. Call once, in the child's main thread."""
    parent = int(os.environ.get(PARENT, 0))
    if not parent:
        return
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it ended before we could ask
        sys.exit(0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def stop_on_signals() -> threading.Event:
    """Is set when this process is told to end."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop
