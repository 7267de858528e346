"""Where the page of a record is, so that the backbone can point at what a feature keeps without knowing the feature."""

from __future__ import annotations

from flask import Flask

PAGES = {
    "contact": "/contacts/{}",
    "organisation": "/organisations/{}",
    "conversation": "/inbox/{}",
    "task": "/tasks/{}",
    "answer": "/feedback/answers/{}",
    "segment": "/segments/{}",
    "touchpoint": "/touchpoints/{}",
    "file": "/files/{}",
    "merge": "/merges/{}",
}


def about_url(kind: str | None, ident: int | None) -> str | None:
    """The address of the record `kind` `ident`, or None when it has no page."""
    return PAGES[kind].format(ident) if kind in PAGES and ident else None


def register(app: Flask) -> None:
    app.extensions["links"] = about_url
    app.jinja_env.globals["about_url"] = about_url
