"""The old id of a merged record leads to its survivor, on every page and in the API, whatever stands behind the id; also what is written to it."""

from __future__ import annotations

import re

from flask import Response, make_response, redirect, request

from crm.frame import READING
from crm.merging import queries

ADDRESS = re.compile(r"(?P<before>(?:/api/v1)?/(?P<kind>contact|organisation)s/)(?P<ident>\d{1,9})(?P<rest>/.*)?")


def lead_on(response: Response) -> Response:
    """Only where nothing was found (merged records are no records any more), so that a page that exists costs nothing."""
    if response.status_code != 404 or request.endpoint is None:
        return response
    parts = ADDRESS.fullmatch(request.path)
    survivor = queries.survivor_id(parts["kind"], int(parts["ident"])) if parts else None
    if parts is None or survivor is None:
        return response
    asked = request.query_string.decode("ascii", "ignore")
    there = f"{parts['before']}{survivor}{parts['rest'] or ''}" + (f"?{asked}" if asked else "")
    return _api(there) if parts["before"].startswith("/api") else _page(there)


def _page(there: str) -> Response:
    """303 where something is read; what is written is sent again to the survivor (308). Neither is remembered, because a merge can be undone."""
    response = make_response(redirect(there, 303 if request.method in READING else 308))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _api(there: str) -> Response:
    response = make_response("", 308)
    response.headers["Location"], response.headers["Cache-Control"] = there, "private, no-store"
    response.mimetype = "application/json"
    return response
