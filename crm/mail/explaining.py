"""What is understood of a mail, as plain data: the answer of `crm mail explain` and the view behind every message."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from crm.mail.addresses import Address
from crm.mail.authentication import authentication
from crm.mail.automatic import kind, sign_of_automation
from crm.mail.bounces import bounce
from crm.mail.language import language_of
from crm.mail.parsing import Mail, parse
from crm.mail.reply_text import reply_of


def explain(raw: bytes, name: str, received_at: datetime | None = None, own_domains: Iterable[str] = ()) -> dict[str, Any]:
    return explain_mail(parse(raw, received_at), name, own_domains)


def explain_mail(mail: Mail, name: str, own_domains: Iterable[str] = ()) -> dict[str, Any]:
    """The fields of the public contract; besides them `automatic`, `automatic_because` and `message_id_derived`."""
    reply, sign = reply_of(mail), sign_of_automation(mail, own_domains)
    returned = bounce(mail)
    return {
        "file": name,
        "message_id": mail.message_id,
        "message_id_derived": mail.message_id_derived,
        "in_reply_to": mail.in_reply_to or None,
        "references": list(mail.references),
        "date": mail.date.isoformat() if mail.date else None,
        "from": _address(mail.from_) if mail.from_ else None,
        "reply_to": [_address(each) for each in mail.reply_to],
        "to": [_address(each) for each in mail.to],
        "cc": [_address(each) for each in mail.cc],
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html or None,
        "reply_text": reply,
        "language": language_of(reply) or language_of(mail.text),
        "attachments": [
            {"filename": each.filename, "content_type": each.content_type, "size": each.size, "sha256": each.sha256, "inline": each.inline}
            for each in mail.attachments
        ],
        "kind": kind(mail, own_domains),
        "automatic": bool(sign),
        "automatic_because": sign or None,
        "bounce": {"hard": returned.hard, "failed": [{"address": address, "status": status} for address, status in returned.failed]} if returned else None,
        "authentication": authentication(mail),
    }


def _address(address: Address) -> dict[str, str]:
    return {"address": address.address, "name": address.name}
