"""Help for the search of the inbox: what its operators are, and what may come next. The list itself is the inbox's."""

from __future__ import annotations

from flask import Blueprint, request

from crm import web
from crm.inbox.searching import suggesting

blueprint = Blueprint("searching", __name__)


@blueprint.get("/inbox/search")
def index():
    """Every operator by an example."""
    return web.page("inbox/searching/index.html", "inbox/searching/_help.html", examples=suggesting.examples(), asked=request.args.get("q", ""))


@blueprint.get("/inbox/search/suggestions")
def suggestions():
    """For the list under the box."""
    return web.page("inbox/searching/_suggestions.html", suggestions=suggesting.suggestions(request.args.get("q", "")))
