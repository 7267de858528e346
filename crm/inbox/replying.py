"""Answering: the message, its delivery, its entry on the timeline, and what it changes in the conversation, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from flask import current_app
from flask_babel import force_locale, format_datetime
from flask_babel import gettext as _
from sqlalchemy import select

from crm import blobs, clock
from crm.accounts.models import User
from crm.accounts.preferences import preference
from crm.contacts.models import Contact
from crm.contacts.normalising import comparable, normalise
from crm.errors import Refused
from crm.extensions import db
from crm.inbox import drafting
from crm.inbox.drafting import Upload
from crm.inbox.lookups import without_extension
from crm.inbox.models import FROM_CUSTOMER, Attachment, Conversation, Mailbox, Message
from crm.inbox.queries import default_mailbox, our_addresses
from crm.inbox.teamwork.watching import begin_to_watch
from crm.mail import ids
from crm.mail.composing import Party
from crm.outbox.sending import default_sender, enqueue, own_message_id
from crm.timeline.recording import record, retract
from crm.touchpoints.guessing import guess_id

ANSWERED = re.compile(r"^\s*(?:(?:re|aw|antw|sv)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
TAG = re.compile(r"\s*\[#\d+\]")
QUOTED = 20_000


class CustomerWrote(Refused):
    """The customer wrote since the page was opened: nothing is sent before somebody has read it."""


@dataclass(frozen=True)
class Recipients:
    """Who will get the next reply."""

    to: tuple[str, str]  # name, address
    cc: tuple[str, ...] = ()


def reply(conversation: Conversation, by: User, text: str, *, cc: Sequence[str] = (), uploads: Iterable[Upload] = (), seen: int | None = None,
          delay: float | None = None) -> Message:
    """Answer the customer. `seen`: the newest customer's message the writer had in view; `delay`: seconds in which it can be taken back."""
    to, copies = may_be_sent(conversation, text, cc, seen)
    return _send(conversation, by, text, to, copies, must_fit(uploads), delay)


def may_be_sent(conversation: Conversation, text: str, cc: Sequence[str], seen: int | None) -> tuple[Party, list[str]]:
    """To whom; refused when it cannot be sent, or when the customer wrote what the writer has not seen."""
    _must_have_text(text)
    if seen is not None and seen < last_heard(conversation):
        raise CustomerWrote(_("The customer has written since you opened this page. Read it, then send your answer."))
    to = recipients(conversation).to
    if not to[1]:
        raise Refused(_("There is no mail address to write to."))
    return to, check_addresses(cc)


def begin(contact: Contact, by: User, *, subject: str, text: str, address: str = "", mailbox: Mailbox | None = None, uploads: Iterable[Upload] = (),
          delay: float | None = None) -> Conversation:
    """A conversation that we begin: it waits for the customer's answer."""
    _must_have_text(text)
    known = contact.address("email")
    address = address or (known.value if known else "")
    if not address:
        raise Refused(_("There is no mail address to write to."), "address")
    mailbox = mailbox or default_mailbox()
    conversation = Conversation(
        contact=contact, subject=subject.strip()[:500], status="waiting", mailbox=mailbox, customer_address=address, messages_count=0, assignee_id=by.id,
        department_id=(mailbox.department_id if mailbox else None) or by.department_id,
        touchpoint_id=guess_id("email", mailbox.touchpoint_id if mailbox else None, "mail.sent", "outbound"),
    )
    db.session.add(conversation)
    db.session.flush()
    conversation.counted()
    _send(conversation, by, text, (contact.display_name, check_addresses([address])[0]), [], must_fit(uploads), delay)
    return conversation


def recipients(conversation: Conversation) -> Recipients:
    return addressed(conversation.customer_address, conversation.contact.display_name, last_from_customer(conversation))


def addressed(address: str, name: str, last: Any) -> Recipients:
    """The customer's `address` (else the one they wrote from), and who else was in their `last` mail, if there is one; never ourselves."""
    address = address or (last.from_address if last else "")
    name = last.from_name if last and last.from_address == address else name
    others = dict.fromkeys(pair[1] for pair in (*(last.to if last else ()), *(last.cc if last else ())))
    ours = our_addresses() | {comparable("email", address)}
    return Recipients((name if "@" not in name else "", address), tuple(each for each in others if without_extension(comparable("email", each)) not in ours))


