"""Which parts of a mail are its text, which are attachments."""

import re
from html import escape
from typing import NamedTuple
from urllib.parse import unquote

from crm.mail import opaque
from crm.mail.charsets import clean, decode
from crm.mail.enclosed import MAILS, enclosed_html, enclosed_text, is_tnef, opened
from crm.mail.encodings import files_within
from crm.mail.headers import decode_words
from crm.mail.parts import Part, extension, read_tree, safe_name

META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.I)
READABLE = ("text/plain", "text/html", "text/enriched", "text/x-amp-html", "text/markdown", "application/xhtml+xml")
STEMS = {"text/plain": "document", "text/html": "document", "message/delivery-status": "delivery-status", "text/rfc822-headers": "headers"}
LONGEST_TEXT = 8_000_000
FRAME = re.compile(r"--|[ \t]|content-[a-z-]{2,40}[ \t]?:|mime-version:|$", re.I)
MOST_NAMES = 3000
ENRICHED = re.compile(r"<<|<param>[^<]{0,200}</param>|</?[\w-]{1,60}>", re.I)
PLACE = re.compile(r"<img\b[^>]{0,500}?\ssrc\s*=\s*[\"']?([^\"'\s>]{1,500})", re.I)
CID = re.compile(r"cid:([^\"'\s>)]+)", re.I)


class Bodies(NamedTuple):
    plain: str
    html: str
    attachments: list[tuple]  # (filename, content type, content id, inline, Part or bytes)


class Block(NamedTuple):
    """A stretch of the message, in one form or both."""

    plain: str = ""
    html: str = ""


def read_bodies(root: Part) -> Bodies:
    files: list[tuple] = []
    blocks = _blocks(root, files, at_top=True)
    has_html = any(block.html for block in blocks)
    has_plain = any(block.plain.strip() for block in blocks)
    plain = "\n".join(block.plain for block in blocks if block.plain) if has_plain else ""
    if has_html and has_plain and any(block.html and not block.plain.strip() for block in blocks):
        from crm.mail.html_text import html_to_text

        plain = "\n".join(block.plain or html_to_text(block.html) for block in blocks)
    html = "<br>\n".join(block.html or _as_html(block.plain) for block in blocks) if has_html else ""
    if not has_html and any(is_tnef(each) for each in files):
        html = enclosed_html(files)
    if files and (not (plain.strip() or html) or any(each[1] == "text/calendar" for each in files)):
        plain = enclosed_text(files, plain, alone=not html)
    if not (plain.strip() or html or files):
        plain = _unframed(root)
    return Bodies(plain, html, _named(_inlined(opened(files), html)))


def _unframed(root: Part) -> str:
    """The frame is so broken that nothing was found in it: the lines below the first delimiter that are no frame."""
    text = _normal(decode(root.raw[root.start : root.end][:LONGEST_TEXT], root.parameters.get("charset")))
    return "\n".join(line for line in text[max(0, text.find("\n--")) :].split("\n") if not FRAME.match(line)).strip()


def _as_html(text: str) -> str:
    return f"<div>{escape(text)}</div>".replace("\n", "<br>\n")


def _blocks(part: Part, files: list[tuple], at_top: bool) -> list[Block]:
    if part.children:
        return _multipart(part, files, at_top)
    if _is_body(part, at_top):
        return _text_block(part, files)
    if part.content_type in opaque.TYPES and at_top and (signed := opaque.signed_content(part.content)):
        # What was signed is the mail; the file stays, for whoever wants to check the signature.
        files.append((part.filename, _type(part), part.content_id, False, part))
        return _blocks(read_tree(signed), files, at_top)
    # Gateways strip inline pictures and leave an empty shell.
    if part.raw[part.start : min(part.end, part.start + 200)].strip() or (part.filename and part.disposition[0] != "inline"):
        files.append((part.filename, _type(part), part.content_id, part.disposition[0] == "inline", part))
    return []


def _type(part: Part) -> str:
    return part.content_type if part.main_type != "multipart" else "application/octet-stream"


def _is_body(part: Part, at_top: bool) -> bool:
    """Text that is meant to be read, not to be filed."""
    if part.main_type == "multipart":
        return True
    if part.content_type not in READABLE or (part.disposition[0] == "attachment" and (part.filename or not at_top)):
        return False
    return not part.filename or (at_top and part.disposition[0] != "attachment")


def _multipart(part: Part, files: list[tuple], at_top: bool) -> list[Block]:
    if part.content_type == "multipart/alternative":
        return _alternative(part, files)
    blocks: list[Block] = []
    for place, child in enumerate(part.children):
        first = at_top and place == 0
        if part.content_type == "multipart/related" and child.content_type == "text/html" and any(block.html for block in blocks):
            files.append((child.filename, child.content_type, child.content_id, False, child))
        else:
            blocks += _blocks(child, files, first)
    return blocks


