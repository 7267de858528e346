"""Kill the program again and again while mail comes in and goes out, and count: nothing lost, nothing twice, what is unknown is shown.

    python -m tests.faults.killing [--rounds 200] [--mails 2000] [--sent 1000] [--whole]

Receiver, intake and worker (with --whole: `crm run` and everything it started) get SIGKILL at a random moment: while starting, taking in,
sending, or idle. One peer hands mails over until they are acknowledged; another one takes what we send and writes down every Message-ID.
(For receiver and intake alone, killed much more often, see tests/inbox/durability.py.) CRM_DATABASE_URL in the environment chooses
another database than SQLite; it must be empty.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from crm.inbox import spool
from tests.faults.peers import Peer
from tests.inbox.conftest import mail
from tests.inbox.durability import Client, House, wait

PARTS = ("receiver", "intake", "worker")
LINGER = 0.03  # seconds the peer needs for a mail at most: so that some die while they wait for its answer


class Firm(House):
    """`crm run` in a data directory of its own, log in `log`."""

    def __init__(self, folder: Path, smtp_url: str = ""):
        super().__init__(folder)
        self.folder, self.web_port = folder, free_port()
        self.log = folder.with_name(f"{folder.name}.log")
        if smtp_url:
            self.environ["CRM_SMTP_URL"] = smtp_url

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

    def close(self) -> None:
        self.kill()


class Parts(Firm):
    """Receiver, intake and worker alone, forked from a process that has them loaded."""

    def __init__(self, folder: Path, smtp_url: str = ""):
        super().__init__(folder, smtp_url)
        subprocess.run([sys.executable, "-m", "crm", "migrate"], env=self.environ, check=True, capture_output=True)
        with self.log.open("ab") as log:
            self.warm = subprocess.Popen([sys.executable, "-m", "tests.faults.warm"], env=self.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        self.living: list[int] = []

    def start(self) -> None:
        assert self.warm.stdin is not None
        assert self.warm.stdout is not None
        for name in PARTS:
            self.warm.stdin.write(f"{name}\n")
            self.warm.stdin.flush()
            self.living.append(int(self.warm.stdout.readline()))

    def kill(self) -> None:
        for process in self.living:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        wait(lambda: not any(Path(f"/proc/{process}").exists() for process in self.living), "they are dead", 20)
        self.living.clear()

    def close(self) -> None:
        self.kill()
        self.warm.kill()
        self.warm.communicate()


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
    states: dict[str, str] = field(default_factory=dict)  # of what we sent, by Message-ID
    taken: Counter[str] = field(default_factory=Counter)  # by the peer, by Message-ID

    @property
    def missing(self) -> list[str]:
        return [ident for ident in self.acknowledged if ident not in self.messages]

    @property
    def twice(self) -> list[str]:
        return [ident for found in (self.messages, self.entries, self.taken) for ident, times in found.items() if times > 1]

    @property
    def untrue(self) -> list[str]:
        """Deliveries that are not what they say: sent and nobody has it, or neither sent nor shown as uncertain."""
        return [ident for ident, state in self.states.items() if state not in ("sent", "uncertain") or (state == "sent" and ident not in self.taken)]

    @property
    def uncertain(self) -> int:
        return sum(state == "uncertain" for state in self.states.values())


class CountingClient(Client):
    """Hands over no more mails than it may at the time, so that there are some in every round."""

    attempts = allowed = 0

    def hand_over(self, raw: bytes) -> bool:
        if self.acknowledged >= self.allowed:
            return False
        self.attempts += 1
        return super().hand_over(raw)


class Writer(threading.Thread):
    """Puts mails into the outbox, as a web process would that lives on: a few in each round."""

    def __init__(self, firm: Firm):
        super().__init__(daemon=True)
        self.application, self.wanted, self.written, self.closing = firm.app(), 0, 0, False

    def run(self) -> None:
        from crm.extensions import db
        from crm.outbox.sending import enqueue

        with self.application.app_context():
            while not self.closing:
                if self.written < self.wanted:
                    enqueue(to=[f"k{self.written}@kunde.example"], subject=f"Nummer {self.written}", text="Guten Tag")
                    db.session.commit()
                    self.written += 1
                else:
                    time.sleep(0.02)
            db.session.remove()
            db.engine.dispose()


def run(folder: Path, rounds: int, mails: int, sent: int = 0, *, whole: bool = True, seed: int = 1) -> Result:
    chance = random.Random(seed)
    ids = [f"<{number}@killing.example>" for number in range(mails)]
    raws = [mail(f"Nummer {n}", subject=ident, message_id=ident, sender=f"k{n % 50}@kunde.example") for n, ident in enumerate(ids)]
    with Peer() as peer:
        peer.says["dot"] = lambda: (time.sleep(chance.random() * LINGER), "250 taken")[1]
        firm = (Firm if whole else Parts)(folder, peer.url)
        client = CountingClient(firm.port, raws)
        try:
            firm.start()
            writer = Writer(firm) if sent else None
            for thread in filter(None, (client, writer)):
                thread.start()
            for number in range(rounds):
                client.allowed = (number + 1) * mails // rounds
                let_live(firm, client, writer, peer, chance, (number + 1) * sent // rounds)
                restart(firm, chance)
            wait(lambda: client.acknowledged == mails, f"all are acknowledged; see {firm.log}")
            client.join()
            wait(lambda: not any(spool.read(path) for path in (folder / "spool").glob("*.mail")), "the spool is empty")
            if writer:
                wait(lambda: writer.written == sent, "everything is written")
                writer.closing = True
                writer.join()
                wait(lambda: not unsettled(firm), "everything has left or is uncertain", 400)
        finally:
            firm.close()
        return count(firm, ids, client.attempts, peer)


def restart(firm: Firm, chance: random.Random) -> None:
    firm.kill()
    firm.start()
    if chance.random() < 0.2:  # again at once, before it stands
        time.sleep(chance.random())
        firm.kill()
        firm.start()


def let_live(firm: Firm, client: CountingClient, writer: Writer | None, peer: Peer, chance: random.Random, sent: int) -> None:
    """Until one or some mails have just come, or have just left; then a moment longer, which may be in the middle of the next one."""
    if writer is not None:
        writer.wanted = sent
    if writer is not None and chance.random() < 0.5:
        before, more = len(peer.mails), chance.randint(1, 3)
        look_until(lambda: len(peer.mails) >= before + more, 8)
        time.sleep(chance.random() * LINGER * 2)
    else:
        wanted = client.acknowledged + chance.randint(0, client.allowed - client.acknowledged)
        wait(lambda: client.acknowledged >= wanted, f"mail {wanted} is acknowledged; see {firm.log}")
        time.sleep(chance.random() ** 2 * 1.5)


def look_until(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)


def unsettled(firm: Firm) -> int:
    from crm.extensions import db
    from crm.outbox.models import Delivery

    time.sleep(0.5)
    with firm.app().app_context():
        left = db.session.scalar(db.select(db.func.count()).select_from(Delivery).where(Delivery.state.in_(("queued", "sending"))))
        db.session.remove()
        db.engine.dispose()
    return left or 0


def count(firm: Firm, ids: list[str], attempts: int, peer: Peer) -> Result:
    from crm.extensions import db
    from crm.inbox.models import Message
    from crm.outbox.models import Delivery
    from crm.timeline.models import Interaction

    with firm.app().app_context():
        messages = Counter(db.session.scalars(db.select(Message.message_id)))
        entries = Counter(db.session.scalars(db.select(Interaction.subject).where(Interaction.kind == "mail.received")))
        ours = db.select(Delivery.message_id, Delivery.state).where(Delivery.subject.startswith("Nummer "))
        states = {row.message_id: row.state for row in db.session.execute(ours)}
        db.session.remove()
        db.engine.dispose()
    return Result(ids, messages, entries, attempts, states, peer.ids)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, usual in (("rounds", 200), ("mails", 2000), ("sent", 1000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--whole", action="store_true", help="kill `crm run` with all its parts")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result = run(Path(folder) / "data", asked.rounds, asked.mails, asked.sent, whole=asked.whole, seed=asked.seed)
        drift = subprocess.run([sys.executable, "-m", "crm", "stats", "rebuild", "--check"], env={**os.environ, "CRM_DATA_DIR": f"{folder}/data"}, check=False)
    print(
        f"killed {asked.rounds} times and more; in: {asked.mails} acknowledged in {result.attempts} attempts, {len(result.missing)} missing; "
        f"out: {len(result.states)} mails, {len(result.untrue)} untrue, {result.uncertain} uncertain and shown "
        f"({sum(result.taken[ident] for ident, state in result.states.items() if state == 'uncertain')} of them had arrived); "
        f"{len(result.twice)} twice, statistics {'drifted' if drift.returncode else 'right'}, {time.monotonic() - began:.0f} s"
    )
    sys.exit(bool(result.missing or result.twice or result.untrue or len(result.states) != asked.sent or drift.returncode))


if __name__ == "__main__":
    main()
