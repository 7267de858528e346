"""What stands in the parts that are no text: Outlook's winmail.dat, invitations, rich text, a mail that is nothing but another mail.

A file is (name, content type, content id, inline, Part or bytes).
"""

from crm.mail.charsets import clean, decode
from crm.mail.invitations import invitation_text
from crm.mail.parts import Part, read_tree, safe_name
from crm.mail.tnef import Unpacked, unpack

TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
RTF = ("text/rtf", "application/rtf", "text/richtext", "application/x-rtf")
MAILS = ("message/rfc822", "message/global")
LARGEST_RTF = 2_000_000
DEEPEST = 3


def is_tnef(file: tuple) -> bool:
    return file[1] in TNEF or file[0].lower() == "winmail.dat"


def opened(files: list[tuple]) -> list[tuple]:
    """With what is in a winmail.dat in its place; if there is nothing in it, or something else, it stays."""
    found: list[tuple] = []
    for file in files:
        unpacked = _unpacked(file) if is_tnef(file) else None
        inner = [(safe_name(each.name), each.content_type, each.content_id, False, each.data) for each in unpacked.files] if unpacked else []
        has_text = unpacked is not None and (unpacked.plain or unpacked.html or unpacked.rtf)
        found += inner if inner or has_text else [file]
    return found


def enclosed_html(files: list[tuple]) -> str:
    return next((clean(unpacked.html) for file in files if is_tnef(file) and (unpacked := _unpacked(file)) and unpacked.html.strip()), "")


def enclosed_text(files: list[tuple], plain: str, *, alone: bool) -> str:
    """The text of the mail and of what asks to be read with it. `alone`: there is no other text."""
    invitations = (invitation_text(_decoded(file)) for file in files if file[1] == "text/calendar" and _is_shown(file))
    text = "\n\n".join(filter(None, (plain.strip(), *(each for each in invitations if each not in plain))))
    if text or not alone:
        return text if text != plain.strip() else plain
    return clean(next(filter(None, (_text_of(file) for file in files)), "")) or plain


def _text_of(file: tuple, depth: int = 0) -> str:
    if is_tnef(file):
        unpacked = _unpacked(file)
        return (unpacked.plain or rtf_text(unpacked.rtf)) if unpacked else ""
    if file[1] in RTF and _is_shown(file):
        return rtf_text(_data(file))
    if file[1] in MAILS and not file[0] and isinstance(file[4], Part):
        return _mail_text(file[4].content, depth)
    return ""


def _mail_text(raw: bytes, depth: int) -> str:
    from crm.mail.bodies import read_bodies
    from crm.mail.html_text import html_to_text

    if depth >= DEEPEST:
        return ""
    bodies = read_bodies(read_tree(raw))
    return bodies.plain if bodies.plain.strip() else html_to_text(bodies.html)


def rtf_text(data: bytes) -> str:
    """Rich text without its markup."""
    if not data.lstrip().startswith(b"{\\rtf"):
        return ""
    from striprtf.striprtf import rtf_to_text

    try:
        return rtf_to_text(data[:LARGEST_RTF].decode("latin-1"), errors="ignore").strip()
    except Exception:  # whatever a broken file does to it, the file itself is kept
        return ""


def _unpacked(file: tuple) -> Unpacked | None:
    return unpack(_data(file))


def _data(file: tuple) -> bytes:
    return file[4].content if isinstance(file[4], Part) else file[4]


def _decoded(file: tuple) -> str:
    charset = file[4].parameters.get("charset") if isinstance(file[4], Part) else None
    return decode(_data(file), charset, "utf-8")


def _is_shown(file: tuple) -> bool:
    """Not sent as a file to keep."""
    return not isinstance(file[4], Part) or file[4].disposition[0] != "attachment"
