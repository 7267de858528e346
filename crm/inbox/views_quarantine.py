"""Mail that could not be taken: the list with the reasons, the mail itself, once more, or away with it."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _

from crm import web
from crm.attachments import download
from crm.extensions import db
from crm.frame import needs
from crm.inbox import quarantine, queries
from crm.inbox.models import ReceivedMail
from crm.mail.charsets import decode

blueprint = Blueprint("quarantine", __name__)
SHOWN = 20_000  # bytes of the mail on its page


@blueprint.get("/inbox/quarantine")
@needs("quarantine")
def index():
    page = web.paginate(queries.quarantined(), ReceivedMail.received_at, ReceivedMail.id, cursor=request.args.get("cursor"), scalars=True)
    partial = "inbox/_quarantine_rows.html" if request.args.get("cursor") else None
    return web.page("inbox/quarantine.html", partial, page=page, describe=quarantine.describe, count=web.bounded_count(queries.quarantined()))


@blueprint.get("/inbox/quarantine/<int:ident>")
@needs("quarantine")
def show(ident: int):
    received = found(ident)
    raw = quarantine.arrival_of(received).raw
    return web.page("inbox/quarantined.html", received=received, reason=quarantine.describe(received.error), text=decode(raw[:SHOWN]), cut=len(raw) > SHOWN)


@blueprint.get("/inbox/quarantine/<int:ident>/original")
@needs("quarantine")
def original(ident: int):
    return download(quarantine.arrival_of(found(ident)).raw, f"quarantine-{ident}.eml", "message/rfc822")


@blueprint.post("/inbox/quarantine/<int:ident>/attempt")
@needs("quarantine")
def run_again(ident: int):
    outcome = quarantine.run_again(found(ident))
    db.session.commit()
    if outcome.kind == "quarantined":
        web.toast(_("It could not be taken this time either. The reason stands beside it."))
        return web.done(f"/inbox/quarantine/{outcome.ident}")
    web.toast(_("Taken"))
    return web.done(f"/inbox/{outcome.ident}")


@blueprint.delete("/inbox/quarantine/<int:ident>")
@needs("quarantine")
def discard(ident: int):
    quarantine.discard(found(ident))
    web.toast(_("Discarded. The mail itself is kept."))
    db.session.commit()
    return web.done("/inbox/quarantine")


def found(ident: int) -> ReceivedMail:
    return db.session.get(ReceivedMail, ident) or abort(404)
