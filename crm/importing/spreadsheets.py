"""Spreadsheets become text tables in a process of their own, which may take only so much memory and time: a file of 40 KB can claim to hold 17 billion cells."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from crm.importing.faults import Unreadable

MOST_UNPACKED = 400 << 20  # bytes of all parts together; a list of 500,000 people has about 200 MB
SECONDS = 120
CHUNK = 1 << 16
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
FAULTS = {3: "spreadsheet", 4: "no_sheet", 5: "bomb"}


def is_spreadsheet(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", OLD_EXCEL))


def to_text(source: Path, target: Path) -> None:
    """Write the first visible sheet with rows as CSV in UTF-8 to `target`. Raises Unreadable."""
    with source.open("rb") as file:
        packed = file.read(4) == b"PK\x03\x04"
    if packed:
        _refuse_bomb(source)
    command = [sys.executable, "-I", str(Path(__file__).with_name("converting.py")), str(source), str(target)]
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("bomb") from error
    if ended.returncode:
        raise Unreadable(FAULTS.get(ended.returncode, "bomb"))


def _refuse_bomb(source: Path) -> None:
    """Count what the parts really unpack to; what the archive says about itself may be a lie."""
    unpacked = 0
    try:
        with zipfile.ZipFile(source) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise Unreadable("bomb")
            for part in archive.infolist():
                with archive.open(part) as stream:
                    while piece := stream.read(CHUNK):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED:
                            raise Unreadable("bomb")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise Unreadable("spreadsheet") from error
