"""Names of hosts as people are deceived by them: letters that look alike, and who a host belongs to."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

from rapidfuzz.distance import Levenshtein

SHARED = frozenset(("co", "com", "org", "net", "ac", "gov", "edu", "or", "ne"))  # before a country: co.uk belongs to nobody
ALIKE = str.maketrans(
    dict(zip("аеорсухіјѕԁһӏոνοαρτκιηɡıłø", "aeopcyxijsdhlnvoaptkingilo", strict=True))
    | {"0": "o", "1": "l", "ß": "ss", "|": "l"}
)
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
DECEIVING = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("1", "i"))
SHORT = 6  # letters of a name below which one more or less is another name


def to_unicode(host: str) -> str:
    """As it is meant to be read: xn--mller-kva.de → müller.de"""
    return ".".join(map(_label, host.lower().rstrip(".").split(".")))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def to_ascii(host: str) -> str:
    """As machines know it, which shows foreign letters for what they are."""
    return ".".join(label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in to_unicode(host).split("."))


def owner(host: str) -> str:
    """The part that somebody registered, as far as it can be known without a list of them all: mail.firm.co.uk → firm.co.uk"""
    labels = to_unicode(host).split(".")
    long = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SHARED
    return ".".join(labels[-3:] if long else labels[-2:])


def is_same(one: str, other: str) -> bool:
    return owner(one) == owner(other)


def is_foreign(host: str) -> bool:
    """Whether it has letters that are none of a to z."""
    return not to_unicode(host).isascii()


def is_mixed(host: str) -> bool:
    """Letters of two scripts in one word, which no honest name has."""
    written = to_unicode(host)
    return not written.isascii() and any(len({_script(letter) for letter in label if letter.isalpha()}) > 1 for label in written.split("."))


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


@lru_cache(1024)
def skeleton(host: str) -> str:
    """Names that look alike have the same."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", to_unicode(host)) if not unicodedata.combining(c)).translate(ALIKE)
    for pair, one in PAIRS:
        plain = plain.replace(pair, one)
    return plain.replace("i", "l")


def looks_like(host: str, known: Iterable[str]) -> str:
    """Which of the `known` hosts this one could be taken for without being it; '' if none."""
    own = owner(host)
    for other in map(owner, known):
        if own == other:
            return ""
    return next((other for other in map(owner, known) if _is_near(own, other)), "")


def _is_near(one: str, other: str) -> bool:
    if skeleton(one) == skeleton(other):
        return True
    name, _, ending = one.partition(".")
    theirs, _, their_ending = other.partition(".")
    return ending == their_ending and min(len(name), len(theirs)) >= SHORT and Levenshtein.distance(name, theirs, score_cutoff=1) <= 1


def meant(host: str) -> Iterator[str]:
    """Names of plain letters that this one could be a likeness of, to be looked up; nothing for a name that deceives nobody."""
    own = owner(host)
    plain = "".join(c for c in unicodedata.normalize("NFKD", own) if not unicodedata.combining(c))
    letters = plain if plain.isascii() else plain.translate({key: value for key, value in ALIKE.items() if key > 127})
    tricks = [pair for pair in DECEIVING if pair[0] in letters][:4]
    for chosen in product((False, True), repeat=len(tricks)):
        name = letters
        for (pair, one), used in zip(tricks, chosen, strict=True):
            name = name.replace(pair, one) if used else name
        if name != own and name.isascii():
            yield name