def _alternative(part: Part, files: list[tuple]) -> list[Block]:
    """One stretch in several forms: the plain one and the richest one, in whatever order they come."""
    plain = html = ""
    for child in part.children:
        blocks = _blocks(child, files, at_top=True)
        plain = plain or "\n".join(block.plain for block in blocks if block.plain)
        html = html or "<br>\n".join(block.html or _as_html(block.plain) for block in blocks if any(b.html for b in blocks))
    return [Block(plain, html)]


def _text_block(part: Part, files: list[tuple]) -> list[Block]:
    data = part.beginning(LONGEST_TEXT)
    if part.content_type in ("text/html", "application/xhtml+xml", "text/x-amp-html"):
        return [Block("", _normal(decode(data, _html_charset(part, data))))] if part.content_type != "text/x-amp-html" else []
    if b"begin" in data or b"=ybegin " in data:
        data = _without_files(data, files)
    text = _normal(decode(data, part.parameters.get("charset")))
    if part.main_type == "multipart":
        text = _without_delimiters(text, part.parameters.get("boundary", ""))
    if part.content_type == "text/enriched":
        text = ENRICHED.sub(lambda found: "<" if found[0] == "<<" else "", text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
    return [Block(text, "")]


def _without_delimiters(text: str, boundary: str) -> str:
    """Of a mail of parts in which no part was found."""
    return "\n".join(line for line in text.split("\n") if not boundary or line.rstrip() not in (f"--{boundary}", f"--{boundary}--"))


def _html_charset(part: Part, data: bytes) -> str | None:
    declared = part.parameters.get("charset")
    if declared:
        return declared
    match = META_CHARSET.search(data, 0, 4096)
    return match[1].decode("ascii") if match else None


def _without_files(data: bytes, files: list[tuple]) -> bytes:
    """Lift encoded files out of a text."""
    for name, content, start, end in reversed(files_within(data)):
        files.append((safe_name(name), "application/octet-stream", "", False, content))
        data = data[:start] + data[end:]
    return data


def _normal(text: str) -> str:
    return clean(text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n"))


def unflowed(text: str, delete_space: bool) -> str:
    """RFC 3676: soft line breaks joined, space-stuffing undone, quoting kept."""
    lines: list[str] = []
    running = None
    for line in text.split("\n"):
        stripped = line.lstrip(">")
        depth = len(line) - len(stripped)
        body = stripped.removeprefix(" ")
        soft = body.endswith(" ") and body != "-- "
        piece = body[:-1] if soft and delete_space else body
        if running == depth and body != "-- ":
            lines[-1] += piece
        else:
            lines.append(">" * depth + (" " if depth else "") + piece)
        running = depth if soft else None
    return "\n".join(lines)


def _inlined(files: list[tuple], html: str) -> list[tuple]:
    if not html:
        return files
    used = {unquote(each).lower() for each in CID.findall(html)}
    places = set(PLACE.findall(html)) if any(isinstance(part, Part) and part.location for *_, part in files) else set()
    return [(name, kind, cid, inline or unquote(cid).lower() in used or _stands_in(part, places), part) for name, kind, cid, inline, part in files]


def _stands_in(part: Part | bytes, places: set[str]) -> bool:
    """A page may name its pictures by their place instead of their id."""
    return isinstance(part, Part) and part.location in places


def _named(files: list[tuple]) -> list[tuple]:
    """Names that we make up differ: image.png, image1.png."""
    taken = {name for name, *_ in files if name}
    named = []
    for name, kind, cid, inline, part in files:
        if not name:
            name = _free(_invented(kind, cid, part), taken)
            taken.add(name)
        named.append((name, kind, cid, inline, part))
    return named


def _free(name: str, taken: set[str]) -> str:
    stem, _, ending = name.rpartition(".")
    return next(each for number in range(MOST_NAMES) if (each := f"{stem}{number or ''}.{ending}") not in taken or number == MOST_NAMES - 1)


def _invented(kind: str, cid: str, part: Part | bytes) -> str:
    local = safe_name(cid.partition("@")[0])
    if re.fullmatch(r"[\w-]{1,80}\.[A-Za-z0-9]{2,5}", local):
        return local
    if kind in MAILS and isinstance(part, Part):
        subject = decode_words(read_tree(part.content[:20_000]).headers.raw("subject"))
        return (safe_name(" ".join(subject.split()))[:100] or "message") + ".eml"
    stem = STEMS.get(kind) or ("attachment" if kind.startswith("application/") else kind.partition("/")[0])
    return f"{stem}.{extension(kind)}"
