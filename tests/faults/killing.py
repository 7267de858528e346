"""Kill the whole program again and again while mail arrives, and count: every acknowledged mail is there exactly once.

    python -m tests.faults.killing [ROUNDS] [MAILS]        (default 30 rounds, 1,000 mails)

`crm run` and everything it started get SIGKILL at a random moment: while starting, migrating, taking in, or idle. (For receiver and
intake alone, killed much more often, see tests/inbox/durability.py.) CRM_DATABASE_URL in the environment chooses another database
than SQLite; it must be empty.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crm.inbox import spool
from tests.inbox.conftest import mail
from tests.inbox.durability import Client, House, wait


class Firm(House):
    """`crm run` in a data directory of its own, log in `log`."""

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.folder, self.web_port = folder, free_port()
        self.log = folder.with_name(f"{folder.name}.log")

    def start(self) -> None:
        command = [sys.executable, "-m", "crm", "run", "--port", str(self.web_port)]
        with self.log.open("ab") as log:
            self.running.append(subprocess.Popen(command, env=self.environ, stdout=log, stderr=log, start_new_session=True))

    def kill(self) -> None:
        """The program and all its children, which live in sessions of their own: whatever carries our data directory."""
        while processes := list(self.processes()):
            for process in processes:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            for process in self.running:
                process.wait()
        self.running.clear()

    def processes(self) -> Iterator[int]:
        mark = f"CRM_DATA_DIR={self.folder}".encode()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    yield int(entry.name)
            except OSError:
                continue


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Result:
    acknowledged: list[str]
    messages: Counter[str]  # by Message-ID
    entries: Counter[str]  # on the timeline, by subject
    attempts: int  # handed over, with those that were never acknowledged

    @property
    def missing(self) -> list[str]:
        return [ident for ident in self.acknowledged if ident not in self.messages]

    @property
    def twice(self) -> list[str]:
        return [ident for found in (self.messages, self.entries) for ident, times in found.items() if times > 1]


class CountingClient(Client):
    attempts = 0

    def hand_over(self, raw: bytes) -> bool:
        self.attempts += 1
        return super().hand_over(raw)


def run(folder: Path, rounds: int, mails: int, seed: int = 1) -> Result:
    firm, chance = Firm(folder), random.Random(seed)
    ids = [f"<{number}@killing.example>" for number in range(mails)]
    raws = [mail(f"Nummer {n}", subject=ident, message_id=ident, sender=f"k{n % 50}@kunde.example") for n, ident in enumerate(ids)]
    client = CountingClient(firm.port, raws)
    try:
        firm.start()
        client.start()
        for number in range(rounds):
            goal = (number + 1) * mails // (rounds + 1)
            wait(lambda goal=goal: client.acknowledged >= goal, f"mail {goal} is acknowledged; see {firm.log}")
            time.sleep(chance.random() ** 2 * 1.5)
            firm.kill()
            firm.start()
            if chance.random() < 0.3:  # again at once, before it stands
                time.sleep(chance.random())
                firm.kill()
                firm.start()
        wait(lambda: client.acknowledged == mails, f"all are acknowledged; see {firm.log}")
        client.join()
        wait(lambda: not any(spool.read(path) for path in (folder / "spool").glob("*.mail")), "the spool is empty")
    finally:
        firm.kill()
    return count(firm, ids, client.attempts)


def count(firm: Firm, ids: list[str], attempts: int) -> Result:
    from crm.extensions import db
    from crm.inbox.models import Message
    from crm.timeline.models import Interaction

    with firm.app().app_context():
        messages = Counter(db.session.scalars(db.select(Message.message_id)))
        entries = Counter(db.session.scalars(db.select(Interaction.subject).where(Interaction.kind == "mail.received")))
        db.session.remove()
        db.engine.dispose()
    return Result(ids, messages, entries, attempts)


def main() -> None:
    rounds, mails = (int(value) for value in (sys.argv[1:] + ["30", "1000"][len(sys.argv) - 1 :])[:2])
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result = run(Path(folder) / "data", rounds, mails)
        drift = subprocess.run([sys.executable, "-m", "crm", "stats", "rebuild", "--check"], env={**os.environ, "CRM_DATA_DIR": f"{folder}/data"}, check=False)
    print(
        f"killed {rounds} times and more; {mails} acknowledged in {result.attempts} attempts, {len(result.missing)} missing, "
        f"{len(result.twice)} twice, statistics {'drifted' if drift.returncode else 'right'}, {time.monotonic() - began:.0f} s"
    )
    sys.exit(bool(result.missing or result.twice or drift.returncode))


if __name__ == "__main__":
    main()
