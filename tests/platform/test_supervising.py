import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crm import supervising
from crm.supervising import Part, Supervisor


class Script(Part):
    """A part that runs a few lines of Python instead of one of ours."""

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-c", *self.arguments]


@pytest.fixture
def supervise(monkeypatch):
    """supervise(parts, while_running) runs them until `while_running` returns."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def run(parts: list[Part], while_running, **options) -> int:
        supervisor = Supervisor(parts, **options)

        def act() -> None:
            try:
                while_running()
            finally:
                supervisor.stopping.set()

        other = threading.Thread(target=act)
        other.start()
        try:
            return supervisor.run()
        finally:
            other.join()

    return run


SLEEP = "import time; time.sleep(60)"


def until(condition, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_a_part_that_is_killed_is_started_again(supervise, capfd):
    part = Script("worker", (SLEEP,))

    def kill() -> None:
        until(lambda: part.process)
        first = part.process
        first.kill()
        until(lambda: part.process and part.process is not first)

    assert supervise([part], kill) == 0
    assert "worker stopped (signal SIGKILL); starting it again." in capfd.readouterr().err


def test_crash_after_crash_is_answered_with_longer_and_longer_pauses():
    assert [supervising.pause(n) for n in (1, 2, 3, 4, 20)] == [0.0, 0.5, 1.0, 2.0, 30.0]


def test_the_others_wait_for_the_first_answer(supervise):
    ready = threading.Event()
    web, worker = Script("web", (SLEEP,), urgent=True), Script("worker", (SLEEP,))

    def watch() -> None:
        until(lambda: web.process)
        time.sleep(0.1)
        assert worker.process is None
        ready.set()
        until(lambda: worker.process)

    assert supervise([web, worker], watch, ready=ready.is_set) == 0


def test_what_cannot_start_at_all_ends_the_program(supervise, capfd, monkeypatch):
    web, over = Script("web", ("raise SystemExit(3)",), urgent=True), threading.Event()
    monkeypatch.setattr(Supervisor, "stop", lambda _self: over.set())  # nobody else ends the program before it does so itself
    assert supervise([web], lambda: over.wait(60), ready=lambda: False) == 1
    assert "web could not start" in capfd.readouterr().err


def test_stopping_ends_also_what_does_not_listen(supervise, monkeypatch, tmp_path):
    monkeypatch.setattr(supervising, "PATIENCE", 0.5)
    deaf = Script("deaf", (f"import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open({str(tmp_path / 'deaf')!r}, 'w').close(); time.sleep(300)",))
    started = time.monotonic()
    assert supervise([deaf], lambda: until((tmp_path / "deaf").exists)) == 0
    assert deaf.process.returncode == -signal.SIGKILL
    assert time.monotonic() - started < 200


def test_parts_die_with_us_even_when_we_are_killed(tmp_path: Path):
    child = f"from crm.supervising import follow_parent; follow_parent(); open({str(tmp_path / 'pid')!r}, 'w').write(str(__import__('os').getpid())); {SLEEP}"
    parent = (
        "import os, subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', sys.argv[1]], env={**os.environ, 'CRM_SUPERVISOR': str(os.getpid())})\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent, child])
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    pid = int((tmp_path / "pid").read_text())
    process.kill()
    process.wait()
    until(lambda: not alive(pid))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
