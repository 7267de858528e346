"""Large bytes by their content: raw mails, attachments. Written once, durably, under the SHA-256 of what they are."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from uuid import uuid4

from flask import current_app


def path(digest: str) -> Path:
    """Where the blob lies; the name is checked because digests come from rows that others may have restored or edited."""
    if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
        raise ValueError("not a blob digest")
    return current_app.config["SETTINGS"].blob_dir / digest[:2] / digest


def put(data: bytes, *, durable: bool = True) -> str:
    """Keep `data` and return its digest. On return it is on disk, unless `durable` is False (it can be made anew)."""
    digest = hashlib.sha256(data).hexdigest()
    target = path(digest)
    if target.exists():
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{uuid4().hex}")
    with scratch.open("wb") as file:
        file.write(data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    scratch.replace(target)
    if durable:
        sync_directory(target.parent)
    return digest


def take_alone(source: Path) -> str:
    """Keep a copy of the file `source`, read piece by piece, and return the name it lies under. On return it is on disk.

    Nothing else ever lies under that name, however alike, so that the one row that has it may `remove` it.
    """
    digest = hashlib.sha256(uuid4().bytes)
    root = current_app.config["SETTINGS"].blob_dir
    root.mkdir(parents=True, exist_ok=True)
    scratch = root / f".{uuid4().hex}"
    with source.open("rb") as file, scratch.open("wb") as copy:
        while piece := file.read(1 << 20):
            digest.update(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    target = path(digest.hexdigest())
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch.replace(target)
    sync_directory(target.parent)
    return target.name


def get(digest: str) -> bytes:
    return path(digest).read_bytes()


def remove(*names: str) -> None:
    """What was taken alone; harmless when it is gone already."""
    for name in filter(None, names):
        path(name).unlink(missing_ok=True)


def sync_directory(directory: Path) -> None:
    """Make names in `directory` durable too: a file survives a power cut only when its directory entry does."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
