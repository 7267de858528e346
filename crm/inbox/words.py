"""Words the inbox's rows need, looked up once per language: a row must not ask the catalogue."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask.sansio.app import App
from jinja2.utils import urlize
from markupsafe import Markup, escape

from crm.contacts.standing import standing
from crm.formatting import formats
from crm.inbox import events, reading
from crm.timeline.kinds import kind


def standing_of(row: Any) -> str:
    """"customer since 2006" of a row with lifecycle and customer_since."""
    return _standing(formats().language, row.lifecycle, row.customer_since)


@lru_cache(512)
def _standing(_language: str, lifecycle: str, since: Any) -> str:
    return standing(lifecycle, since)


def priority_word(key: str) -> str:
    return str(events.PRIORITIES.get(key, key))


def kind_word(key: str) -> str:
    return str(kind(key).label)


def linked(text: str) -> Markup:
    """The text with its addresses as links; looked through only if there can be any."""
    if not any(sign in text for sign in ("://", "www.", "@")):
        return escape(text)
    return Markup(urlize(text, rel="noopener noreferrer nofollow", target="_blank"))  # noqa: S704 — urlize escapes


def register(app: App) -> None:
    app.jinja_env.filters.update(standing_of=standing_of, linked=linked)
    app.jinja_env.globals.update(
        event_sentence=events.sentence, can_be_taken_back=reading.can_be_taken_back, priority_word=priority_word, kind_word=kind_word,
    )
