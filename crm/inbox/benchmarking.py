"""How many durable mails a second become conversations: receiver and intake as two processes, one SMTP connection, end to end."""

from __future__ import annotations

import os
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text

PROGRAM = "from crm.cli import main; main()"
MAIL = """From: Kundin {n} <kundin{who}@kunde{firm}.example>
To: service@firm.example
Subject: Anfrage {n}
Message-ID: <{n}@bench.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Guten Tag,

meine Bestellung Nummer {n} ist noch nicht angekommen. Wann kann ich damit rechnen?

Viele Grüße
Kundin {n}
"""


def measure_intake(mails: int = 2000, database_url: str | None = None) -> float:
    """Mails a second from the first MAIL FROM until the last conversation is committed. In a data directory of its own.

    `database_url`: an empty database to measure in; SQLite if left out.
    """
    with tempfile.TemporaryDirectory(prefix="crm-bench-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environ = {**os.environ, "CRM_DATA_DIR": folder, "CRM_LISTEN_SMTP": f"127.0.0.1:{port}", "CRM_SECRET_KEY": "bench"}
        environ.pop("CRM_DATABASE_URL", None)
        environ |= {"CRM_DATABASE_URL": database_url} if database_url else {}
        subprocess.run([sys.executable, "-c", PROGRAM, "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)
        parts = [subprocess.Popen([sys.executable, "-c", PROGRAM, "part", part], env=environ) for part in ("receiver", "intake")]
        try:
            return _measure(mails, port, database_url or f"sqlite:///{Path(folder) / 'crm.sqlite'}")
        finally:
            for part in parts:
                part.terminate()
                part.wait()


def _measure(mails: int, port: int, database_url: str) -> float:
    messages = [MAIL.format(n=n, who=n % (mails // 2 or 1), firm=n % 97).encode() for n in range(mails)]
    connection = _connect(port)
    connection.sendmail("warm@up.example", ["service@firm.example"], MAIL.format(n="warm", who="up", firm=0).encode())
    _wait_for(1, database_url)
    began = time.perf_counter()
    for message in messages:
        connection.sendmail("kundin@kunde.example", ["service@firm.example"], message)
    _wait_for(mails + 1, database_url)
    took = time.perf_counter() - began
    connection.quit()
    return mails / took


def _connect(port: int) -> smtplib.SMTP:
    for _ in range(200):
        try:
            return smtplib.SMTP("127.0.0.1", port)
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the receiver does not answer")


def _wait_for(number: int, database_url: str, patience: float = 300) -> None:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    until = time.monotonic() + patience
    with engine.connect() as connection:
        while (connection.execute(text("SELECT max(id) FROM messages")).scalar() or 0) < number:
            connection.rollback()
            if time.monotonic() > until:
                raise TimeoutError(f"{number} messages did not appear")
            time.sleep(0.02)
    engine.dispose()
