"""What was understood of a mail and why, in sentences: the view behind every message that came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.inbox.arrivals import Arrival, own_hosts
from crm.inbox.models import Message
from crm.mail.addresses import Address
from crm.mail.authentication import authentication
from crm.mail.automatic import sign_of_automation
from crm.mail.language import language_of

THREADING = {
    "known_id": _l("It answers a message that is in this conversation (In-Reply-To or References)."),
    "signed_id": _l("It answers a mail of ours: the Message-ID carries our signature."),
    "address": _l("It was sent to the signed reply address of this conversation."),
    "mark": _l("The signed mark of this conversation stands in its text."),
    "subject": _l("Its subject names the number of the conversation, and the sender takes part in it."),
    "new": _l("Nothing in it leads to a conversation, so it began a new one."),
}
SENDERS = {
    "reply_to": _l("The address that answers are to go to (Reply-To) goes before the sender."),
    "from": _l("The address in From."),
    "envelope": _l("The mail names no sender; the address on its envelope was taken."),
    "staff": _l("The sender is one of us, so the message is not the customer's."),
    "ourselves": _l("One of our own mailboxes sent it; nothing answers it."),
    "forwarded": _l("A colleague forwarded it; whoever wrote the original is the customer."),
}
KINDS = {
    "message": _l("a message"), "bounce": _l("a mail that came back"), "auto_reply": _l("written by a program"), "receipt": _l("a receipt"),
    "complaint_report": _l("a complaint about a mail of ours"),
}
IDS = {"genuine": _l("ours, signature genuine"), "forged": _l("looks like ours, signature wrong: ignored"), "foreign": ""}
RESULTS = ("spf", "dkim", "dmarc")


@dataclass(frozen=True)
class Finding:
    label: str
    value: str = ""
    why: str = ""


def findings(message: Message, arrival: Arrival) -> list[Finding]:
    return [*_who(message, arrival), *_what(message, arrival), *_text(arrival), *_ids(arrival), *_trust(arrival)]


def _who(message: Message, arrival: Arrival) -> Iterator[Finding]:
    mail = arrival.mail
    yield Finding(_("Sender"), written([Address(message.from_name, message.from_address)]), str(SENDERS.get(message.data.get("sender", ""), "")))
    yield Finding(_("From"), written([mail.from_] if mail.from_ else []))
    if mail.reply_to:
        yield Finding(_("Reply-To"), written(mail.reply_to))
    if arrival.envelope.sender or arrival.envelope.recipients:
        yield Finding(_("Envelope"), f"{arrival.envelope.sender or '<>'} → {', '.join(arrival.envelope.recipients)}")
    yield Finding(_("Conversation"), f"{message.conversation_id}", str(THREADING.get(message.data.get("threading", ""), "")))


def _what(message: Message, arrival: Arrival) -> Iterator[Finding]:
    is_ours = message.data.get("sender") == "ourselves"
    sign = sign_of_automation(arrival.mail, own_hosts()) or (f"From: {message.from_address}" if is_ours else "")
    yield Finding(_("What it is"), str(KINDS["auto_reply" if is_ours else arrival.kind]), _("Recognised by %(sign)s", sign=sign) if sign else _("Nothing in it says that a program wrote it."))
    if arrival.bounce:
        failed = ", ".join(f"{address} {status}".strip() for address, status in arrival.bounce.failed)
        yield Finding(_("Undeliverable"), failed or _("no address named"), _("for good") if arrival.bounce.hard else _("for the time being"))


def _text(arrival: Arrival) -> Iterator[Finding]:
    own, whole = len(arrival.reply_text), len(arrival.text)
    yield Finding(_("Own words"), _("%(own)s of %(whole)s characters", own=own, whole=whole), _("The rest is quotation or signature.") if own < whole else "")
    yield Finding(_("Language"), language_of(arrival.reply_text) or language_of(arrival.text) or _("unknown"))
    for each in arrival.mail.attachments:
        yield Finding(_("Attachment"), f"{each.filename} · {each.content_type}", _("shown within the text") if each.inline else "")


def _ids(arrival: Arrival) -> Iterator[Finding]:
    mail = arrival.mail
    yield Finding(_("Message-ID"), mail.message_id, _("It brought none; this one is made of its bytes.") if mail.message_id_derived else "")
    for value in arrival.known_ids:
        yield Finding(_("In answer to"), value, str(IDS[arrival.standing_of(value)]))


def _trust(arrival: Arrival) -> Iterator[Finding]:
    found = authentication(arrival.mail)
    results = " · ".join(f"{name.upper()} {found[name]}" for name in RESULTS if name in found)
    yield Finding(_("Authentication"), results or _("no server said anything about it"), _("according to %(host)s", host=found["host"]) if found.get("host") else "")


def written(addresses: Any) -> str:
    return ", ".join(f"{each.name} <{each.address}>" if each.name else each.address for each in addresses)
