"""Sentences for what is odd about a sender, and which files can run."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

GRAVE = ("dmarc", "spf", "dkim", "name_address", "name_colleague", "domain_ours", "domain_known", "domain_mixed")


def odd(data: Any) -> list[tuple[str, str]]:
    """(kind, sentence) of each, for the top of a message."""
    return [(kind, sentence(kind, detail)) for kind, detail in data.get("odd", ())] if data else []


def is_grave(data: Any) -> bool:
    """Whether the line of the message is to be marked while it is folded."""
    return any(kind in GRAVE for kind, _detail in data.get("odd", ()))


def sentence(kind: str, detail: str) -> str:
    words = {
        "dmarc": _("The domain of the sender says that this mail is not from it (DMARC failed, according to %(detail)s). Open no links or files before you have asked.", detail=detail),
        "spf": _("It came from a server that may not send for this domain (SPF failed, according to %(detail)s).", detail=detail),
        "dkim": _("Its signature is wrong: it was changed on its way, or is not from this domain (DKIM failed, according to %(detail)s).", detail=detail),
        "name_address": _("The sender's name contains another address, %(detail)s. The mail does not come from there.", detail=detail),
        "name_colleague": _("The sender has the name of a colleague, %(detail)s, but writes from a foreign address.", detail=detail),
        "domain_ours": _("The sender's domain looks like yours, %(detail)s, and is another one.", detail=detail),
        "domain_known": _("The sender's domain looks like that of a known organisation, %(detail)s, and is another one.", detail=detail),
        "domain_mixed": _("The sender's domain mixes letters of several scripts. Its real name is %(detail)s.", detail=detail),
        "reply_to": _("Answers to this mail go to another domain than the sender's: %(detail)s.", detail=detail),
    }
    return words.get(kind, detail)
