"""How text becomes the words of the index, and a question the words it is asked by. Both sides are folded alike."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crm.folding import digits, fold

_TOKEN = re.compile(r"[^\W_]+")
_NUMBER_LIKE = re.compile(r"[\d\s()+/.\-]+")
MIN_FRAGMENT = 3  # digits; shorter ones are everywhere


def tokenise(*texts: str) -> str:
    """The folded words of `texts`, each once, blank-separated. A mail address gives its parts."""
    return " ".join(dict.fromkeys(word for text in texts if text for word in _TOKEN.findall(fold(text))))


def numbers(values: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, map(digits, values))))


def question(text: str) -> list[str]:
    """The words asked for; at most eight count."""
    return tokenise(text).split()[:8]


def fragment(text: str) -> str:
    """The piece of a telephone number that `text` is, without its leading zero, or '' when it is something else."""
    if not _NUMBER_LIKE.fullmatch(text.strip()):
        return ""
    found = digits(text).lstrip("0")
    return found if len(found) >= MIN_FRAGMENT else ""
