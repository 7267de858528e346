"""Pages of the outbox: what is about to leave, what was sent, what went wrong and why."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext

from crm import blobs, fields, web
from crm.accounts import undo
from crm.accounts.trail import audit
from crm.attachments import download
from crm.extensions import db
from crm.frame import needs
from crm.mail.parsing import parse
from crm.outbox import many, queries, wording
from crm.outbox.models import AGAIN, UNSENT, Delivery

blueprint = Blueprint("outbox", __name__)
blueprint.record_once(lambda state: state.app.jinja_env.globals.update(delivery_reason=wording.sentence, attempt_words=wording.attempt, delivery_mark=wording.mark))
SHOWN = 50_000  # characters of a mail on its page
SECRET = ("account",)  # mails with a link that sets a password: nobody but their recipient reads them


@blueprint.get("/outbox")
@needs("outbox")
def index():
    state, wanted = asked()
    page = web.paginate(queries.rows(state, wanted), Delivery.created_at, Delivery.id, cursor=request.args.get("cursor"))
    if request.args.get("cursor") and web.wants_partial():
        return web.page("outbox/_rows.html", page=page, url=address(state, wanted))
    return web.page("outbox/index.html", page=page, state=state, wanted=wanted, url=address(state, wanted), counts=queries.counts(), whole=state in many.WHOLE, troubles=current_app.extensions["alarms"]())


def asked() -> tuple[str, str]:
    state = request.values.get("state", "")
    return state if state in queries.LISTS else "", fields.one_line(request.values.get("q"))[:100]


def address(state: str, wanted: str) -> str:
    asked = {name: value for name, value in (("state", state), ("q", wanted)) if value}
    return "/outbox" + (f"?{urlencode(asked)}" if asked else "")


@blueprint.post("/outbox/bulk")
@needs("outbox")
def change_many():
    (state, wanted), change = asked(), request.form.get("change", "")
    picked = [ident for ident in map(fields.ident_or_none, request.form.getlist("pick")) if ident][: many.MOST]
    whole = "all" in request.form and state in many.WHOLE
    if change not in many.CHANGES or not (picked or whole):
        web.toast(_("Select some mails first."))
        return web.done(address(state, wanted))
    before, refused = many.carry_out(many.chosen(picked, state, wanted, whole), change)
    audit("deliveries.retried" if change == "retry" else "deliveries.discarded", count=len(before))
    tell(change, before, refused)
    db.session.commit()
    return web.done(address(state, wanted))


def tell(change: str, before: list, refused: list[str]) -> None:
    said = ngettext("1 mail is tried again now.", "%(num)d mails are tried again now.", len(before))
    if change == "discard":
        said = ngettext("1 mail discarded.", "%(num)d mails discarded.", len(before))
    if refused:
        said += " " + ngettext("1 stayed as it was: %(reason)s", "%(num)d stayed as they were: %(reason)s", len(refused), reason=refused[0])
    if change == "discard" and before:
        undo.offer("deliveries.discarded", said, deliveries=before)
    else:
        web.toast(said)


@blueprint.get("/outbox/<int:ident>")
@needs("outbox")
def show(ident: int):
    delivery = found(ident)
    return web.page("outbox/show.html", "outbox/_delivery.html", delivery=delivery, can_try=AGAIN, unsent=UNSENT, secret=delivery.purpose in SECRET)


@blueprint.get("/outbox/<int:ident>/mail")
@needs("outbox")
def mail(ident: int):
    """The finished mail as text: what the recipient reads, without anything that acts."""
    delivery = found(ident)
    parsed = parse(finished(delivery))
    return web.page("outbox/mail.html", "outbox/_mail.html", delivery=delivery, mail=parsed, text=parsed.text[:SHOWN], cut=len(parsed.text) > SHOWN)


@blueprint.get("/outbox/<int:ident>/original")
@needs("outbox")
def original(ident: int):
    return download(finished(found(ident)), f"outbox-{ident}.eml", "message/rfc822")


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
    before = delivery.state
    delivery.discard()
    audit("delivery.discarded", delivery, recipients=delivery.recipients)
    undo.offer("deliveries.discarded", _("Discarded. It will not be sent."), deliveries=[{"id": ident, "state": before}])
    db.session.commit()
    return web.done(f"/outbox/{delivery.id}")


def noted(delivery: Delivery, action: str, done: str):
    audit(action, delivery, recipients=delivery.recipients)
    web.toast(done)
    db.session.commit()
    return web.done(f"/outbox/{delivery.id}")


def found(ident: int) -> Delivery:
    return db.session.get(Delivery, ident) or abort(404)


def finished(delivery: Delivery) -> bytes:
    if delivery.purpose in SECRET or not blobs.path(delivery.blob).exists():
        abort(404)
    return blobs.get(delivery.blob)
