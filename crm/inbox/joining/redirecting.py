"""The number of a conversation that was merged leads to the one that lives, on pages and in the API, whatever stands behind it; also what is written to it."""

from __future__ import annotations

import re

from flask import Response, request

from crm.frame import READING
from crm.inbox.joining.queries import survivors

ADDRESS = re.compile(r"(?P<before>/inbox/|/api/v1/conversations/)(?P<ident>\d{1,9})(?P<rest>/.*)?")


def lead_on(response: Response) -> Response:
    """Only where nothing was found, so that a page that exists costs nothing. Never remembered, because a merge can be undone."""
    parts = ADDRESS.fullmatch(request.path) if response.status_code == 404 and request.endpoint is not None else None
    survivor = survivors([int(parts["ident"])]).get(int(parts["ident"])) if parts else None
    if parts is None or survivor is None:
        return response
    asked = request.query_string.decode("ascii", "ignore")
    is_page = parts["before"] == "/inbox/"
    answer = Response("", 303 if is_page and request.method in READING else 308, mimetype="text/html" if is_page else "application/json")
    answer.headers["Location"] = f"{parts['before']}{survivor}{parts['rest'] or ''}" + (f"?{asked}" if asked else "")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
