"""Forwarding one message."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.contexts import found
from crm.inbox.forwarding import forwarding
from crm.inbox.forwarding.forms import ForwardForm
from crm.inbox.views_mail import visible

blueprint = Blueprint("forwarding", __name__)


@blueprint.get("/inbox/messages/<int:ident>/forward")
def choose(ident: int):
    message = visible(ident)
    return web.page("inbox/forwarding/forward.html", message=message, conversation=message.conversation, form=ForwardForm(formdata=None, message=message))


@blueprint.post("/inbox/messages/<int:ident>/forward")
@once
def forward(ident: int):
    message = visible(ident)
    conversation, form = found(message.conversation_id), ForwardForm(message=message)
    if not form.validate():
        return web.invalid("inbox/forwarding/forward.html", message=message, conversation=conversation, form=form)
    try:
        sent = forwarding.forward(message, current_user.user, form.addresses, text=form.body.data, subject=form.subject.data, files=form.chosen, whole=form.whole.data)
    except Refused as refused:
        if refused.field != "to":
            raise
        form.to.errors = [refused.reason]
        return web.invalid("inbox/forwarding/forward.html", message=message, conversation=conversation, form=form)
    undo.offer("message.forwarded", _("Forwarded to %(to)s", to=", ".join(pair[1] for pair in sent.to)), message_id=sent.id)
    location = leads_to(f"/inbox/{conversation.id}")
    db.session.commit()
    return web.done(location)
