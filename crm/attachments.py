"""Files from outside: what they really are, and the one place that serves them. Nothing of them ever runs in our origin.

A file is saved, not shown, unless it is a picture or a PDF by its own bytes: what its sender or its name says counts for nothing.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from flask import Response, send_file

from crm import blobs

PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
PDF = "application/pdf"
UNKNOWN = "application/octet-stream"
PROGRAM, MACROS = "application/x-msdownload", "application/vnd.ms-office.macroenabled"
PROGRAMS = ((b"MZ", PROGRAM), (b"\x7fELF", "application/x-executable"), (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"), (b"#!", "application/x-sh"), (b"L\0\0\0\x01\x14\x02", "application/x-ms-shortcut"))
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
RUNNING_TYPES = frozenset((*(kind for _begins, kind in PROGRAMS), MACROS, "application/x-msdos-program", "application/javascript", "text/javascript", "application/hta", "application/java-archive"))
RUNNING = frozenset((
    "exe", "com", "scr", "pif", "bat", "cmd", "msi", "msp", "mst", "cpl", "dll", "jar", "js", "jse", "vbs", "vbe", "wsf", "wsh", "ps1", "psm1",
    "hta", "lnk", "url", "reg", "scf", "inf", "chm", "gadget", "application", "appref-ms", "iso", "img", "vhd", "vhdx", "one", "docm", "dotm",
    "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "ppam", "sldm", "xll", "slk", "iqy", "sh", "bash", "command", "app", "dmg", "pkg", "deb",
    "rpm", "apk", "py", "pl", "html", "htm", "xhtml", "shtml", "mht", "mhtml", "svg", "svgz",
))
AT_ONCE = 1024 * 1024  # bytes
LOOKED_AT = 16 * 1024  # bytes from the beginning, and as many from the end

# `sandbox` comes first: without allow-… what is opened has an origin of its own, runs nothing, sends no forms.
SAVED = "sandbox; default-src 'none'; frame-ancestors 'none'"
SHOWN = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
# A browser's reader of PDFs refuses to work in a sandbox; it is one itself.
SHOWN_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def sniffed(data: bytes, filename: str = "") -> str:
    """The type of a file by its content. The name only decides between formats that begin alike (documents that are zip archives)."""
    import puremagic  # a tenth of a second to import: only for those who need it

    sample = data if len(data) <= 2 * LOOKED_AT else data[:LOOKED_AT] + data[-LOOKED_AT:]
    try:
        found = puremagic.magic_string(sample, filename=filename or None)
    except (ValueError, puremagic.PureError):
        return UNKNOWN if b"\0" in sample or not _is_text(sample) else "text/plain"
    return found[0].mime_type or UNKNOWN


def _is_text(sample: bytes) -> bool:
    try:
        sample[:LOOKED_AT].decode()
    except UnicodeDecodeError as error:
        return error.start > LOOKED_AT - 4  # cut in the middle of a letter
    return bool(sample)


def carries_program(data: bytes) -> str:
    """The type of what a computer would carry out, by its bytes and whatever it is called: a program, or a document with macros. '' for all else."""
    for begins, kind in PROGRAMS:
        if data.startswith(begins):
            return kind
    if data.startswith(b"PK") and b"vbaProject.bin" in data:
        return MACROS
    return MACROS if data.startswith(OLD_OFFICE) and any(name in data for name in (b"_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T", b"M\0a\0c\0r\0o\0s\0")) else ""


def can_run(filename: str, content_type: str) -> bool:
    """Whether opening it may carry something out on the reader's computer: by its name, or by what `carries_program` found when it came."""
    return content_type in RUNNING_TYPES or filename.lower().rstrip(". ").rpartition(".")[2] in RUNNING


def is_shown(content_type: str) -> bool:
    """Whether people may look at it without saving it."""
    return content_type in PICTURES or content_type == PDF


def download(data: bytes | str, filename: str, content_type: str) -> Response:
    """`data`, or the blob of that digest, to be saved under `filename`."""
    return _answer(data, filename, content_type, SAVED, saved=True)


def preview(digest: str, filename: str, content_type: str) -> Response:
    """To be looked at, if it is of a kind that may; else to be saved."""
    if not is_shown(content_type):
        return download(digest, filename, content_type)
    response = _answer(digest, filename, content_type, SHOWN_PDF if content_type == PDF else SHOWN, saved=False)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _source(data: bytes | str) -> Path | BytesIO:
    """Large files are read as they are sent, small ones at once."""
    if isinstance(data, bytes):
        return BytesIO(data)
    path = blobs.path(data)
    return path if path.stat().st_size > AT_ONCE else BytesIO(path.read_bytes())


def _answer(data: bytes | str, filename: str, content_type: str, policy: str, *, saved: bool) -> Response:
    response = send_file(_source(data), mimetype=content_type if content_type.isascii() else UNKNOWN, as_attachment=saved, download_name=filename)
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
