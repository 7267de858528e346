"""Where a mail lies from the moment it is acknowledged until it is understood: one file each, on disk before anybody says 250.

A file holds the raw mail, then a footer: the envelope as JSON, its length and a mark. The footer comes last, so that a file without one
is a mail that was never acknowledged; and the raw bytes come first, so that the file itself becomes the blob of the mail: it is linked
into the blob store and cut to the length of the mail, and the bytes are written and synced once only. Needs no application.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from crm import clock

MARK = b"crm-mail"
TAIL = struct.Struct(f">I{len(MARK)}s")
READY, TAKING, COMING = ".mail", ".taking", ".coming"
SMALL = 1024 * 1024  # bytes of a mail that may stay in memory until it is whole
ABANDONED = 600  # seconds after which an unfinished file belongs to nobody any more


@dataclass(frozen=True)
class Envelope:
    """Who handed the mail over, for whom, through which door (smtp, lmtp, pipe, imap, api), and when."""

    sender: str = ""
    recipients: tuple[str, ...] = ()
    source: str = "smtp"
    received_at: datetime = field(default_factory=clock.now)
    sha256: str = ""


@dataclass(frozen=True)
class Spooled:
    """One mail in the spool."""

    path: Path
    raw: bytes
    envelope: Envelope


def write(directory: Path, raw: bytes, envelope: Envelope, suffix: str = READY) -> Path:
    """Put a mail into the spool. On return it is on disk; an OSError means that it is not, and must not be acknowledged."""
    path = _name(directory, suffix)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    try:
        _write_all(handle, raw, _footer(raw, envelope))
        os.fsync(handle)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    _sync(directory)
    return path


def write_pieces(directory: Path, pieces: Iterable[bytes], envelope: Envelope) -> tuple[Path, bytes, str]:
    """Like `write`, for a mail that comes piece by piece and is never whole in memory; with its first piece and its digest."""
    path, digest, first = _name(directory), hashlib.sha256(), b""
    try:
        with path.open("xb") as file:
            for piece in pieces:
                first = first or piece
                digest.update(piece)
                file.write(piece)
            file.write(_sealed(envelope, digest.hexdigest()))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    _sync(directory)
    return path, first, digest.hexdigest()


class Coming:
    """A mail that arrives from the network: small ones stay in memory, larger ones go to disk as they come.

    `add` and `finish` write, so they belong into a thread; `give_up` leaves nothing behind. Nobody takes it in before it is finished.
    """

    def __init__(self, directory: Path):
        self.directory, self.size = directory, 0
        self._kept: list[bytes] = []
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self._file is None and self.size <= SMALL:
            self._kept.append(piece)
            return
        if self._file is None:
            self._file = _name(self.directory, COMING).open("xb")
            for earlier in self._kept:
                self._write(earlier)
            self._kept.clear()
        self._write(piece)

    def _write(self, piece: bytes) -> None:
        assert self._file is not None
        self._digest.update(piece)
        self._file.write(piece)

    def finish(self, envelope: Envelope) -> Path:
        """As `write`: on return it is on disk."""
        if self._file is None:
            return write(self.directory, b"".join(self._kept), envelope)
        coming = Path(self._file.name)
        try:
            self._file.write(_sealed(envelope, self._digest.hexdigest()))
            self._file.flush()
            os.fsync(self._file.fileno())
        except BaseException:
            self.give_up()
            raise
        self._file.close()
        ready = coming.with_suffix(READY)
        coming.rename(ready)
        _sync(self.directory)
        return ready

    def give_up(self) -> None:
        self._kept.clear()
        if self._file is not None:
            with suppress(OSError):  # what could not be written, perhaps
                self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
            self._file = None


def _name(directory: Path, suffix: str = READY) -> Path:
    return directory / f"{time.time_ns():020}-{uuid4().hex[:12]}{suffix}"


def _write_all(handle: int, *parts: bytes) -> None:
    if os.writev(handle, parts) == sum(map(len, parts)):
        return
    os.lseek(handle, 0, os.SEEK_SET)
    with open(handle, "wb", closefd=False) as file:
        file.writelines(parts)


def _footer(raw: bytes, envelope: Envelope) -> bytes:
    return _sealed(envelope, hashlib.sha256(raw).hexdigest())


def _sealed(envelope: Envelope, sha256: str) -> bytes:
    known = asdict(envelope) | {"received_at": envelope.received_at.isoformat(), "sha256": sha256}
    text = json.dumps(known, separators=(",", ":")).encode()
    return text + TAIL.pack(len(text), MARK)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> Spooled | None:
    """The mail in a spool file; None while it is being written (or was left unfinished, hence not acknowledged)."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(content) < TAIL.size:
        return None
    length, mark = TAIL.unpack_from(content, len(content) - TAIL.size)
    start = len(content) - TAIL.size - length
    if mark != MARK or start < 0:
        return None
    known = json.loads(content[start : len(content) - TAIL.size])
    known |= {"received_at": datetime.fromisoformat(known["received_at"]), "recipients": tuple(known["recipients"])}
    return Spooled(path, content[:start], Envelope(**known))


def waiting(directory: Path, limit: int) -> list[Path]:
    """The oldest `limit` files, in the order in which they came."""
    names = sorted(entry.name for entry in os.scandir(directory) if entry.name.endswith(READY))
    return [directory / name for name in names[:limit]]


def keep(spooled: Spooled, blob: Path) -> None:
    """Let the file be the mail's blob as well. Nothing is copied; the footer is cut off when the spool lets go of it."""
    blob.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(spooled.path, blob)
    except FileExistsError:
        return  # the same bytes came before
    except OSError:  # a blob store on another disk
        scratch = blob.with_name(f".{uuid4().hex}")
        with scratch.open("wb") as file:
            file.write(spooled.raw)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(blob)


def release(spooled: Spooled, blob: Path) -> None:
    """The mail is in the database for good: what is left is its blob, without the footer."""
    try:
        if blob.stat().st_ino == spooled.path.stat().st_ino:
            os.truncate(blob, len(spooled.raw))
    except FileNotFoundError:
        pass
    spooled.path.unlink(missing_ok=True)


def hand_on(path: Path) -> Path:
    """A mail that its taker could not finish: from now on the intake's."""
    ready = path.with_suffix(READY)
    path.rename(ready)
    return ready


def tidy(directory: Path) -> None:
    """Adopt mails whose taker died, and remove files that were never finished (so never acknowledged)."""
    for path in _old(directory):
        if path.suffix == COMING or read(path) is None:
            path.unlink(missing_ok=True)
        elif path.suffix == TAKING:
            hand_on(path)


def _old(directory: Path) -> Iterator[Path]:
    horizon = time.time() - ABANDONED
    for entry in os.scandir(directory):
        if entry.name.endswith((READY, TAKING, COMING)) and entry.stat().st_mtime < horizon:
            yield Path(entry.path)
