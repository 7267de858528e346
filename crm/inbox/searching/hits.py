"""Where the words stand: rows of the list with a piece of the message that was found, its words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import func, select

from crm.extensions import fetch
from crm.folding import fold
from crm.inbox.models import Message
from crm.inbox.searching.finding import Question
from crm.search.full_text import Words

WORD = re.compile(r"[^\W_]+")
BEFORE, SHOWN = 16, 160  # characters before the first hit, and of the whole piece
LOOKED_AT, MOST = 4_000, 200  # characters of a text in which hits are looked for; messages of a page of conversations


def shown(rows: Sequence[Any], question: Question) -> list[Any]:
    """The rows, with subject and first words marked; if a message holds the words, the piece around them stands in place of its beginning."""
    if not question.phrases or not rows:
        return list(rows)
    everywhere, in_subject = _for(question, ""), [*_for(question, ""), *_for(question, "subject")]
    texts = _texts([row.id for row in rows], everywhere) if everywhere else {}
    return [row._replace(subject=marked(row.subject, in_subject), preview=_piece(texts.get(row.id, ""), row.preview, everywhere)) for row in rows]


def _for(question: Question, part: str) -> list[Words]:
    return [words for operator, words in question.phrases if operator == part]


def _texts(conversations: list[int], asked: list[Words]) -> dict[int, str]:
    """Of each conversation, the newest message with such words, as far as they stand near its beginning."""
    text = func.substr(func.coalesce(func.nullif(Message.reply_text, ""), Message.text), 1, LOOKED_AT).label("words")
    newest = select(Message.conversation_id, text).where(Message.conversation_id.in_(conversations), Message.kind != "event").order_by(Message.id.desc()).limit(MOST)
    found: dict[int, str] = {}
    for row in fetch(newest):
        if row.conversation_id not in found and _may_stand(row.words, asked) and next(_hits(row.words, asked), None):
            found[row.conversation_id] = row.words
    return found


def _may_stand(text: str, asked: list[Words]) -> bool:
    """A quick look before the words are counted."""
    plain = fold(text)
    return any(all(word in plain for word in each.words) for each in asked)


def _piece(text: str, otherwise: str, asked: list[Words]) -> str:
    first = next(_hits(text, asked), None)
    if first is None:
        return marked(otherwise, asked)
    begin = max(0, first[0] - BEFORE)
    while 0 < begin < first[0] and not text[begin - 1].isspace():
        begin += 1
    return ("… " if begin else "") + marked(" ".join(text[begin:begin + SHOWN].split()), asked)


def marked(text: str, asked: list[Words]) -> Markup:
    """The text with every hit in `mark`."""
    pieces, after = [], 0
    for begin, end in _hits(text, asked):
        pieces += [escape(text[after:begin]), Markup("<mark>"), escape(text[begin:end]), Markup("</mark>")]
        after = end
    return Markup("").join([*pieces, escape(text[after:])])


def _hits(text: str, asked: list[Words]) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, in order, none within another."""
    words = [(match.start(), match.end(), fold(match[0])) for match in WORD.finditer(text)]
    place = 0
    while place < len(words):
        long = max((len(each.words) for each in asked if _stands(each, words, place)), default=0)
        if long:
            yield words[place][0], words[place + long - 1][1]
        place += long or 1


def _stands(asked: Words, words: Sequence[tuple[int, int, str]], place: int) -> bool:
    there = [word for _begin, _end, word in words[place:place + len(asked.words)]]
    if len(there) < len(asked.words) or there[:-1] != list(asked.words[:-1]):
        return False
    return there[-1].startswith(asked.words[-1]) if asked.goes_on else there[-1] == asked.words[-1]
