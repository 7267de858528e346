"""A mail server that does what a test tells it to: refuses at any stage, hangs up, falls silent, drips. It writes down what it took."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
STAGES = ("greeting", "ehlo", "mail", "rcpt", "data", "dot")
USUAL = {"greeting": "220 peer", "ehlo": "250-peer\r\n250-SIZE 90000000\r\n250 8BITMIME", "mail": "250 ok", "data": "354 go on", "dot": "250 2.0.0 taken",
         "rcpt": "250 ok", "rset": "250 ok", "quit": "221 bye", "noop": "250 ok", "starttls": "502 no", "auth": "535 5.7.8 no"}
DROP, SILENCE, DRIP, TAKE_AND_DROP, TAKE_AND_SILENCE = "drop", "silence", "drip", "take and drop", "take and silence"
Behaviour = str | Callable[[], str]


class Peer(socketserver.ThreadingTCPServer):
    """`with Peer() as peer:` → `peer.url`. `peer.says["dot"] = "451 later"`; `peer.refuses["otto@x.example"] = "550 no"`."""

    allow_reuse_address = daemon_threads = True
    block_on_close = False
    request_queue_size = 50

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.says: dict[str, Behaviour] = {}
        self.refuses: dict[str, str] = {}
        self.mails: list[tuple[list[str], bytes]] = []
        self.ids: Counter[str] = Counter()
        self.greeted = 0
        self.lock = threading.Lock()

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Peer:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what these tests are about."""

    def take(self, recipients: list[str], content: bytes) -> None:
        found = MESSAGE_ID.search(content)
        with self.lock:
            self.mails.append((recipients, content))
            if found:
                self.ids[found[1].decode()] += 1


class Talk(socketserver.StreamRequestHandler):
    server: Peer

    def handle(self) -> None:
        self.recipients: list[str] = []
        self.server.greeted += 1
        if not self.say("greeting"):
            return
        while line := self.rfile.readline(65536):
            verb = line.split(b":")[0].split()[0].decode("ascii", "replace").lower() if line.split() else ""
            if not self.answer("ehlo" if verb == "helo" else verb, line):
                return

    def answer(self, verb: str, line: bytes) -> bool:
        if verb == "mail":
            self.recipients = []
        if verb == "rcpt":
            return self.recipient(line)
        if verb == "data":
            return self.say("data") and (self.expected("data") != USUAL["data"] or self.content())
        return self.say(verb) and verb != "quit"

    def recipient(self, line: bytes) -> bool:
        address = line.partition(b"<")[2].partition(b">")[0].decode()
        if refusal := self.server.refuses.get(address):
            return self.put(refusal)
        if self.expected("rcpt").startswith("250"):
            self.recipients.append(address)
        return self.say("rcpt")

    def content(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False  # it went away within the mail: nothing was taken
            lines.append(line.removeprefix(b"."))
        said = self.expected("dot")
        if said.startswith("2") or said in (TAKE_AND_DROP, TAKE_AND_SILENCE):
            self.server.take(self.recipients, b"".join(lines))
        return self.put(said)

    def expected(self, stage: str) -> str:
        said = self.server.says.get(stage, USUAL.get(stage, "500 what"))
        return said() if callable(said) else said

    def say(self, stage: str) -> bool:
        return self.put(self.expected(stage))

    def put(self, said: str) -> bool:
        """Whether the talk goes on."""
        if said in (DROP, TAKE_AND_DROP):
            return False
        if said in (SILENCE, TAKE_AND_SILENCE):
            self.rfile.read(1)  # until the other side has had enough
            return False
        if said == DRIP:
            return self.drip()
        self.wfile.write(said.encode() + b"\r\n")
        return not said.startswith("421")

    def drip(self) -> bool:
        for _second in range(600):
            self.wfile.write(b"2")
            self.wfile.flush()
            time.sleep(0.05)
        return False
