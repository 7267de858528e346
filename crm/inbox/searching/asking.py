"""What was typed into the search of the inbox, as terms: words, phrases and operators, in English and in German. Knows neither database nor web."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from crm.folding import fold
from crm.search.full_text import Words, tokens

LONGEST, MOST = 300, 24  # characters of a question, terms in it
# The operators, with the words for them; German ones are understood whatever language the reader has.
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "from": ("from", "von"), "to": ("to", "an"), "subject": ("subject", "betreff"), "filename": ("filename", "datei", "dateiname"),
    "is": ("is", "ist", "status"), "before": ("before", "vor"), "after": ("after", "nach", "seit"),
    "older_than": ("older_than", "älter_als"), "newer_than": ("newer_than", "neuer_als", "jünger_als"),
    "mailbox": ("mailbox", "postfach"), "department": ("department", "abteilung"), "touchpoint": ("touchpoint", "kundenkontaktpunkt", "kontaktpunkt"),
    "assignee": ("assignee", "zuständig", "bearbeiter"), "tag": ("tag", "schlagwort"), "priority": ("priority", "priorität"), "has": ("has", "hat", "mit"),
}
TEXTS = ("from", "to", "subject", "filename")
OR = ("OR", "ODER", "|")
NO_OPERATORS = ("http", "https", "mailto", "tel", "ftp", "re", "aw", "fw", "fwd", "wg")  # stand before a colon all the same
TERM = re.compile(r'(?P<minus>-(?=\S))?(?:(?P<key>[^\W\d]\w*):(?=\S))?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')


@dataclass(frozen=True)
class Term:
    """`operator` is empty for words that may stand anywhere."""

    operator: str
    value: str
    exact: bool = False
    negated: bool = False
    written: str = ""
    unknown: str = ""  # an operator that there is not; the term is searched as words

    @property
    def is_text(self) -> bool:
        return not self.operator or self.operator in TEXTS

    @property
    def words(self) -> Words | None:
        """None if there is nothing in it that could be found."""
        found = tokens(self.value)
        return Words(tuple(found), self.exact) if found else None


def known(key: str) -> str:
    """The operator that a word stands for, in whatever language it was written, or ''."""
    return _by_word().get(fold(key), "")


@lru_cache(1)
def _by_word() -> dict[str, str]:
    return {fold(word): operator for operator, written in OPERATORS.items() for word in written}


def read(text: str) -> list[list[Term]]:
    """Groups of terms: a conversation is found if it meets every group; of a group (terms with OR between them) one is enough."""
    groups: list[list[Term]] = []
    either = False
    for term in _terms(text[:LONGEST]):
        if isinstance(term, str):
            either = bool(groups)
        elif either:
            groups[-1].append(term)
            either = False
        else:
            groups.append([term])
    return groups[:MOST]


def _terms(text: str) -> Iterator[Term | str]:
    for match in TERM.finditer(text.replace("\0", "")):
        written, key = match[0], match["key"] or ""
        if written in OR:
            yield "OR"
            continue
        operator, value = known(key) if key else "", match["phrase"] if match["phrase"] is not None else match["word"]
        is_text = not key or operator or fold(key) in NO_OPERATORS
        value = value if operator or not key else f"{key} {value}"
        if value.strip():
            yield Term(operator, value.strip(), match["phrase"] is not None, bool(match["minus"]), written, "" if is_text else key)
