"""Header fields as they really arrive: badly folded, raw 8-bit, encoded words cut in half, parameters without quotes."""

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from crm.mail.charsets import clean, decode

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.S)
BLANK_LINE = re.compile(rb"\n\r?\n")
CERTAIN = re.compile(
    rb"(?:\A|\n)(?:from|to|cc|subject|date|message-id|in-reply-to|references|mime-version|content-(?:type|transfer-encoding)"
    rb"|received|return-path|reply-to|x-[a-z-]{1,40})(?=[ \t]?:)",
    re.I,
)
# What begins a header block, against prose with a colon in it.
STARTS = re.compile(rb"[!-9;-~]{1,76}[ \t]{0,3}:(?!//)")
WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([BbQq])\?([^\r\n]{0,4000}?)(?:\?=|\?\Z|\Z)(?:(\s+)(?==\?[^?\s]{1,80}\?[BbQq]\?))?")
FOLD = re.compile(rb"(?<![ \t])[ \t]*+[\r\n]++[ \t]*+")
NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
PARAMETER = re.compile(r"""(?<![A-Za-z0-9!#$&+.^_`|~{}*-])([A-Za-z0-9!#$&+.^_`|~{}*-]++)\s*+=\s*+(?:"((?:\\.|[^"\\])*)(?:"|$)|([^;]*))""")
QUOTED_PAIR = re.compile(r"\\([\"\\])")  # any other backslash belongs to a path
CHARSET_PREFIX = re.compile(r"([A-Za-z0-9_.:+-]{0,40})'[A-Za-z0-9-]{0,20}'")
TO_ASCII = re.compile(rb"\x1b\([BJ]")
NEXT_PARAMETER = re.compile(r"(?<!\s)\s++[A-Za-z][\w-]*\*?=")
PARAMETER_LINE = re.compile(rb"(?:boundary|charset|name|filename|type|start|format|delsp|report-type|protocol|micalg)[*\d]{0,4}[ \t]?=", re.I)
# An old machine's line break, where another field or the body begins behind it.
LONE_CR = re.compile(rb"\r(?=[!-9;-~]{1,76}[ \t]{0,3}:|\r[^\n])")
UNKNOWN = -2
LONGEST_VALUE = 200_000


class Headers:
    """Header fields in their order; names compare without case; values are decoded when asked for."""

    __slots__ = ("_by_name", "_fields", "charset")

    def __init__(self, fields: list[tuple[str, bytes]]):
        self._fields = fields
        self.charset: str | None = None
        self._by_name: dict[str, list[bytes]] = {}
        for name, value in fields:
            self._by_name.setdefault(name.lower(), []).append(value)

    def __contains__(self, name: object) -> bool:
        return str(name).lower() in self._by_name

    def __len__(self) -> int:
        return len(self._fields)

    def items(self) -> Iterator[tuple[str, str]]:
        for name, value in self._fields:
            yield name, self._text(value)

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """Names and values as they came, for whoever looks at all of them."""
        yield from self._fields

    def raw(self, name: str) -> str:
        """The first non-empty value, unfolded, encoded words left as they are."""
        values = self._by_name.get(name.lower(), ())
        return next((text for value in values if (text := self._unfolded(value))), "")

    def raws(self, name: str) -> list[str]:
        return [self._unfolded(value) for value in self._by_name.get(name.lower(), ())]

    def get(self, name: str, default: str = "") -> str:
        return decode_words(self.raw(name)) or default

    def all(self, name: str) -> list[str]:
        return [self._text(value) for value in self._by_name.get(name.lower(), ())]

    def _text(self, value: bytes) -> str:
        return decode_words(self._unfolded(value))

    def _unfolded(self, value: bytes) -> str:
        flat = FOLD.sub(b" ", value[:LONGEST_VALUE]).strip()
        return decode(flat, None, self.charset).strip()


