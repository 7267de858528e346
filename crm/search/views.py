"""The search box: records and commands for what was typed."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, current_app, request

from crm import web
from crm.frame import may
from crm.search.finding import find
from crm.search.tokens import question, tokenise

blueprint = Blueprint("search", __name__)
ORDER = {"contact": 0, "organisation": 1, "conversation": 2, "task": 3}


@blueprint.get("/search")
def index():
    asked = request.args.get("q", "").strip()[:200]
    hits = find(asked, limit=24) if asked else []
    hits.sort(key=lambda hit: ORDER.get(hit.kind, 9))
    groups = [(kind, list(rows)[:8]) for kind, rows in groupby(hits, key=lambda hit: hit.kind)]
    return web.page("search/index.html", "search/_results.html", asked=asked, groups=groups, commands=_commands(asked))


def _commands(asked: str):
    """Commands each of whose asked words begins one of its own; all of them while nothing is typed."""
    words = question(asked)
    offered = [entry for entry in current_app.extensions["commands"] if entry.right is None or may(entry.right)]
    return [entry for entry in offered if all(_begins(word, f"{entry.label} {entry.words}") for word in words)][:8]


def _begins(word: str, label: str) -> bool:
    return any(own.startswith(word) for own in tokenise(label).split())
