"""Address lists: groups, comments, commas without quotes, encoded words that hide a comma, names that are addresses."""

import re
from typing import NamedTuple

from crm.mail.headers import decode_words

SIMPLE = re.compile(r'\s*(?:"([^"\\<>@]*)"|([^"\\<>(),:;@\[\]]*?))\s*<([^<>\s@,;:"()]+@[^<>\s@,;:"()]+)>\s*\Z')
BARE = re.compile(r"""(?<![^\s<>()\[\],;:"'@])[^\s<>()\[\],;:"'@]+@[^\s<>()\[\],;:"'@]+""")
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|<[^<>,;]*>|<[^<>]*>|[,;:<>()"]|[^,;:<>()"]+')
QUOTE = re.compile(r'\\(.)')
OUTLOOK = re.compile(r"\[(?:mailto:|SMTP:)?([^\[\]\s@]{1,320}@[^\[\]\s@]{1,320})\]", re.I)
SPACES = re.compile(r"[ \t\r\n]+")
QUOTED_LOCAL = re.compile(r"(?:^|\s)@[\w.-]+\.\w+$")
COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
AROUND_AT = re.compile(r"(?<=\w)[ \t]{1,3}@[ \t]{0,3}(?=\w)|(?<=\w)@[ \t]{1,3}(?=\w)")
LONGEST_SIMPLE = 1000
MOST = 2000


class Address(NamedTuple):
    name: str
    address: str


def read_addresses(value: str) -> tuple[Address, ...]:
    """All addresses of a header value (unfolded, encoded words not yet decoded), in order."""
    if not value:
        return ()
    if len(value) < LONGEST_SIMPLE and (match := SIMPLE.match(value)):
        address = match[3].rstrip(".")
        return (Address(_words(match[1] or match[2] or "", address), address),)
    if value.startswith("=?") and "@" not in value:
        value = decode_words(value)
    found: list[Address] = []
    waiting = ""
    for chunk in _chunks(value):
        name, address = _read_chunk(chunk)
        if "@" in address and chunk.bracketed is not None and waiting:
            # An unquoted comma in a display name: Smith, Karoline <k@example.com>
            name, waiting = f"{waiting}, {name}" if name else waiting, ""
        if address and ("@" in address or chunk.bracketed is not None or chunk.comments):
            found.append(Address(_words(name, address), address))
            waiting = ""
        elif chunk.bracketed is None:
            waiting = ", ".join(filter(None, (waiting, name or address)))
        if len(found) >= MOST:
            break
    if not found and waiting and " " not in waiting:
        found.append(Address("", decode_words(waiting)))
    return tuple(found)


class Chunk:
    """What stands between two separators."""

    __slots__ = ("bracketed", "comments", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.comments: list[str] = []
        self.bracketed: str | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.comments or self.bracketed is not None)


def _chunks(value: str) -> list[Chunk]:
    chunks, chunk, depth = [], Chunk(), 0
    comment: list[str] = []
    for piece in TOKEN.findall(value):
        if piece == "(":
            comment += [piece] if depth else []
            depth += 1
        elif piece == ")":
            comment += [piece] if depth > 1 else []
            depth = max(0, depth - 1)
            if not depth and comment:
                chunk.comments.append("".join(comment).strip())
                comment.clear()
        elif depth:
            comment.append(piece)
        elif piece in (",", ";"):
            chunks.append(chunk)
            chunk = Chunk()
        elif piece == ":":
            if chunk.bracketed is None and not set("@[") & set("".join(chunk.words)):
                chunk = Chunk()  # what stood before it was the name of a group
            elif chunk.words and chunk.words[-1].lower().endswith(("[mailto", "[smtp")):
                chunk.words[-1] += ":"
        else:
            if _is_another(chunk, piece):
                chunks.append(chunk)
                chunk = Chunk()
            _add(chunk, piece)
    chunk.comments.extend(["".join(comment).strip()] if comment else [])
    return [each for each in (*chunks, chunk) if each]


def _is_another(chunk: Chunk, token: str) -> bool:
    """A second address in brackets, with only a blank between; not the same one again."""
    return token.startswith("<") and "@" in token and "@" in (chunk.bracketed or "") and token[1:-1].strip() != chunk.bracketed


def _add(chunk: Chunk, token: str) -> None:
    if token.startswith("<") and len(token) > 1:
        if chunk.bracketed is None or "@" not in chunk.bracketed:
            chunk.bracketed = token[1:-1].strip()
    elif len(token) > 1 and token.startswith('"') and token.endswith('"'):
        chunk.words.append(QUOTE.sub(r"\1", token[1:-1]))
    elif token not in ('"', "<", ">", ":") and token.strip():
        chunk.words.append(token.strip())


def _read_chunk(chunk: Chunk) -> tuple[str, str]:
    """(name, address), either of which may be empty."""
    text = " ".join(chunk.words).replace("[mailto: ", "[mailto:").replace("[SMTP: ", "[SMTP:")
    name = " ".join(text.split()) or " ".join(chunk.comments)
    if chunk.bracketed:
        return name, _address(chunk.bracketed)
    if match := OUTLOOK.search(text):
        return text[: match.start()].strip(), match[1]
    if len(chunk.words) > 1 and QUOTED_LOCAL.search(text):
        return "", _quoted_local(" ".join(chunk.words[:-1]), chunk.words[-1])
    if "@" in text and "<" not in text:
        text = AROUND_AT.sub("@", text)
    if match := BARE.search(text):
        rest = (text[: match.start()] + " " + text[match.end() :]).strip(" '<>[]")
        return rest or " ".join(chunk.comments), match[0]
    if chunk.bracketed is None:
        for comment in chunk.comments:
            if match := BARE.search(comment):
                return text, match[0]
        if chunk.comments and text and " " not in text:
            return " ".join(chunk.comments), text
    return name, ""


def _address(text: str) -> str:
    """The address inside angle brackets, which programs fill with all sorts of things."""
    text = text.removeprefix("mailto:").removeprefix("MAILTO:").strip(" ")
    if text.startswith('"') and '"@' in text:
        local, _, domain = text[1:].rpartition('"@')
        return _quoted_local(QUOTE.sub(r"\1", local), "@" + domain)
    text = text.strip("'\"")
    if "(" in text:
        text = COMMENT.sub("", text)
    if ":" in text and "@" in text and text.startswith("@"):
        text = text.rpartition(":")[2]
    if " " in text or "=?" in text:
        decoded = decode_words(text)
        match = BARE.search(decoded)
        text = match[0] if match else decoded.replace(" ", "")
    return text.rstrip(".") if "@" in text else text


def _quoted_local(local: str, domain: str) -> str:
    """Quotes stay where the part before the @ needs them."""
    domain = domain.replace(" ", "")
    return f"{local}{domain}" if re.fullmatch(r"[\w.+-]+", local) else f'"{local}"{domain}'


def _words(name: str, address: str) -> str:
    decoded = SPACES.sub(" ", decode_words(name.replace("\\,", ","))).strip()
    for quote in ('"', "'"):
        if len(decoded) > 1 and decoded[0] == quote == decoded[-1]:
            decoded = decoded[1:-1].strip()
    if decoded == address or decoded == f"<{address}>":
        return ""
    return decoded.removesuffix(f" <{address}>").removesuffix(f"<{address}>")
