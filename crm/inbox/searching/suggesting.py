"""What may come next in the search box: operators that begin as typed, and the values an operator takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from crm.folding import fold
from crm.formatting import formats
from crm.inbox.searching import asking, meanings

MOST = 8
EXAMPLES = {
    "from": (_l("Who wrote it: a name, an address or a part of it"), "from:meier", "von:meier"),
    "to": (_l("Who received it"), "to:service", "an:service"),
    "subject": (_l("Words of the subject"), 'subject:"new meter"', 'betreff:"neuer Zähler"'),
    "is": (_l("The state"), "is:open", "ist:offen"),
    "before": (_l("Last message before that day"), "before:2026-03-31", "vor:31.3.2026"),
    "after": (_l("Last message on that day or later"), "after:2026-03", "nach:2026-03"),
    "older_than": (_l("Nothing written for so long: days, weeks, months, years"), "older_than:2w", "älter_als:2w"),
    "newer_than": (_l("Something written within that time"), "newer_than:3d", "neuer_als:3t"),
    "assignee": (_l("Who has it; “me” and “nobody” count too"), "assignee:me", "zuständig:ich"),
    "mailbox": (_l("Where it came in"), "mailbox:service", "postfach:service"),
    "department": (_l("Whose it is"), "department:sales", "abteilung:vertrieb"),
    "touchpoint": (_l("Where in the journey it belongs"), "touchpoint:website", "kontaktpunkt:website"),
    "tag": (_l("A tag that hangs on it"), "tag:meter", "schlagwort:zähler"),
    "priority": (_l("How urgent it is"), "priority:urgent", "priorität:dringend"),
    "has": (_l("With files"), "has:attachment", "hat:anhang"),
    "filename": (_l("The name of a file, or its beginning"), "filename:invoice", "datei:rechnung"),
}
NAMED = ("mailbox", "department", "touchpoint", "assignee", "tag")


class Suggestion(NamedTuple):
    text: str  # the whole question with it
    meaning: str


def examples() -> list[tuple[str, str]]:
    """Every operator by an example in the reader's language, with what it means."""
    return [(german if _is_german() else english, str(meaning)) for meaning, english, german in EXAMPLES.values()]


def suggestions(text: str) -> list[Suggestion]:
    """For the last word of what was typed, at most a handful."""
    before, _space, last = text[:asking.LONGEST].rpartition(" ")
    minus, last = ("-", last[1:]) if last.startswith("-") else ("", last)
    begun = f"{before} " if before else ""
    return [Suggestion(f"{begun}{minus}{word}", meaning) for word, meaning in _next(last)][:MOST]


def _next(last: str) -> Iterator[tuple[str, str]]:
    key, colon, value = last.partition(":")
    if colon and (operator := asking.known(key)):
        yield from ((f"{key}:{_quoted(word)}", "") for word in _values(operator) if f" {fold(word)}".find(f" {fold(value.strip(chr(34)))}") >= 0)
    elif not colon:
        for (_meaning, english, german), written in zip(EXAMPLES.values(), map(asking.OPERATORS.get, EXAMPLES), strict=True):
            if any(fold(word).startswith(fold(last)) for word in written or ()):
                word = (german if _is_german() else english).partition(":")[0]
                yield f"{word}:", str(_meaning)


def _values(operator: str) -> list[str]:
    if operator == "is":
        return meanings.first_words(meanings.STATES)
    if operator == "priority":
        return meanings.first_words(meanings.URGENCIES)
    if operator == "has":
        return ["anhang" if _is_german() else "attachment"]
    if operator in NAMED:
        return [label for _ident, label, _called in meanings.names(operator)]
    return []


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _is_german() -> bool:
    return formats().language == "de"
