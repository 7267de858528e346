"""The resources of the API, in the order of its description: `RESOURCES` of each package's api.py."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from crm.api import authentication, openapi

PACKAGES = ("contacts", "merging", "duplicates", "timeline", "touchpoints", "consent", "outbox", "inbox", "inbox.joining", "inbox.macros", "inbox.scheduling", "inbox.linking", "inbox.forwarding", "tasks", "feedback", "segments", "metrics", "files", "contactforms", "contacts.relations", "contacts.changes", "contacts.custom", "contacts.exporting", "contacts.bulk")


def register(app: Flask) -> None:
    modules = [import_module(f"crm.{package}.api") for package in PACKAGES if find_spec(f"crm.{package}.api")]
    openapi.register(app, [resource for module in modules for resource in module.RESOURCES])
    app.teardown_request(authentication.forget)
