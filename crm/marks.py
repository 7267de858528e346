"""The small marks that stand for a fact in a row: icon, channel, score, status, lifecycle. Never colour alone: always a word.

Each is rendered once per language and then only looked up, because a list shows hundreds of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from crm.formatting import formats, initials, number

STATIC = Path(__file__).parent / "static"

CHANNELS: Mapping[str, tuple[str, Any]] = {
    "email": ("mail", _l("Email")),
    "phone": ("phone", _l("Phone")),
    "in_person": ("users", _l("In person")),
    "chat": ("message-2", _l("Chat")),
    "web": ("world", _l("Web")),
    "letter": ("mail-opened", _l("Letter")),
    "sms": ("device-mobile-message", _l("SMS")),
    "social": ("at", _l("Social media")),
    "review": ("star", _l("Review")),
    "event": ("calendar-event", _l("Event")),
    "other": ("dots", _l("Other")),
}

# word and tone; tones: good, fair, poor, busy, quiet, alarm (alarm is red: needs action now)
STATUSES: Mapping[str, tuple[Any, str]] = {
    "open": (_l("Open"), "busy"),
    "waiting": (_l("Waiting"), "fair"),
    "snoozed": (_l("Snoozed"), "quiet"),
    "resolved": (_l("Resolved"), "good"),
    "spam": (_l("Spam"), "quiet"),
    "planned": (_l("Planned"), "quiet"),
    "held": (_l("Held"), "fair"),
    "queued": (_l("Queued"), "quiet"),
    "retrying": (_l("Retrying"), "fair"),
    "sending": (_l("Sending"), "busy"),
    "sent": (_l("Sent"), "good"),
    "failed": (_l("Failed"), "alarm"),
    "uncertain": (_l("Uncertain"), "poor"),
    "cancelled": (_l("Cancelled"), "quiet"),
    "opened": (_l("Opened"), "busy"),
    "answered": (_l("Answered"), "good"),
    "expired": (_l("Expired"), "quiet"),
    "new": (_l("New"), "busy"),
    "reached": (_l("Reached"), "busy"),
    "not_reached": (_l("Not reached"), "fair"),
    "solved": (_l("Solved"), "good"),
    "not_solvable": (_l("Not solvable"), "quiet"),
    "closed": (_l("Closed"), "quiet"),
    "done": (_l("Done"), "good"),
    "overdue": (_l("Overdue"), "alarm"),
    "active": (_l("Active"), "good"),
    "archived": (_l("Archived"), "quiet"),
    "retired": (_l("Retired"), "quiet"),
    "deactivated": (_l("Deactivated"), "quiet"),
    "revoked": (_l("Revoked"), "quiet"),
    "granted": (_l("Granted"), "good"),
    "refused": (_l("Refused"), "poor"),
    "withdrawn": (_l("Withdrawn"), "poor"),
    "quarantined": (_l("Quarantined"), "alarm"),
}

LIFECYCLES: Mapping[str, tuple[Any, str]] = {
    "lead": (_l("Lead"), "quiet"),
    "prospect": (_l("Prospect"), "busy"),
    "customer": (_l("Customer"), "good"),
    "former": (_l("Former customer"), "quiet"),
}

# per survey type: the lowest score of each band, best band first
BANDS: Mapping[str, tuple[tuple[float, Any, str], ...]] = {
    "nps": ((9, _l("Promoter"), "good"), (7, _l("Passive"), "fair"), (0, _l("Detractor"), "poor")),
    "csat": ((4, _l("Satisfied"), "good"), (3, _l("Neutral"), "fair"), (0, _l("Dissatisfied"), "poor")),
    "ces": ((5, _l("Easy"), "good"), (4, _l("Neutral"), "fair"), (0, _l("Hard"), "poor")),
    "expectation": ((3, _l("More than expected"), "good"), (2, _l("As expected"), "fair"), (0, _l("Less than expected"), "poor")),
}
EXPECTATIONS = {"fell_short": 1, "met": 2, "exceeded": 3}
TYPES = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "expectation": ""}


@lru_cache(4096)
def icon(name: str, label: str | None = None) -> Markup:
    """An icon of the sprite; with `label` it speaks for itself, without it is decoration beside a word."""
    speech = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {}><use href="{}#icon-{}"/></svg>').format(speech, asset("vendor/icons.svg"), name)


@lru_cache(1024)
def _asset(path: str, stamp: int) -> str:
    content = (STATIC / path).read_bytes() if stamp else b""
    return f"/static/{path}?v={hashlib.sha256(content).hexdigest()[:10]}"


_kept: dict[str, str] = {}


def asset(path: str) -> str:
    """The address of a file of ours, with its fingerprint, so that browsers keep it for a year."""
    if path not in _kept:
        file = STATIC / path
        found = _asset(path, file.stat().st_mtime_ns if file.exists() else 0)
        if current_app and current_app.debug:
            return found
        _kept[path] = found
    return _kept[path]


def channel(key: str, words: bool = True) -> Markup:
    """Icon and word of a channel; without `words` the word is only spoken and shown on hover."""
    return _channel(formats().language, key, words)


@lru_cache(512)
def _channel(_language: str, key: str, words: bool) -> Markup:
    name, label = CHANNELS.get(key, CHANNELS["other"])
    if words:
        return Markup('<span class="channel channel-{}">{} {}</span>').format(key, icon(name), label)
    return Markup('<span class="channel channel-{}" title="{}">{}</span>').format(key, label, icon(name, str(label)))


def channel_word(key: str) -> str:
    return str(CHANNELS.get(key, CHANNELS["other"])[1])


def channel_icon(key: str) -> str:
    return CHANNELS.get(key, CHANNELS["other"])[0]


def status(key: str) -> Markup:
    return _chip(formats().language, "status", key)


def lifecycle(key: str) -> Markup:
    return _chip(formats().language, "lifecycle", key)


@lru_cache(512)
def _chip(_language: str, family: str, key: str) -> Markup:
    table = STATUSES if family == "status" else LIFECYCLES
    word, tone = table.get(key, (key, "quiet"))
    return Markup('<span class="mark mark-{}">{}</span>').format(tone, word)


def band(survey: str, value: float | str) -> tuple[Any, str]:
    """Word and tone of a score: ('Detractor', 'poor') for an NPS of 4."""
    amount = EXPECTATIONS.get(value, 0) if isinstance(value, str) else value
    return next(((word, tone) for least, word, tone in BANDS.get(survey, BANDS["csat"]) if amount >= least), ("", "fair"))


def score(survey: str, value: float | str | None) -> Markup:
    """A score as number and word, coloured by its band; an expectation is its word alone."""
    return Markup("") if value is None else _score(formats().language, survey, value)


@lru_cache(2048)
def _score(_language: str, survey: str, value: float | str) -> Markup:
    word, tone = band(survey, value)
    figure = "" if isinstance(value, str) or survey == "expectation" else Markup("<b>{}</b> ").format(number(value, 0 if value == int(value) else 1))
    return Markup('<span class="mark mark-{} score" title="{}">{}{}</span>').format(tone, TYPES.get(survey, survey), figure, word)


@lru_cache(4096)
def face(name: str | None, size: str = "") -> Markup:
    """The initials of a person on their colour. Decoration: the name stands beside it."""
    hue = sum(map(ord, name or "?")) % 6
    return Markup('<span class="face face-{}{}" aria-hidden="true">{}</span>').format(hue, f" face-{size}" if size else "", initials(name))


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        icon=icon, asset=asset, channel_mark=channel, channel_word=channel_word, channel_icon=channel_icon,
        status_mark=status, lifecycle_mark=lifecycle, score_mark=score, face=face, channels=CHANNELS, lifecycles=LIFECYCLES,
    )
