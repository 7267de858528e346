"""The mail behind a message: its whole text, its HTML in isolation, its files, the original. Nothing of it ever runs in our pages."""

from __future__ import annotations

import base64

from flask import Blueprint, abort, make_response, render_template, request
from flask_login import current_user

from crm import attachments, blobs, web
from crm.extensions import db
from crm.inbox import queries
from crm.inbox.models import Attachment, Conversation, Message, ReceivedMail
from crm.inbox.quarantine import arrival_of
from crm.mail.sanitising import safe_html
from crm.mail.targets import told

blueprint = Blueprint("mail", __name__)
# `sandbox` comes first: without allow-… the frame has an origin of its own, runs nothing, sends no forms.
ISOLATED = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:{remote}; frame-ancestors 'self'"
BLANK = "data:,blocked"
LARGEST_PICTURE = 3 * 1024 * 1024


@blueprint.get("/inbox/messages/<int:ident>/text")
def text(ident: int):
    """The whole text with its quotes."""
    message = visible(ident)
    return web.page("inbox/text.html", "inbox/_text.html", message=message, conversation=message.conversation)


@blueprint.get("/inbox/messages/<int:ident>/html")
def markup(ident: int):
    """The HTML of a mail, cleaned, in an origin of its own. Remote pictures only if asked for."""
    message = visible(ident)
    mail, remote = arrival_of(received(message)).mail, bool(request.args.get("remote"))
    pictures = {each.content_id: data_url(each.content_type, each.data) for each in mail.attachments if each.content_id and shows(each)}
    body = safe_html(mail.html, pictures, allow_remote=remote, blank=BLANK)
    if remote:
        body = body.replace(f'src="{BLANK}" data-remote=', "src=")
    response = make_response(render_template("inbox/mail.html", body=told(body)))
    response.headers["Content-Security-Policy"] = ISOLATED.format(remote=" https: http:" if remote else "")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/inbox/messages/<int:ident>/delivery")
def delivery(ident: int):
    """What became of a mail of ours: every attempt, and what the server said."""
    message = visible(ident)
    return web.page("inbox/delivery.html", "outbox/_log.html", message=message, conversation=message.conversation, delivery=message.delivery or abort(404))


@blueprint.get("/inbox/messages/<int:ident>/original")
def original(ident: int):
    """The mail as it came in, or as it left, byte for byte."""
    message = visible(ident)
    if message.received_mail_id:
        data = arrival_of(received(message)).raw
    elif message.delivery:
        data = blobs.get(message.delivery.blob)
    else:
        abort(404)
    return attachments.download(data, f"{message.conversation_id}-{message.id}.eml", "message/rfc822")


@blueprint.get("/inbox/attachments/<int:ident>")
def attachment(ident: int):
    row = db.session.get(Attachment, ident) or abort(404)
    visible(row.message_id)
    return attachments.download(row.blob, name_of(row), row.content_type)


@blueprint.get("/inbox/attachments/<int:ident>/view")
def preview(ident: int):
    """A picture or a PDF, if it is one by its own bytes; anything else is saved."""
    row = db.session.get(Attachment, ident) or abort(404)
    visible(row.message_id)
    return attachments.preview(row.blob, name_of(row), attachments.sniffed(blobs.get(row.blob), row.filename))


def visible(message_id: int) -> Message:
    reachable = queries.visible_to(current_user).with_only_columns(Conversation.id)
    wanted = db.select(Message).where(Message.id == message_id, Message.conversation_id.in_(reachable))
    return db.session.scalars(wanted).one_or_none() or abort(404)


def name_of(row: Attachment) -> str:
    return row.filename or f"attachment-{row.id}"


def received(message: Message) -> ReceivedMail:
    return message.received_mail or abort(404)


def shows(attachment) -> bool:
    return attachment.content_type in attachments.PICTURES and attachment.size <= LARGEST_PICTURE


def data_url(content_type: str, data: bytes) -> str:
    return f"data:{content_type};base64,{base64.b64encode(data).decode()}"
