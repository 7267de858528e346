"""From what was typed to the conversations: one statement, with what was wrong in it explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Select, and_, false, func, literal, not_, or_, select, true

from crm.extensions import LARGEST_ID, db, fetch
from crm.inbox.models import Conversation, Message
from crm.inbox.searching import asking, meanings
from crm.inbox.searching.asking import Term
from crm.inbox.searching.indexing import PARTS
from crm.inbox.searching.models import WORDS
from crm.search.full_text import Choices, Words

MOST = 2_000  # messages that are looked at, the newest of those found: a word of every second mail need not be read to its end
NEARLY = 60  # rapidfuzz ratio from which an operator is taken for a mistyped one


@dataclass(frozen=True)
class Question:
    """What was typed, for a person."""

    text: str
    user: Any

    @cached_property
    def groups(self) -> list[list[Term]]:
        return asking.read(self.text)

    @cached_property
    def problems(self) -> list[str]:
        """What in it could not be meant, a sentence each."""
        return self._wrong if self.condition is not None else []

    @cached_property
    def _wrong(self) -> list[str]:
        return [unknown(term) for group in self.groups for term in group if term.unknown]

    @cached_property
    def phrases(self) -> list[tuple[str, Words]]:
        """What is to be marked in the rows: (part, words), of everything that is not to be missing."""
        return [(term.operator, term.words) for group in self.groups for term in group if term.is_text and not term.negated and term.words]

    @cached_property
    def every(self) -> Choices:
        """The words that one message has to hold: groups of nothing but words."""
        return [[_indexed(term) for term in group if term.words] for group in self.groups if _is_plain(group)]

    @cached_property
    def condition(self) -> ColumnElement[bool]:
        """True of the conversations that are found."""
        conditions = [self._group(group) for group in self.groups if not _is_plain(group)]
        if self.every:
            conditions.append(Conversation.id.in_(holding(self.every)))
        if not any(term.operator == "is" and meanings.word_of(term.value, meanings.STATES) == "spam" for group in self.groups for term in group):
            conditions.append(Conversation.status != "spam")
        return and_(true(), *conditions)

    def _group(self, group: Sequence[Term]) -> ColumnElement[bool]:
        return or_(*(self._term(term) for term in group))

    def _term(self, term: Term) -> ColumnElement[bool]:
        if term.is_text:
            if not term.words:
                return true()
            return not_(_somewhere(_indexed(term))) if term.negated else Conversation.id.in_(holding([[_indexed(term)]]))
        try:
            found = meanings.condition(term, self.user)
        except meanings.Wrong as wrong:
            self._wrong.append(str(wrong))
            return false()
        return func.coalesce(not_(found), true()) if term.negated else found  # what has no assignee is not assigned to her either

    def of(self, conversations: Select) -> Select:
        return conversations.where(self.condition)

    @property
    def is_cut(self) -> bool:
        """Whether more messages hold the words than are looked at."""
        if not self.every:
            return False
        counted = WORDS.ids(self.every, _on_sqlite(), "counted").offset(MOST).limit(1)
        return bool(fetch(counted))


def unknown(term: Term) -> str:
    near = process.extractOne(term.unknown.lower(), [word for words in asking.OPERATORS.values() for word in words], scorer=fuzz.ratio, score_cutoff=NEARLY)
    if near:
        return _("There is no “%(name)s:”; it was searched as words. Did you mean “%(near)s:”?", name=term.unknown, near=near[0])
    return _("There is no “%(name)s:”; it was searched as words.", name=term.unknown)


def _is_plain(group: Sequence[Term]) -> bool:
    """Nothing but words that have to be there: the index answers all such groups at once."""
    return all(term.is_text and not term.negated and term.words for term in group)


def _indexed(term: Term) -> Words:
    assert term.words is not None
    return indexed(term.operator, term.words)


def indexed(part: str, words: Words) -> Words:
    """As they stand in the index."""
    return Words(tuple(PARTS.get(part, "") + word for word in words.words), words.exact)


def holding(asked: Choices) -> Select:
    """Conversations with a message that holds all of `asked`; of many messages, the newest."""
    found = WORDS.ids(asked, _on_sqlite(), "words").subquery()
    order = found.c.id.desc() if _on_sqlite() else (found.c.id + literal(0)).desc()  # PostgreSQL would read its table backwards, all of it for a rare word
    newest = select(found.c.id).order_by(order).limit(MOST).subquery()
    return select(Message.conversation_id).join(newest, newest.c.id == Message.id)


def _somewhere(words: Words) -> ColumnElement[bool]:
    """One of the conversation's messages holds the words. All that do are read once, into a list: to ask the index anew for every conversation takes seconds."""
    found = WORDS.ids([[words]], _on_sqlite(), "without").limit(LARGEST_ID)
    return Conversation.id.in_(select(Message.conversation_id).where(Message.id.in_(found)))


def _on_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
