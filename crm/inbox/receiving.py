"""The built-in mail receiver (SMTP and LMTP). It answers 250 when a mail is on disk, and understands nothing: that is the intake's part.

Light on purpose: no application, no database, so that it keeps taking mail while everything else is down.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from crm.inbox import spool
from crm.settings import Settings

log = logging.getLogger(__name__)
LARGEST = 50 * 1024 * 1024
CHUNK = 256 * 1024
END = b"\r\n.\r\n"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Receiver:
    """aiosmtpd's handler: any recipient, stored first."""

    def __init__(self, directory: Path, source: str):
        self.directory, self.source = directory, source

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        kept = spool.Envelope(envelope.mail_from or "", tuple(envelope.rcpt_tos), self.source)
        try:
            path = await asyncio.to_thread(spool.write, self.directory, raw, kept)
        except OSError as error:
            log.error("a mail could not be stored: %s", error)
            answer = "452 4.3.1 No space left, try again later" if error.errno in FULL else "451 4.3.0 Could not be stored, try again later"
        else:
            answer = f"250 2.0.0 Stored as {path.stem}"
        envelope.content = envelope.original_content = None
        return answer if self.source == "smtp" else "\r\n".join([answer] * len(envelope.rcpt_tos))  # LMTP answers for each recipient


class Gathering:
    """aiosmtpd reads a mail line by line; we read it in large pieces into one buffer: a mail of 30 MB in a fraction of a second."""

    line_length_limit = CHUNK

    async def smtp_DATA(self: Any, arg: str) -> None:  # noqa: N802
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._gather()
        if content is None:
            self._set_post_data_state()
            await self.push("552 5.3.4 Error: too much mail data")
            return
        self.envelope.content = self.envelope.original_content = content
        status = await self._call_handler_hook("DATA")
        self._set_post_data_state()
        await self.push(status)

    async def _gather(self: Any) -> bytes | None:
        """Everything up to the line with a single dot, doubled dots undone; None if it is larger than we said."""
        data, too_much = bytearray(b"\r\n"), False
        while not data.endswith(END):
            try:
                data += await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as overrun:
                data += await self._reader.readexactly(overrun.consumed)
            if too_much or len(data) > LARGEST + len(END) + 2:
                too_much = True
                del data[: -len(END)]
        if too_much:
            return None
        del data[-3:]
        if data.find(b"\r\n.") >= 0:
            data = data.replace(b"\r\n.", b"\r\n")
        return bytes(memoryview(data)[2:])


class ReceivingSMTP(Gathering, SMTP):
    pass


class ReceivingLMTP(Gathering, LMTP):
    pass


async def listen(settings: Settings, address: str) -> asyncio.Server:
    """A server on `host:port` (SMTP) or `lmtp:host:port`."""
    source = "lmtp" if address.startswith("lmtp:") else "smtp"
    host, _, port = address.removeprefix("lmtp:").removeprefix("smtp:").rpartition(":")
    protocol = ReceivingLMTP if source == "lmtp" else ReceivingSMTP
    settings.spool_dir.mkdir(parents=True, exist_ok=True)
    handler, loop = Receiver(settings.spool_dir, source), asyncio.get_running_loop()
    return await loop.create_server(lambda: _session(protocol, handler, loop), host.strip("[]") or None, int(port), backlog=200)


def _session(protocol: type, handler: Receiver, loop: asyncio.AbstractEventLoop) -> asyncio.Protocol:
    session = protocol(handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, decode_data=False, ident="Backbone", hostname="backbone",
                       timeout=300, loop=loop)
    session.command_size_limit = 2048
    return session


def serve(app_or_settings: Any, address: str | None = None) -> None:
    """Receive until told to stop (SIGTERM, SIGINT). The process of `crm receive`."""
    settings = app_or_settings if isinstance(app_or_settings, Settings) else app_or_settings.config["SETTINGS"]
    asyncio.run(_serve(settings, address or settings.listen_smtp or "127.0.0.1:2525"))


async def _serve(settings: Settings, address: str) -> None:
    server, stop = await listen(settings, address), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    log.info("receiving mail on %s", address)
    async with server:
        await stop.wait()
