"""The built-in mail receiver (SMTP and LMTP). It answers 250 when a mail is on disk, and understands nothing: that is the intake's part.

Light on purpose: no application, no database, so that it keeps taking mail while everything else is down. Whatever goes wrong on our
side is answered with 4xx: the other side keeps the mail and comes again.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import shutil
import signal
import ssl
from collections.abc import Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from crm.inbox import spool
from crm.settings import Settings

log = logging.getLogger(__name__)
CHUNK = 256 * 1024
END = b"\r\n.\r\n"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
RESERVE = 32 * 1024 * 1024  # bytes that stay free on the disk, for the database
MOST_RECIPIENTS = 10_000
MOST_CONNECTIONS = 200
SILENCE = 300  # seconds without a command, or without a piece of a mail
LONGEST = 3600  # seconds for one mail altogether
NO_ROOM = "452 4.3.1 No space left, try again later"
NOT_STORED = "451 4.3.0 Could not be stored, try again later"
OUR_FAULT = "421 4.3.0 Something is wrong here, try again later"
TOO_LARGE = "552 5.3.4 Error: too much mail data"


class Receiver:
    """aiosmtpd's handler: any recipient, stored first. Knows the open connections of one listening address."""

    def __init__(self, settings: Settings, source: str):
        self.directory, self.source, self.largest = settings.spool_dir, source, settings.largest_bytes
        self.connections: set[Any] = set()
        self.tls = Certificate(settings) if settings.listen_certificate else None

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, said: list[str]) -> list[str]:  # noqa: N802
        """Nobody signs in here, so AUTH is not offered; commands may come in a row."""
        session.host_name = hostname
        return [line for line in said[:-1] if not line.startswith("250-AUTH")] + ["250-PIPELINING", said[-1]]

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if not self._has_room(options):
            return NO_ROOM
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    def _has_room(self, options: list[str]) -> bool:
        announced = next((int(option[5:]) for option in options if option.startswith("SIZE=") and option[5:].isdigit()), 0)
        return shutil.disk_usage(self.directory).free > RESERVE + announced

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients, send the others in another mail"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def store(self, coming: spool.Coming, envelope: Envelope) -> str:
        kept = spool.Envelope((envelope.mail_from or "").removeprefix("<>"), tuple(envelope.rcpt_tos), self.source)
        try:
            path = await asyncio.to_thread(coming.finish, kept)
        except OSError as error:
            return refused(error)
        return f"250 2.0.0 Stored as {path.stem}"

    async def handle_exception(self, error: Exception) -> str:
        """aiosmtpd would answer 500, and the other side would return the mail to its sender."""
        log.error("a connection failed", exc_info=error)
        return OUR_FAULT


def refused(error: OSError) -> str:
    log.error("a mail could not be stored: %s", error)
    return NO_ROOM if error.errno in FULL else NOT_STORED


class Certificate:
    """The certificate for STARTTLS, read again when the file has been renewed."""

    def __init__(self, settings: Settings):
        assert settings.listen_certificate is not None
        self.file, self.key = settings.listen_certificate, settings.listen_key
        self.read_at = 0
        self.context = self._read()

    def present(self) -> ssl.SSLContext:
        try:
            if self.file.stat().st_mtime_ns != self.read_at:
                self.context = self._read()
        except (OSError, ssl.SSLError) as error:  # half renewed: the one we have still works
            log.warning("the certificate %s cannot be read: %s", self.file, error)
        return self.context

    def _read(self) -> ssl.SSLContext:
        stamp, context = self.file.stat().st_mtime_ns, ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.file, self.key)
        self.read_at = stamp
        return context


