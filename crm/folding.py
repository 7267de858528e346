"""One spelling for comparison: Müller, Mueller and Muller fold to the same word, in the index and in the question alike."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_DIGRAPHS = re.compile(r"([aou])e")
_NOT_WORD = re.compile(r"[^\w@.+&-]+")
_NOT_DIGIT = re.compile(r"\D+")


def fold(text: str) -> str:
    """Lower case without accents, ä/ae/a and ß/ss alike, blanks single. Both sides of a comparison must be folded.

    "ae", "oe" and "ue" shrink to their vowel, also where they are no umlaut (Manuel → manul): harmless, as both sides do.
    """
    plain = text.casefold()
    if not plain.isascii():  # most texts are, and three times as quick
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain.translate(_LETTERS)) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", _DIGRAPHS.sub(r"\1", plain)).strip()


def digits(text: str) -> str:
    """Only the digits, without a leading country prefix 00: what a fragment of a number is compared with."""
    return _NOT_DIGIT.sub("", text).removeprefix("00")
