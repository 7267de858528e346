"""A message of a conversation goes to somebody outside. The customer is not answered by that: no clock, no state, no timeline of theirs changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from flask import current_app
from flask_babel import force_locale, format_datetime
from flask_babel import gettext as _
from sqlalchemy import select

from crm import blobs
from crm.accounts.models import User
from crm.accounts.preferences import preference
from crm.contacts.normalising import comparable
from crm.errors import Refused
from crm.extensions import db
from crm.inbox import replying
from crm.inbox.models import INTERNAL, Attachment, Conversation, Message
from crm.mail import ids
from crm.mail.composing import Party
from crm.outbox.sending import default_sender, enqueue, own_message_id

MOST = 10  # addresses
PREFIXES = re.compile(r"^\s*(?:(?:re|aw|antw|sv|fwd?|wg)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)


def forward(message: Message, by: User, to: Sequence[str], *, text: str = "", subject: str = "", files: Iterable[Attachment] = (), whole: bool = False,
            delay: float | None = None) -> Message:
    """`whole`: with everything the mail quotes, else only its own words. Never commits."""
    conversation, carried = message.conversation, list(files)
    if message.kind in INTERNAL:
        raise Refused(_("Only mails can be forwarded, not internal notes."))
    addresses = checked(conversation, to)
    with force_locale(current_app.config["SETTINGS"].locale):
        written = "\n\n".join(filter(None, (text.strip(), signature(conversation), quoted(message, whole))))
    sent = conversation.add("forward", author=by, reply_text=text.strip(), text=written, to=[["", each] for each in addresses], subject=(subject or title(message))[:500],
                            data={"of": message.id}, references=[*message.references, message.message_id][-20:] if message.kind == "outside" and message.message_id else [])
    db.session.flush()
    _put_in_outbox(sent, addresses, [(file.filename, file.content_type, blobs.get(file.blob)) for file in carried], preference("undo_seconds") if delay is None else delay)
    sent.attachments = [Attachment(filename=file.filename, content_type=file.content_type, size=file.size, blob=file.blob) for file in carried]
    conversation.event("forwarded", by, to=", ".join(addresses))
    db.session.flush()
    return sent


def _put_in_outbox(message: Message, to: Sequence[str], uploads: list[replying.Upload], delay: float) -> None:
    conversation, secret = message.conversation, current_app.config["SETTINGS"].secret_key
    mailbox = conversation.mailbox
    sender: Party = (mailbox.name, mailbox.address) if mailbox else default_sender()
    address = sender if isinstance(sender, str) else sender[1]
    message.message_id, message.from_name, message.from_address = own_message_id(sender, "m", message.id), mailbox.name if mailbox else "", address
    message.delivery = enqueue(
        to=to, sender=sender, subject=message.subject, text=f"{message.text}\n\n{ids.body_marker(conversation.id, secret)}\n", html=replying.as_html(message.text),
        user=message.author, about=("conversation", conversation.id), attachments=uploads, message_id=message.message_id, references=message.references,
        in_reply_to=message.references[-1] if message.references else None,
        reply_to=(mailbox.name if mailbox else "", ids.reply_address(address, conversation.id, secret)), delay=delay,
    )


def checked(conversation: Conversation, to: Sequence[str]) -> list[str]:
    addresses = list(dict.fromkeys(each.strip() for each in to if each.strip()))
    if not addresses:
        raise Refused(_("Say to whom."), "to")
    if len(addresses) > MOST:
        raise Refused(_("At most %(most)s addresses at a time.", most=MOST), "to")
    try:
        replying.check_addresses(addresses)
    except Refused as refused:
        raise Refused(refused.reason, "to") from refused
    theirs = {comparable("email", each.value) for each in conversation.contact.addresses if each.kind == "email"} | {comparable("email", conversation.customer_address)}
    if any(comparable("email", each) in theirs for each in addresses):
        raise Refused(_("This is the customer's own address. Answer instead."), "to")
    return addresses


def title(message: Message) -> str:
    bare = replying.TAG.sub("", PREFIXES.sub("", message.subject or message.conversation.subject)).strip()
    return f"{'Re' if message.kind == 'outside' else 'Fwd'}: {bare} {ids.subject_tag(message.conversation_id)}"


def signature(conversation: Conversation) -> str:
    written = conversation.mailbox.signature.strip() if conversation.mailbox else ""
    return f"-- \n{written}" if written else ""


def quoted(message: Message, whole: bool) -> str:
    """As every mail program writes it, so that others recognise it."""
    name = message.from_name or (message.author.name if message.author else "")
    lines = (
        _("---------- Forwarded message ----------"), _("From: %(name)s", name=f"{name} <{message.from_address}>".strip()),
        _("Date: %(date)s", date=format_datetime(message.at, "medium")), _("Subject: %(subject)s", subject=message.subject or message.conversation.subject),
    )
    return "\n".join(lines) + "\n\n" + ((message.text if whole else message.reply_text) or message.text).strip()


def is_outsider(conversation: Conversation, addresses: Iterable[str]) -> bool:
    """Whether somebody (by comparable addresses) takes part only because a message was forwarded to them."""
    forwards = select(Message.to).where(Message.conversation_id == conversation.id, Message.kind == "forward")
    told = {comparable("email", pair[1]) for pairs in db.session.scalars(forwards) for pair in pairs}
    return bool(told) and not told.isdisjoint(addresses)
