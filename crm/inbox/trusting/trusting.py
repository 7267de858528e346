"""Whose pictures are loaded without asking."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crm.contacts.normalising import comparable
from crm.extensions import db
from crm.inbox.models import Message
from crm.inbox.trusting.models import TrustedSender
from crm.inbox.trusting.wording import GRAVE
from crm.mail.addresses import Address

# Anybody can have an address there, so that the domain says nothing about who writes.
OF_EVERYBODY = frozenset((
    "gmail.com", "googlemail.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "outlook.com", "outlook.de", "hotmail.com",
    "hotmail.de", "live.com", "live.de", "msn.com", "yahoo.com", "yahoo.de", "icloud.com", "me.com", "mac.com", "aol.com", "aol.de", "freenet.de",
    "posteo.de", "mailbox.org", "proton.me", "protonmail.com", "arcor.de", "1und1.de", "bluewin.ch", "hotmail.fr", "orange.fr", "laposte.net",
    "libero.it", "mail.ru", "yandex.ru", "wp.pl", "o2.pl",
))


def offers(message: Message, sender: Address | None) -> list[str]:
    """What may be trusted from now on: the address in From, and its domain if it is a firm's own. (Answers may go elsewhere, which anybody may write.)"""
    address = comparable("email", sender.address) if sender else ""
    domain = address.rpartition("@")[2]
    if not domain or is_refused(message):
        return []
    return [address] if domain in OF_EVERYBODY else [address, domain]


def is_trusted(message: Message, sender: Address | None) -> bool:
    """A mail whose sender is in doubt is never trusted, whatever name it bears."""
    wanted = offers(message, sender)
    return bool(wanted) and db.session.scalar(select(TrustedSender.id).where(TrustedSender.value.in_(wanted)).limit(1)) is not None


def is_refused(message: Message) -> bool:
    """Anybody can write any address into From."""
    return bool(message.data.get("unproved")) or any(kind in GRAVE for kind, _detail in message.data.get("odd", ()))


def everybody() -> Any:
    return db.session.scalars(select(TrustedSender).order_by(TrustedSender.value))
