"""Pages of the outbox: what is about to leave, what was sent, what went wrong and why."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _

from crm import web
from crm.accounts.trail import audit
from crm.extensions import db
from crm.frame import needs
from crm.outbox import queries, wording
from crm.outbox.models import STATES, UNSENT, Delivery

blueprint = Blueprint("outbox", __name__)
blueprint.record_once(lambda state: state.app.jinja_env.globals.update(delivery_reason=wording.sentence))
CAN_TRY = ("failed", "uncertain", "held", "cancelled")


@blueprint.get("/outbox")
@needs("outbox")
def index():
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    page = web.paginate(queries.rows(state), Delivery.created_at, Delivery.id, cursor=request.args.get("cursor"))
    if request.args.get("cursor") and web.wants_partial():
        return web.page("outbox/_rows.html", page=page, state=state)
    return web.page("outbox/index.html", page=page, state=state, counts=queries.counts(), states=STATES)


@blueprint.get("/outbox/<int:ident>")
@needs("outbox")
def show(ident: int):
    return web.page("outbox/show.html", "outbox/_delivery.html", delivery=found(ident), can_try=CAN_TRY, unsent=UNSENT)


@blueprint.post("/outbox/<int:ident>/attempt")
@needs("outbox")
def retry(ident: int):
    delivery = found(ident)
    delivery.retry()
    return noted(delivery, "delivery.retried", _("It is tried again now."))


@blueprint.delete("/outbox/<int:ident>")
@needs("outbox")
def discard(ident: int):
    delivery = found(ident)
    delivery.discard()
    return noted(delivery, "delivery.discarded", _("Discarded. It will not be sent."))


def noted(delivery: Delivery, action: str, done: str):
    audit(action, delivery, recipients=delivery.recipients)
    web.toast(done)
    db.session.commit()
    return web.done(f"/outbox/{delivery.id}")


def found(ident: int) -> Delivery:
    return db.session.get(Delivery, ident) or abort(404)
