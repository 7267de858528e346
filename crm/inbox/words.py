"""Words of the inbox, looked up once per language: a row must not ask the catalogue, nor a menu for each of its entries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from flask.sansio.app import App
from flask_babel import gettext as _
from jinja2.utils import urlize
from markupsafe import Markup, escape

from crm import attachments
from crm.contacts.standing import standing
from crm.formatting import formats
from crm.inbox import events, reading
from crm.inbox.forms import PUT_OFF_WORDS
from crm.inbox.listing import VIEWS
from crm.inbox.trusting import wording

CANDIDATE = re.compile(r"((?<!\S)\S*?(?:://|www\.|@)\S*)")  # begins at words only, so that a long one without end costs no more than once


@dataclass(frozen=True)
class Words:
    """Everything in one language."""

    views: dict[str, tuple[str, str]]  # label and icon
    put_off: dict[str, str]
    priorities: dict[str, str]
    priority_choices: dict[str, str]


def words() -> Words:
    """The words in the language of whom we answer."""
    return _words(formats().voice)


@lru_cache(8)
def _words(_voice: str) -> Words:
    priorities = {key: str(word) for key, word in events.PRIORITIES.items()}
    return Words(
        views={key: (str(label), icon) for key, (label, icon) in VIEWS.items()}, put_off={key: str(word) for key, word in PUT_OFF_WORDS.items()},
        priorities=priorities, priority_choices={key: _("Priority: %(priority)s", priority=word) for key, word in priorities.items()},
    )


def standing_of(row: Any) -> str:
    """"customer since 2006" of a row with lifecycle and customer_since."""
    return _standing(formats().language, row.lifecycle, row.customer_since)


@lru_cache(512)
def _standing(_language: str, lifecycle: str, since: Any) -> str:
    return standing(lifecycle, since)


def linked(text: str) -> Markup:
    """The text with its addresses as links; only words that can be one are looked at closely."""
    plain, *rest = CANDIDATE.split(text)
    links = (urlize(word, rel="noopener noreferrer nofollow", target="_blank") for word in rest[::2])
    return Markup("".join((escape(plain), *chain.from_iterable(zip(links, map(escape, rest[1::2]), strict=True)))))  # noqa: S704 — urlize escapes


def register(app: App) -> None:
    app.jinja_env.filters.update(standing_of=standing_of, linked=linked)
    app.jinja_env.globals.update(
        event_sentence=events.sentence, can_be_taken_back=reading.can_be_taken_back, inbox_words=words, odd=wording.odd, is_odd=wording.is_grave, can_run=attachments.can_run,
        is_shown=attachments.is_shown,
    )
