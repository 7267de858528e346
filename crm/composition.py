"""Where the packages come together: tables, blueprints, and the plain lists that let features meet without knowing each other."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from flask import Flask

BACKBONE = ("accounts", "touchpoints", "contacts", "consent", "timeline", "outbox", "search", "calendars", "merging", "importing", "notifications", "duplicates")
FEATURES = ("inbox", "tasks", "feedback", "segments", "files", "contactforms")
PAGES = ("contactpage", "myday")  # they read from every feature
WITHOUT_TABLES = PAGES
WITHOUT_PAGES = ("consent",)
PARTS = ("contacts.custom", "contacts.relations", "contacts.changes", "contacts.bulk", "contacts.saved_views", "inbox.clocks", "inbox.composing", "inbox.fetching", "inbox.joining", "inbox.searching", "inbox.linking", "inbox.macros", "inbox.scheduling", "inbox.teamwork", "inbox.trusting")  # with tables of their own


def register(app: Flask) -> None:
    import_models()
    for package in (*BACKBONE, *FEATURES, *PAGES, "api"):
        if package not in WITHOUT_PAGES:
            app.register_blueprint(import_module(f"crm.{package}.views").blueprint)
    from crm import (
        alarms,
        desk,
        health,
        histories,
        links,
        navigation,
        panels,
        queue,
        reactions,
        resources,
        searchables,
        statistics,
        undoing,
    )
    from crm.duplicates import joining
    from crm.inbox.fetching import servers
    from crm.timeline import recording

    recording.connect(app, reactions.REACTIONS)
    app.extensions["visitors"] = joining
    app.extensions["post"] = _post
    app.extensions["prepare"] = _prepare
    app.extensions["default_sender"] = _firm_address
    app.extensions["smtp_servers"] = servers.smtp_servers
    for part in (alarms, desk, links, navigation, panels, histories, searchables, statistics, undoing, queue, resources, health):
        part.register(app)


def import_models() -> None:
    """Make every table known to the metadata."""
    for package in (*BACKBONE, *FEATURES, *PAGES, "api"):
        if package not in WITHOUT_TABLES:
            import_module(f"crm.{package}.models")
    for part in PARTS:
        import_module(f"crm.{part}.models")


def _post(**mail: Any) -> Any:
    """How accounts, which stand left of the outbox, send a mail all the same."""
    from crm.outbox.sending import enqueue

    return enqueue(**mail)


def _firm_address() -> tuple[str, str] | None:
    """Who mails of the outbox come from when nobody says otherwise: the default mailbox."""
    from crm.inbox.queries import default_mailbox

    mailbox = default_mailbox()
    return (mailbox.name, mailbox.address) if mailbox else None


def _prepare() -> None:
    """What /setup puts in place for a new firm."""
    from crm.defaults import prepare

    prepare()
