"""The queue of likely duplicates: best evidence first, side by side; merged, no duplicate, or later."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import queue, web
from crm.accounts import undo
from crm.duplicates import queries, scanning, showing
from crm.duplicates.grouping import regroup
from crm.duplicates.models import DuplicatePair
from crm.duplicates.views_persons import blueprint as persons
from crm.extensions import db
from crm.frame import needs

blueprint = Blueprint("duplicates", __name__)
blueprint.register_blueprint(persons)

GROUPS = 6  # more than a screen shows; the next ones come as one scrolls
DECISIONS = {"rejection": "rejected", "postponement": "later"}
DECISION = "/duplicates/<int:ident>/<any(rejection, postponement):decision>"


@blueprint.get("/duplicates")
def index():
    state = request.args.get("state", "open")
    state = state if state in ("later", "rejected") else "open"
    page, groups = queued(state)
    context: dict[str, Any] = {"state": state, "page": page, "groups": groups}
    if "cursor" in request.args and web.wants_partial():
        return web.page("duplicates/_groups.html", **context)
    return web.page("duplicates/index.html", counts=queries.counts(), scan=scanning.running(), last=scanning.last(), **context)


def queued(state: str) -> tuple[web.Page, list[showing.Group]]:
    """Open pairs by whom they hang together with; decided ones one by one."""
    cursor = request.args.get("cursor")
    if state == "open":
        page = web.paginate(queries.clusters(), DuplicatePair.rank, DuplicatePair.cluster, limit=GROUPS, cursor=cursor)
        return page, showing.in_clusters([row.cluster for row in page.items])
    page = web.paginate(queries.pairs(state), DuplicatePair.score, DuplicatePair.id, limit=GROUPS, cursor=cursor, scalars=True)
    return page, showing.one_by_one(page.items)


@blueprint.post(DECISION)
@needs("merge")
def decide(ident: int, decision: str):
    pair = queries.one(ident)
    before, state = pair.state, DECISIONS[decision]
    pair.decide(state, current_user.user)
    said = _("Not a duplicate: this pair is not shown again.") if state == "rejected" else _("Put off: the pair waits under Later.")
    if before != state:
        undo.offer("duplicate.decided", said, pair_id=ident, state=before)
    db.session.flush()
    left = regroup({pair.cluster})
    db.session.commit()
    return web.done("/duplicates", "duplicates/_left.html", groups=showing.in_clusters(left), state="open")


@blueprint.delete(DECISION)
@needs("merge")
def take_back(ident: int, decision: str):
    pair = queries.one(ident)
    if pair.state == DECISIONS[decision]:
        pair.decide("open", current_user.user)
        db.session.flush()
        regroup()
        web.toast(_("The pair is in the queue again."))
    db.session.commit()
    return web.done("/duplicates", "duplicates/_left.html", groups=(), state="open")


@blueprint.post("/duplicates/scan")
@needs("merge")
def scan():
    found = scanning.begin(current_user.user)
    queue.soon("duplicates.scan", found.id)
    db.session.commit()
    return web.done("/duplicates", "duplicates/_scan.html", scan=found, last=scanning.last())


@blueprint.get("/duplicates/scan")
def progress():
    """How far the scan is; when it is done, the page shows what it found."""
    running = scanning.running()
    if running is None and web.wants_partial():
        return web.done("/duplicates")
    return web.page("duplicates/scan.html", "duplicates/_scan.html", scan=running, last=scanning.last())
