"""Bytes to text, whatever the mail claims about them. Never raises, never returns what PostgreSQL cannot store."""

import codecs
import re
from functools import lru_cache

from charset_normalizer import from_bytes

# What mailers write → what they mean: the superset that real programs of that name produce.
MEANT = {
    "ascii": "utf-8", "us-ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "646": "utf-8", "7bit": "utf-8", "8bit": "utf-8",
    "utf8": "utf-8", "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7", "utf-7-imap": "utf-7",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "iso-8859-8-i": "iso-8859-8", "ansi": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "hz-gb-2312": "hz", "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "ksc5601": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext",
    "macintosh": "mac-roman", "mac": "mac-roman", "mac-ce": "mac-latin2", "mac-centraleurroman": "mac-latin2", "iso-8859-8-e": "iso-8859-8", "ks_c_5601-1989": "cp949", "cp874": "cp874",
}
UNKNOWN = {"", "unknown", "x-unknown", "unknown-8bit", "x-user-defined", "default", "none", "binary", "charset"}
CANDIDATES = ["cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "gb18030", "big5hkscs", "cp932",
              "euc_jp", "cp949"]
WESTERN = {"cp1252", "cp1254", "iso8859-15", "mac-roman"}
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
SIGN_IN_WORD = re.compile(r"[^\W\d_][\xa1-\xa9\xab-\xb1\xb3\xb4\xb6\xb8\xb9\xbb-\xbf][^\W\d_]|[^\W\d_]\xb3[^\W\d_]")
KANA = re.compile("[\u3041-\u30fa\u30fc]")
NAME = re.compile(r"[a-z][a-z0-9_.:+-]*[a-z0-9]")
CODE_PAGE = re.compile(r"(?:windows|win|cp|ibm|dos|ms|pc)[-_ ]?(\d{3,5})")


def clean(text: str) -> str:
    """Without NUL and lone surrogates."""
    return UNSTORABLE.sub("", text)


@lru_cache(maxsize=512)
def codec(charset: str | None) -> str | None:
    """The Python codec a declared charset means; None if it says nothing we know."""
    declared = (charset or "").strip("\"' \t<>;").lower()
    if declared in UNKNOWN:
        return None
    for name in (declared, *(form for word in (declared, *NAME.findall(declared)) for form in _forms(word))):
        try:
            found = codecs.lookup(MEANT.get(name, name))
        except (LookupError, ValueError):
            continue
        if found._is_text_encoding and found.name not in ("idna", "punycode", "unicode_escape", "raw_unicode_escape"):
            return found.name
    return None


def _forms(name: str) -> tuple[str, ...]:
    """As written, without the sign of a private name, and code pages by their number: x-mac-ce, cp-850, win-1252."""
    bare = name.removeprefix("x-").removeprefix("cs")
    page = CODE_PAGE.fullmatch(bare)
    return (name, bare, f"cp{page[1]}", f"windows-{page[1]}") if page else (name, bare)


def decode(data: bytes, charset: str | None = None, fallback: str | None = None) -> str:
    """`data` as text: the declared charset if it fits, otherwise what fits best."""
    if data.isascii() and b"\x1b" not in data:
        name = codec(charset)
        if name in (None, "utf-8") or name in WESTERN:
            return clean(data.decode("ascii"))
    return clean(_marked(data) or _declared(data, codec(charset)) or _guessed(data, codec(fallback)))


def _marked(data: bytes) -> str | None:
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
        return _strict(data, "utf-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return None


def _declared(data: bytes, name: str | None) -> str | None:
    if name is None:
        return None
    # Text that is valid UTF-8 by accident hardly exists; text labelled Latin-1 by habit does.
    if name in WESTERN and (text := _strict(data, "utf-8")) is not None:
        return text
    if name in ("utf-16", "utf-32"):
        name = _byte_order(data, name)
    text = _strict(data, name)
    if text is None and name == "iso2022_jp_ext":
        text = _strict(data, "iso2022_jp_2")
    return text if text is not None else _nearly(data, name)


def _byte_order(data: bytes, name: str) -> str:
    """Without a mark: the side on which the zeros of the Latin letters and blanks stand."""
    step = 2 if name == "utf-16" else 4
    return f"{name}-be" if data[:4000:step].count(0) > data[step - 1 : 4000 : step].count(0) else f"{name}-le"


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError, LookupError):
        return None


def _nearly(data: bytes, name: str) -> str | None:
    """The declared charset with a few broken characters, such as one cut at the end or a stray byte."""
    try:
        text = data.decode(name, "replace")
    except (UnicodeError, ValueError, LookupError):
        return None
    foreign = sum(1 for char in text if char > "\x7f")
    broken = text.count("\ufffd")
    if name in WESTERN or name.startswith("cp125"):
        return text.replace("\ufffd", "") if broken <= max(1, foreign // 10) else None
    return text if broken <= max(1, foreign // 5) and foreign > broken else None


def _guessed(data: bytes, fallback: str | None) -> str:
    if b"\x1b$" in data and (text := _strict(data, "iso2022_jp_ext")) is not None:
        return text
    for name in ("utf-8", fallback):
        if name and (text := _strict(data, name)) is not None:
            return text
    if _looks_western(data):
        return _central_european(data) or _windows(data)
    if (text := _japanese(data)) is not None:
        return text
    best = from_bytes(data[:8192], cp_isolation=CANDIDATES, preemptive_behaviour=False).best()
    text = _strict(data, best.encoding) if best else None
    return text if text is not None else _windows(data)


def _looks_western(data: bytes) -> bool:
    """Few bytes above ASCII, and those between letters: an umlaut here and there."""
    high = sum(1 for byte in data[:8192] if byte > 0x7F)
    letters = sum(1 for byte in data[:8192] if byte > 0x7F or chr(byte).isalpha())
    return high * 4 <= letters


def _central_european(data: bytes) -> str | None:
    """Read as Western, Polish and Czech have signs such as ³ and ¿ in the middle of words."""
    western = data[:20_000].decode("cp1252", "replace")
    if not SIGN_IN_WORD.search(western):
        return None
    texts = [text for name in ("iso8859-2", "cp1250") if (text := _strict(data, name)) is not None]
    best = max(texts, key=_letters, default=None)
    return best if best is not None and _letters(best) > _letters(western) and not SIGN_IN_WORD.search(best) else None


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text[:20_000])


def _japanese(data: bytes) -> str | None:
    """No other language writes kana, and hardly any Japanese text does without."""
    for name in ("cp932", "euc_jp"):
        text = _strict(data, name)
        if text is not None and len(KANA.findall(text)) * 5 > sum(char > "\x7f" for char in text):
            return text
    return None


def _windows(data: bytes) -> str:
    """Windows-1252; its five holes read as Latin-1 so that nothing is lost."""
    text = _strict(data, "cp1252")
    return text if text is not None else data.decode("latin-1")
