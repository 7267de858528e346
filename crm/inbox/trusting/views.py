"""Remembering that a sender's pictures may be loaded, and taking it back."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts.trail import audit
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.models import Message
from crm.inbox.quarantine import arrival_of
from crm.inbox.trusting import trusting
from crm.inbox.trusting.models import TrustedSender
from crm.inbox.views_mail import received, visible
from crm.mail.parsing import Mail
from crm.mail.sanitising import has_remote_pictures

blueprint = Blueprint("trusting", __name__)


@blueprint.get("/inbox/messages/<int:ident>/frame")
def frame(ident: int):
    """The frame that shows the HTML, for swapping into the page."""
    message = visible(ident)
    mail = mail_of(message)
    return _framed(message, mail, remote=bool(request.args.get("remote")) or trusting.is_trusted(message, mail.from_))


@blueprint.post("/inbox/messages/<int:ident>/trust")
def trust(ident: int):
    """From now on, pictures of this address or of its whole domain are loaded."""
    message, value = visible(ident), request.form.get("sender", "")
    mail = mail_of(message)
    if value not in trusting.offers(message, mail.from_):
        raise Refused(_("Pictures can be allowed for the sender of this mail only."))
    TrustedSender.trust(value, current_user.user)
    audit("trusted_sender.added", None, sender=value)
    web.toast(_("Pictures of %(sender)s are loaded from now on.", sender=value))
    db.session.commit()
    if not web.wants_partial():
        return web.done(f"/inbox/messages/{ident}/frame")
    return _framed(message, mail, remote=True)


@blueprint.get("/settings/trusted-senders")
def index():
    return web.page("inbox/trusting/index.html", senders=trusting.everybody().all())


@blueprint.delete("/settings/trusted-senders/<int:ident>")
def remove(ident: int):
    sender = db.session.get(TrustedSender, ident)
    if sender is not None:
        audit("trusted_sender.removed", None, sender=sender.value)
        web.toast(_("Pictures of %(sender)s are blocked again.", sender=sender.value))
        db.session.delete(sender)
    db.session.commit()
    return web.done("/settings/trusted-senders")


def mail_of(message: Message) -> Mail:
    return arrival_of(received(message)).mail


def _framed(message: Message, mail: Mail, *, remote: bool):
    return web.page("inbox/frame.html", "inbox/_frame.html", message=message, conversation=message.conversation, remote=remote,
                    has_remote=has_remote_pictures(mail.html), offers=trusting.offers(message, mail.from_), refused=trusting.is_refused(message))
