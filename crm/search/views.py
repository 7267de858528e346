"""The search box: records and commands for what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flask import Blueprint, current_app, request

from crm import web
from crm.formatting import formats
from crm.frame import may
from crm.search.finding import find_each
from crm.search.tokens import question, tokenise

blueprint = Blueprint("search", __name__)
KINDS = ("contact", "organisation", "conversation", "task")


@blueprint.get("/search")
def index():
    asked = request.args.get("q", "").strip()[:200]
    groups = find_each(asked, KINDS) if asked else []
    return web.page("search/index.html", "search/_results.html", asked=asked, groups=groups, commands=_commands(asked))


def _commands(asked: str):
    """Commands each of whose asked words begins one of its own; all of them while nothing is typed."""
    words, known = question(asked), _tokens(formats().language)
    offered = [entry for entry, own in zip(current_app.extensions["commands"], known, strict=True) if all(_begins(word, own) for word in words)]
    return [*_here(words), *(entry for entry in offered if entry.right is None or may(entry.right))][:8]


def _here(words: Sequence[str]):
    """Commands of the page the person is on, which the composition knows."""
    offered = current_app.extensions["commands_here"](web.came_from(""))
    return [entry for entry in offered if words and all(_begins(word, tokenise(f"{entry.label} {entry.words}").split()) for word in words)]


@lru_cache(8)
def _tokens(_language: str) -> list[list[str]]:
    """The words of each command in this language, worked out once."""
    return [tokenise(f"{entry.label} {entry.words}").split() for entry in current_app.extensions["commands"]]


def _begins(word: str, own: Sequence[str]) -> bool:
    return any(each.startswith(word) for each in own)
