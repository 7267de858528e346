"""Kill receiver and intake again and again while mail arrives, and count: every acknowledged mail is there exactly once.

    python -m tests.inbox.durability [ROUNDS] [MAILS]        (default 30 rounds, 1,000 mails)

CRM_DATABASE_URL in the environment chooses another database than SQLite; it must be empty.
"""

from __future__ import annotations

import os
import random
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from crm.inbox import spool
from tests.inbox.conftest import mail

PARTS = ("receiver", "intake")
PROGRAM = "from crm.cli import main; main()"


class House:
    """Receiver and intake as processes of their own, on a data directory of their own."""

    def __init__(self, folder: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        own = {"CRM_DATA_DIR": str(folder), "CRM_LISTEN_SMTP": f"127.0.0.1:{self.port}", "CRM_SECRET_KEY": "test"}
        self.environ = {**os.environ, **own}
        self.running: list[subprocess.Popen] = []

    def app(self):
        from crm import create_app
        from crm import settings as settings_module

        return create_app(settings_module.load(self.environ))

    def start(self) -> None:
        for part in PARTS:
            command = [sys.executable, "-c", PROGRAM, "part", part]
            self.running.append(subprocess.Popen(command, env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def kill(self) -> None:
        for process in self.running:
            process.send_signal(signal.SIGKILL)
        for process in self.running:
            process.wait()
        self.running.clear()


class Client(threading.Thread):
    """Sends each mail until it is acknowledged, like any mail server."""

    def __init__(self, port: int, mails: list[bytes]):
        super().__init__(daemon=True)
        self.port, self.mails, self.acknowledged = port, mails, 0
        self.connection: smtplib.SMTP | None = None

    def run(self) -> None:
        for raw in self.mails:
            while not self.hand_over(raw):
                time.sleep(0.02)
            self.acknowledged += 1
        if self.connection:
            self.connection.close()

    def hand_over(self, raw: bytes) -> bool:
        try:
            self.connection = self.connection or smtplib.SMTP("127.0.0.1", self.port, timeout=10)
            self.connection.sendmail("klara@kunde.example", ["service@firm.example"], raw)
        except (OSError, smtplib.SMTPException):
            if self.connection:
                self.connection.close()
            self.connection = None
            return False
        return True


def run(folder: Path, rounds: int, mails: int, seed: int = 1) -> Counter[str]:
    """How often each mail is in the database afterwards, by Message-ID."""
    house, chance = House(folder), random.Random(seed)
    prepare(house)
    ids = [f"<{number}@durability.example>" for number in range(mails)]
    client = Client(house.port, [mail(f"Nummer {number}", message_id=ident, sender=f"k{number % 50}@kunde.example") for number, ident in enumerate(ids)])
    house.start()
    client.start()
    for number in range(rounds):
        goal = (number + 1) * mails // (rounds + 1)
        wait(lambda goal=goal: client.acknowledged >= goal, f"mail {goal} is acknowledged")
        time.sleep(chance.random() * 0.3)
        house.kill()
        house.start()
    wait(lambda: client.acknowledged == mails, "all are acknowledged")
    client.join()
    # a file whose receiver was killed within it was never acknowledged, and may lie there for a while
    wait(lambda: not any(spool.read(path) for path in (folder / "spool").glob("*.mail")), "the spool is empty")
    house.kill()
    return count(house)


def prepare(house: House) -> None:
    from crm.extensions import db
    from crm.inbox.defaults import create_defaults

    with house.app().app_context():
        db.create_all()
        create_defaults()
        db.session.commit()
        db.engine.dispose()


def count(house: House) -> Counter[str]:
    from crm.extensions import db
    from crm.inbox.models import Message

    with house.app().app_context():
        found = Counter(db.session.scalars(db.select(Message.message_id)))
        db.session.remove()
        db.engine.dispose()
        return found


def wait(condition, what: str, patience: float = 180) -> None:
    until = time.monotonic() + patience
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"waited in vain until {what}")
        time.sleep(0.01)


def main() -> None:
    rounds, mails = (int(value) for value in (sys.argv[1:] + ["30", "1000"][len(sys.argv) - 1 :])[:2])
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), rounds, mails)
    twice = [ident for ident, times in found.items() if times > 1]
    print(f"killed {rounds} times, {mails} acknowledged, {len(found)} there, {len(twice)} more than once, {time.monotonic() - began:.0f} s")
    sys.exit(bool(twice) or len(found) != mails)


if __name__ == "__main__":
    main()
