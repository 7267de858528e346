"""How a name sounds: the Kölner Phonetik (Postel 1969), which hears English names well enough to find them."""

from __future__ import annotations

import re
from functools import lru_cache

from crm.folding import fold

AND = "9"  # between the sounds of two names; no sound is written so
LONGEST = 60
_NOT_LETTER = re.compile(r"[^a-z]+")
_SAME = dict(zip("aeijouybpdtfvwgkqlmnrszx", "000000011223334445667888", strict=True))
_REPEATED = re.compile(r"(.)\1+")
_HARD_C = {True: "ahkloqrux", False: "ahkoqux"}  # what makes a c a k: at the beginning of the word, and later


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The Kölner code of a folded word: "muller" and "miller" → "657". Empty for what has no letters."""
    letters = _NOT_LETTER.sub("", word).replace("ph", "f")
    heard = "".join(_heard(letters, place) for place in range(len(letters)))
    single = _REPEATED.sub(r"\1", heard)
    return single[:1] + single[1:].replace("0", "")


def _heard(letters: str, place: int) -> str:
    letter, before, after = letters[place], letters[place - 1 : place] if place else "", letters[place + 1 : place + 2]
    if letter == "h":
        return ""
    if letter == "c":
        return "4" if after and after in _HARD_C[not place] and before not in ("s", "z") else "8"
    if letter in "dt" and after and after in "csz":
        return "8"
    if letter == "x":
        return "8" if before and before in "ckq" else "48"
    return _SAME[letter]


def sound_of_name(first_name: str, last_name: str) -> str:
    """Last name, then first name, as digits alone: whoever sounds like "Meier, H…" stands together in an index. Empty for nobody."""
    last, first = sound(fold(last_name)), sound(fold(first_name))
    return f"{last}{AND}{first}"[:LONGEST] if last or first else ""