class Gathering:
    """aiosmtpd reads a mail line by line into memory; we read it in large pieces, and put it onto the disk as it comes."""

    line_length_limit = CHUNK
    event_handler: Receiver

    def connection_made(self: Any, transport: asyncio.BaseTransport) -> None:
        self.event_handler.connections.add(self)
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self: Any, error: Exception | None) -> None:
        self.event_handler.connections.discard(self)
        super().connection_lost(error)  # type: ignore[misc]

    async def push(self: Any, status: Any) -> None:
        await super().push(status)  # type: ignore[misc]
        if status == OUR_FAULT and self.transport is not None:  # nobody knows where in the talk we are
            self.transport.close()

    async def smtp_DATA(self: Any, arg: str) -> None:  # noqa: N802
        if await self.check_helo_needed():
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        coming = spool.Coming(self.event_handler.directory)
        try:
            async with asyncio.timeout(LONGEST):
                answer = await self._gather(coming) or await self.event_handler.store(coming, self.envelope)
        finally:
            coming.give_up()
        answers = [answer] * (len(self.envelope.rcpt_tos) if self.event_handler.source == "lmtp" else 1)
        self._set_post_data_state()
        await self.push("\r\n".join(answers))  # LMTP answers for each recipient

    async def _gather(self: Any, coming: spool.Coming) -> str:
        """Everything up to the line with a single dot, doubled dots undone; why it is not taken, or nothing.

        What cannot be taken is read to its end all the same: the other side listens only then.
        """
        self._reader._buffer[:0] = b"\r\n"  # as if a line had ended: the mail may begin with its end
        data, trouble, lead = bytearray(), "", 2
        while not data.endswith(END):
            data += await self._piece()
            if coming.size + len(data) > self.event_handler.largest + len(END) + 2:
                trouble = trouble or TOO_LARGE
            if trouble:
                del data[: -len(END)]
            elif len(data) > CHUNK and not data.endswith(END):
                trouble, lead = await self._flush(coming, data, lead), 0
        return trouble or await self._add(coming, undoubled(data[:-3])[lead:])

    async def _piece(self: Any) -> bytes:
        """Up to the end, or as much as fits into the buffer; what the end may begin with stays there, so that it is found whole."""
        try:
            return await self._reader.readuntil(END)
        except asyncio.LimitOverrunError as overrun:
            self._reset_timeout()
            return await self._reader.readexactly(overrun.consumed)

    async def _flush(self: Any, coming: spool.Coming, data: bytearray, lead: int) -> str:
        """All but what the end may begin with, cut where no dot is torn from the line break before it."""
        cut = len(data) - len(END)
        while data.find(b"\r\n.", cut - 2, cut + 2) >= 0:
            cut -= 1
        piece = undoubled(data[:cut])[lead:]
        del data[:cut]
        return await self._add(coming, piece)

    async def _add(self, coming: spool.Coming, piece: bytes) -> str:
        try:
            if coming.size + len(piece) <= spool.SMALL:
                coming.add(piece)  # in memory
            else:
                await asyncio.to_thread(coming.add, piece)
        except OSError as error:
            coming.give_up()
            return refused(error)
        return ""


def undoubled(data: bytearray) -> bytes:
    return bytes(data.replace(b"\r\n.", b"\r\n") if data.find(b"\r\n.") >= 0 else data)


class ReceivingSMTP(Gathering, SMTP):
    pass


class ReceivingLMTP(Gathering, LMTP):
    pass


class TurnedAway(asyncio.Protocol):
    """One connection too many: it is told so, and comes again."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
        transport.close()


async def listen(settings: Settings, address: str) -> asyncio.Server:
    """A server on `host:port` (SMTP) or `lmtp:host:port`."""
    source = "lmtp" if address.startswith("lmtp:") else "smtp"
    host, _, port = address.removeprefix("lmtp:").removeprefix("smtp:").rpartition(":")
    settings.spool_dir.mkdir(parents=True, exist_ok=True)
    make = sessions(Receiver(settings, source), ReceivingLMTP if source == "lmtp" else ReceivingSMTP, asyncio.get_running_loop())
    return await asyncio.get_running_loop().create_server(make, host.strip("[]") or None, int(port), backlog=200)


def sessions(handler: Receiver, protocol: type, loop: asyncio.AbstractEventLoop) -> Callable[[], asyncio.Protocol]:
    def begin() -> asyncio.Protocol:
        if len(handler.connections) >= MOST_CONNECTIONS:
            return TurnedAway()
        session = protocol(handler, data_size_limit=handler.largest, enable_SMTPUTF8=True, decode_data=False, ident="Backbone", hostname="backbone",
                           timeout=SILENCE, tls_context=handler.tls.present() if handler.tls else None, loop=loop)
        session.command_size_limit = 2048
        return session

    return begin


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