def last_from_customer(conversation: Conversation) -> Message | None:
    written = select(Message).where(Message.conversation_id == conversation.id, Message.kind.in_(FROM_CUSTOMER), Message.author_id.is_(None))
    return db.session.scalars(written.order_by(Message.id.desc()).limit(1)).first()


def last_heard(conversation: Conversation) -> int:
    """The number of the newest message of the customer; 0 if there is none."""
    last = last_from_customer(conversation)
    return last.id if last else 0


def unsend(message: Message, by: User) -> None:
    """Take a reply back before it leaves: the text is a draft again, the conversation as it was, the timeline corrected."""
    delivery = message.delivery
    if delivery is None or delivery.state == "cancelled":
        return
    delivery.cancel()
    if "before" in message.data:  # else it changed nothing: a message that was forwarded
        _as_before(message.conversation, message.data["before"], by)
        files = [[file.filename, file.content_type, file.size, file.blob] for file in message.attachments]
        drafting.bring_back(message.conversation, by, message.reply_text, files, [address for _name, address in message.cc])
    if message.interaction is not None:
        retract(message.interaction, by)
    message.conversation.event("unsent", by)


def _as_before(conversation: Conversation, before: dict[str, Any], by: User) -> None:
    if conversation.status == "resolved" and before.get("status") != "resolved":
        conversation.reopen(by)
    for name in ("first_response_at", "waiting_since", "last_out_at", "snoozed_until"):
        setattr(conversation, name, datetime.fromisoformat(before[name]) if before.get(name) else None)
    if before.get("status"):
        conversation.become(before["status"])


# — the parts ———————————————————————————————————————————————————————————————————————————————————————————


def _send(conversation: Conversation, by: User, text: str, to: Party, cc: list[str], uploads: list[Upload], delay: float | None) -> Message:
    before = state(conversation)
    earlier = earlier_mails(conversation)
    message = conversation.add("reply", author=by, reply_text=text.strip(), to=[list(to)], cc=[["", each] for each in cc], data={"before": before})
    db.session.flush()
    compose(conversation, message, to, cc, uploads, earlier, preference("undo_seconds") if delay is None else delay)
    for filename, content_type, data in uploads:
        message.attachments.append(Attachment(filename=filename[:255], content_type=content_type[:120], size=len(data), blob=blobs.put(data)))
    written(conversation, message, by)
    drafting.drop_draft(conversation, by)
    return message


def written(conversation: Conversation, message: Message, by: User) -> None:
    """The customer has been answered: it stands on the timeline, and it is their turn."""
    message.interaction = record(
        "mail.sent", conversation.contact, channel="email", direction="outbound", staff=by, about=("conversation", conversation.id),
        subject=message.subject, body=message.reply_text[:10_000], touchpoint_id=conversation.touchpoint_id,
    )
    _advance(conversation, by)
    if conversation.assignee_id != by.id:  # who has it is told anyway
        begin_to_watch(conversation.id, [by], "answered")


def compose(conversation: Conversation, message: Any, to: Party, cc: Sequence[str], uploads: list[Upload], earlier: list[Message], delay: float) -> None:
    """The mail of a reply, in the outbox. `message` has author, reply_text and, once it is one, its number; it gets the rest."""
    secret, mailbox = current_app.config["SETTINGS"].secret_key, conversation.mailbox
    sender: Party = (mailbox.name, mailbox.address) if mailbox else default_sender()
    address = sender if isinstance(sender, str) else sender[1]
    message.message_id = own_message_id(sender, "m", message.id) if message.id else own_message_id(sender)
    message.references = references(earlier)
    message.subject = subject_line(conversation, is_answer=bool(earlier))
    message.text = full_text(conversation, message.reply_text, earlier)
    message.from_name, message.from_address = (mailbox.name if mailbox else "", address)
    message.delivery = enqueue(
        to=[to], cc=cc, sender=sender, subject=message.subject, text=f"{message.text}\n\n{ids.body_marker(conversation.id, secret)}\n",
        html=as_html(message.text), contact=conversation.contact, user=message.author, about=("conversation", conversation.id), attachments=uploads,
        message_id=message.message_id, in_reply_to=message.references[-1] if message.references else None, references=message.references,
        reply_to=(mailbox.name if mailbox else "", ids.reply_address(address, conversation.id, secret)), delay=delay,
    )


