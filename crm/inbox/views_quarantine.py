"""Mail that could not be taken: the list with the reasons, the mail itself, once more, or away with it."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_babel import ngettext

from crm import web
from crm.accounts import undo
from crm.accounts.trail import audit
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
    state = "discarded" if request.args.get("state") == "discarded" else "quarantined"
    page = web.paginate(queries.quarantined(state), ReceivedMail.received_at, ReceivedMail.id, cursor=request.args.get("cursor"), scalars=True)
    partial = "inbox/_quarantine_rows.html" if request.args.get("cursor") else None
    return web.page("inbox/quarantine.html", partial, page=page, state=state, describe=quarantine.describe, days=quarantine.KEPT_FOR.days,
                    count=web.bounded_count(queries.quarantined()), url="/inbox/quarantine" + ("?state=discarded" if state == "discarded" else ""))


@blueprint.post("/inbox/quarantine/attempt")
@needs("quarantine")
def run_all_again():
    became = quarantine.run_all_again()
    stayed = became.pop("quarantined", 0)
    said = ngettext("1 mail taken.", "%(num)d mails taken.", became.total())
    web.toast(said + (" " + ngettext("1 stays in quarantine.", "%(num)d stay in quarantine.", stayed) if stayed else ""))
    db.session.commit()
    return web.done("/inbox/quarantine")


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
    received = found(ident)
    quarantine.discard(received)
    audit("quarantine.discarded", received, sender=received.envelope_from)
    undo.offer("quarantine.discarded", _("Discarded. The mail itself is kept for %(days)d days.", days=quarantine.KEPT_FOR.days), received_id=ident)
    db.session.commit()
    return web.done("/inbox/quarantine")


@blueprint.post("/inbox/quarantine/<int:ident>/return")
@needs("quarantine")
def bring_back(ident: int):
    quarantine.bring_back(found(ident))
    web.toast(_("It lies in quarantine again."))
    db.session.commit()
    return web.done(f"/inbox/quarantine/{ident}")


def found(ident: int) -> ReceivedMail:
    """A mail that is or was in quarantine, as long as its bytes are there."""
    received = db.session.get(ReceivedMail, ident)
    return received if received is not None and received.state != "forgotten" else abort(404)