def read_block(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The header fields from `start`, and where the body begins."""
    fields: list[tuple[str, list[bytes]]] = []
    at, certain = start, UNKNOWN
    while at < end:
        stop = raw.find(b"\n", at, end)
        stop = end if stop < 0 else stop + 1
        line = raw[at:stop]
        if b"\r" in line[:-2] and (lone := LONE_CR.search(line)):
            stop, line = at + lone.end(), line[: lone.end()]
        if line in (b"\n", b"\r\n", b"\r", b"\r\r\n"):
            return _finished(fields), stop
        if not _take(fields, line, raw, stop, end) and not _is_parameter(fields, line):
            # A line that is no header field: headers lost their indentation, or the body begins without a blank line.
            certain = _last_certain(raw, start, end) if certain == UNKNOWN else certain
            if at > certain:
                return _finished(fields), at
            if fields:
                fields[-1][1].extend((b" ", line))
        at = stop
    return _finished(fields), end


def _finished(fields: list[tuple[str, list[bytes]]]) -> Headers:
    return Headers([(name, lines[0] if len(lines) == 1 else b"".join(lines)) for name, lines in fields])


def _take(fields: list[tuple[str, list[bytes]]], line: bytes, raw: bytes, stop: int, end: int) -> bool:
    """Add the line to the fields; False if the body begins with it."""
    if line[0] in b" \t" and fields:
        if not line.strip() and not _goes_on(raw, stop, end):
            return False
        fields[-1][1].append(line)
    elif match := FIELD.match(line):
        fields.append((match[1].decode("ascii"), [match[2]]))
    else:
        return False
    return True


def _is_parameter(fields: list[tuple[str, list[bytes]]], line: bytes) -> bool:
    """The next line of a value in pieces, which lost its indentation."""
    if not fields or not PARAMETER_LINE.match(line) or not fields[-1][1][-1].rstrip().endswith(b";"):
        return False
    fields[-1][1].extend((b" ", line))
    return True


def _last_certain(raw: bytes, start: int, end: int) -> int:
    """Where the last unmistakable header field before the first blank line begins."""
    blank = BLANK_LINE.search(raw, start, end)
    last = start - 1
    for match in CERTAIN.finditer(raw, start, blank.start() + 1 if blank else min(end, start + 100_000)):
        last = match.end()
    return last


def _goes_on(raw: bytes, at: int, end: int) -> bool:
    following = raw[at : min(at + 80, end)]
    return bool(STARTS.match(following)) or (following[:1] in (b" ", b"\t") and bool(following.split(b"\n")[0].strip()))


def decode_words(value: str) -> str:
    """RFC 2047, forgiving: split characters, blanks inside, missing ends, words inside quotes."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    pending: list[tuple[str, bytes]] = []
    at = 0
    for match in WORD.finditer(value):
        if match.start() > at and pending:
            pieces.append(_joined(pending))
            pending.clear()
        pieces.append(value[at : match.start()])
        pending.append((match[1].lower(), _word_bytes(match[2], match[3])))
        at = match.end()
    pieces.append(_joined(pending))
    pieces.append(value[at:])
    return clean("".join(pieces)).replace("\r", " ").replace("\n", " ").strip()


def _joined(words: list[tuple[str, bytes]]) -> str:
    """Neighbours of one charset are decoded together: mailers cut characters in half."""
    text, at = "", 0
    while at < len(words):
        charset, data = words[at]
        at += 1
        while at < len(words) and words[at][0] == charset and (not charset.startswith("iso-2022") or _still_shifted(data)):
            data += words[at][1]
            at += 1
        text += decode(data, charset)
    return text


def _still_shifted(data: bytes) -> bool:
    """ISO-2022 text that ends in another set than ASCII goes on in the next word."""
    last = data.rfind(b"\x1b")
    return last >= 0 and not TO_ASCII.match(data, last)


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "Qq":
        return a2b_qp(text.replace("_", " ").encode("utf-8", "ignore"), header=False)
    return base64_bytes(text)


def base64_bytes(text: str) -> bytes:
    joined = b""
    for piece in text.split("="):
        letters = NOT_BASE64.sub("", piece)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        try:
            joined += a2b_base64(letters + "=" * (-len(letters) % 4))
        except Error:
            continue
    return joined


def value_and_parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset="utf-8"` → ("text/plain", {"charset": "utf-8"}); continuations of RFC 2231 joined."""
    main, _, rest = value.partition(";")
    if "=" in main and (match := NEXT_PARAMETER.search(" " + main)):
        main, rest = main[: max(match.start() - 1, 0)], main[max(match.start() - 1, 0) :] + ";" + rest
    found: dict[str, str] = {}
    for match in PARAMETER.finditer(rest[:20_000]):
        name, text = match[1].lower(), match[3].strip() if match[2] is None else QUOTED_PAIR.sub(r"\1", match[2])
        found.setdefault(name, text.strip("\"'") if match[2] is None and "*" not in name else text)
    return main.strip().strip("\"'").lower(), _rfc2231(found) if any("*" in name for name in found) else found


def _rfc2231(found: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in found.items() if "*" not in name}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in found.items():
        base, _, rest = name.partition("*")
        if rest or name.endswith("*"):
            number = rest.rstrip("*")
            pieces.setdefault(base, []).append((int(number) if number.isdecimal() else 0, name.endswith("*"), value))
    for base, parts in pieces.items():
        plain[base] = _assembled(sorted(parts))
    return plain


def _assembled(parts: list[tuple[int, bool, str]]) -> str:
    charset, data, encoded_any = None, b"", False
    for _, encoded, value in parts:
        if encoded and charset is None and (match := CHARSET_PREFIX.match(value)):
            charset, value = match[1], value[match.end() :]
        encoded_any = encoded_any or encoded
        data += unquote_to_bytes(value) if encoded else value.encode("utf-8", "ignore")
    return decode(data, charset or None) if encoded_any else decode_words(data.decode("utf-8"))
