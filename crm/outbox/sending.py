"""enqueue(): the one way out of the house. The mail is finished and kept, its delivery is written, the queue is told after the commit."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from crm import blobs, clock, queue
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.contacts.normalising import comparable
from crm.errors import Refused
from crm.extensions import db
from crm.mail import ids
from crm.mail.composing import Party, compose, one_line, plain_address
from crm.outbox.models import Delivery
from crm.outbox.ways import has_way

LOOP_CAP, LOOP_WINDOW = 5, timedelta(hours=2)  # automatic mails to one address: headers are never complete, so two machines could talk for ever
LONGEST_UNDO = 3600  # seconds; who asks for more means a moment, whatever happens to the clock
LOOP_CAPS = {"notification": 60}  # to our own staff, who may well be told more often


def enqueue(*, to: Sequence[Party], subject: str, text: str, html: str | None = None, sender: Party | None = None, purpose: str = "service",
            automatic: bool = False, contact: Contact | None = None, user: User | None = None, about: tuple[str, int] | None = None,
            message_id: str | None = None, in_reply_to: str | None = None, references: Sequence[str] = (), reply_to: Party | None = None,
            cc: Sequence[Party] = (), attachments: Iterable[tuple[str, str, bytes]] = (), delay: float = 0, unsubscribe: str | None = None) -> Delivery:
    """Have a mail sent once the present transaction is committed, `delay` seconds later. Never commits.

    Parties are addresses or (name, address); `sender` defaults to the firm's own address; `attachments` are (filename, content type, data).
    The delivery is `held` while no mail server is configured, and `cancelled` for reason "loop" when an address gets too many automatic mails.
    Raises Refused for a mail larger than CRM_LARGEST_MAIL, ValueError for an address that cannot stand in a header.
    """
    sender = sender or default_sender()
    message_id = message_id or own_message_id(sender)
    message = compose(
        sender=sender, to=to, cc=cc, subject=subject, text=text, html=html, message_id=message_id, date=clock.now() + timedelta(seconds=delay), in_reply_to=in_reply_to,
        references=references, reply_to=reply_to, attachments=attachments, automatic=automatic, unsubscribe=unsubscribe,
    )
    _must_not_be_too_large(message)
    recipients = list(dict.fromkeys(plain_address(party) for party in (*to, *cc)))
    about_type, about_id = about or (None, None)
    delivery = Delivery(
        sender=plain_address(sender), recipient=comparable("email", recipients[0]), recipients=",".join(recipients), subject=one_line(subject)[:500],
        message_id=message_id, blob=blobs.put(message), purpose=purpose, automatic=automatic, contact_id=contact.id if contact else None,
        user_id=user.id if user else None, about_type=about_type, about_id=about_id, next_attempt_at=clock.now() + timedelta(seconds=delay),
        wait=math.ceil(delay) if delay <= LONGEST_UNDO else None,
    )
    delivery.state, delivery.reason = _first_state(delivery)
    db.session.add(delivery)
    db.session.flush()
    if delivery.state == "queued":
        queue.soon("outbox.send_due", delay=delay)
    return delivery


def _must_not_be_too_large(message: bytes) -> None:
    settings = current_app.config["SETTINGS"]
    if len(message) > settings.largest_bytes:
        raise Refused(_("With its attachments this mail is larger than %(n)d MB. Send smaller ones, or fewer at a time.", n=settings.largest_mail))


def default_sender() -> Party:
    """The firm's address: of its default mailbox (the composition knows it), else one at the host of our pages."""
    known = current_app.extensions.get("default_sender")
    return (known() if known else None) or f"crm@{urlsplit(current_app.config['SETTINGS'].base_url).hostname}"


def own_message_id(sender: Party, kind: str = "d", ident: int | None = None) -> str:
    """A signed Message-ID at the sender's domain; without a number of ours it carries a random one."""
    domain = plain_address(sender).rpartition("@")[2]
    return ids.make_message_id(kind, secrets.randbits(52) if ident is None else ident, current_app.config["SETTINGS"].secret_key, domain)


def _first_state(delivery: Delivery) -> tuple[str, str]:
    if delivery.automatic and _automatic_ones(delivery) >= LOOP_CAPS.get(delivery.purpose, LOOP_CAP):
        return "cancelled", "loop"
    return ("queued", "") if has_way(delivery.sender) else ("held", "no_server")


def _automatic_ones(delivery: Delivery) -> int:
    """Automatic mails to this address lately; those with a cap of their own count by themselves, so that they use up nobody else's."""
    lately = (Delivery.recipient == delivery.recipient) & (Delivery.created_at > clock.now() - LOOP_WINDOW)
    alike = Delivery.purpose == delivery.purpose if delivery.purpose in LOOP_CAPS else Delivery.purpose.not_in(LOOP_CAPS)
    return db.session.scalar(select(func.count()).select_from(Delivery).where(lately, alike, Delivery.automatic, Delivery.state != "cancelled")) or 0