def _advance(conversation: Conversation, by: User) -> None:
    """Somebody answered: whoever did it first is responsible, and it is the customer's turn."""
    now = clock.now()
    conversation.last_out_at = now
    if conversation.waiting_since is not None and conversation.first_response_at is None:
        conversation.first_response_at = now
    conversation.waiting_since = None
    if conversation.assignee_id is None and preference("assign_on_answer"):
        conversation.assign(by, by)
    if conversation.status in ("open", "snoozed"):
        conversation.become("waiting")
        conversation.snoozed_until = None


def state(conversation: Conversation) -> dict[str, Any]:
    """What `unsend` puts back."""
    moments = {name: getattr(conversation, name) for name in ("first_response_at", "waiting_since", "last_out_at", "snoozed_until")}
    return {"status": conversation.status} | {name: at.isoformat() for name, at in moments.items() if at}


def earlier_mails(conversation: Conversation) -> list[Message]:
    """The mails of the conversation, oldest first."""
    mails = select(Message).where(Message.conversation_id == conversation.id, Message.kind.in_((*FROM_CUSTOMER, "reply")))
    return list(db.session.scalars(mails.order_by(Message.id)))


def references(earlier: Sequence[Message]) -> list[str]:
    """Every id of the thread, oldest first: what the last mail answers, and the mails we hold."""
    known = [value for message in earlier for value in (*message.references, message.message_id) if value and not value.endswith("@derived.invalid>")]
    return list(dict.fromkeys(known))


def subject_line(conversation: Conversation, *, is_answer: bool) -> str:
    """Re: Anschluss [#42]"""
    bare = TAG.sub("", ANSWERED.sub("", conversation.subject)).strip()
    return f"{'Re: ' if is_answer else ''}{bare} {ids.subject_tag(conversation.id)}"[:500].strip()


def full_text(conversation: Conversation, text: str, earlier: Sequence[Message]) -> str:
    """The answer, the signature of the mailbox, and what it answers."""
    parts = [text.strip()]
    if conversation.mailbox and conversation.mailbox.signature.strip():
        parts.append(f"-- \n{conversation.mailbox.signature.strip()}")
    heard = next((message for message in reversed(earlier) if message.kind in FROM_CUSTOMER), None)
    if heard is not None:
        quoted = "\n".join(f"> {line}".rstrip() for line in heard.reply_text[:QUOTED].splitlines())
        parts.append(f"{attribution(conversation, heard)}\n{quoted}")
    return "\n\n".join(parts)


def attribution(conversation: Conversation, heard: Message) -> str:
    firm = current_app.config["SETTINGS"].locale
    with force_locale(conversation.contact.language or (conversation.mailbox.language if conversation.mailbox else "") or firm):
        return _("On %(date)s %(name)s wrote:", date=format_datetime(heard.at, "short"), name=heard.from_name or heard.from_address)


def as_html(text: str) -> str:
    """The same words for clients that show HTML; quoted lines as a quotation."""
    lines = (f"<div style=\"color:#666\">{escape(line)}</div>" if line.startswith(">") else f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))
    return f"<!doctype html><html><body style=\"font-family:sans-serif;font-size:14px\">{''.join(lines)}</body></html>"


def must_fit(uploads: Iterable[Upload]) -> list[Upload]:
    """The files, if one mail may carry them all."""
    files, most = list(uploads), preference("largest_mail")
    if sum(len(data) for _name, _type, data in files) > most * 1024 * 1024:
        raise Refused(_("The files are larger than %(most)s MB together. Many mail servers refuse that: send a link, or several mails.", most=most), "body")
    return files


def check_addresses(addresses: Sequence[str]) -> list[str]:
    for address in addresses:
        try:
            normalise("email", address)
        except ValueError as error:
            raise Refused(f"{address}: {error}", "cc") from error
    return [address.strip() for address in addresses]


def _must_have_text(text: str) -> None:
    if not text.strip():
        raise Refused(_("Write something first."), "body")

