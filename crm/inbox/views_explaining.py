"""The view behind a message: what was understood of its mail, and why."""

from __future__ import annotations

from flask import Blueprint

from crm import web
from crm.inbox.explaining import findings
from crm.inbox.quarantine import arrival_of
from crm.inbox.views_mail import received, visible

blueprint = Blueprint("explaining", __name__)


@blueprint.get("/inbox/messages/<int:ident>/explanation")
def explanation(ident: int):
    message = visible(ident)
    shown = findings(message, arrival_of(received(message)))
    return web.page("inbox/explanation.html", "inbox/_explanation.html", message=message, conversation=message.conversation, findings=shown)
