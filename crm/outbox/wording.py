"""Why a mail did not leave, in plain language. The database keeps the key, the page shows the sentence in the reader's language."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from crm.marks import status

REASONS = {
    "no_server": _l("No mail server is configured yet. The mail waits here and leaves by itself once there is one."),
    "unknown": _l("The address does not exist. Check it for typing mistakes, or ask for another one."),
    "full": _l("The mailbox of the recipient is full."),
    "size": _l("The mail is too large for the recipient's server. Send it with smaller attachments."),
    "rejected": _l("The recipient's server refused the mail, perhaps as unwanted advertising."),
    "sender": _l("The mail server does not accept our sender address. Check the settings of the mailbox."),
    "sign_in": _l("The mail server did not accept our user name and password. Check CRM_SMTP_URL."),
    "unreachable": _l("The mail server could not be reached."),
    "tls": _l("No encrypted connection to the mail server: it does not encrypt as it is set here, or its certificate cannot be trusted."),
    "utf8": _l("The mail server cannot send to addresses with letters such as ä before the @."),
    "lost": _l("The finished mail is gone from the data directory, so there is nothing to send. Write it again."),
    "busy": _l("The mail server asked us to try again later."),
    "gave_up": _l("It was tried several times over five hours without success."),
    "some_refused": _l("Some of the recipients were refused, the others have received it."),
    "uncertain": _l("The connection broke at the very end: perhaps it arrived, perhaps not. It is not sent again by itself."),
    "loop": _l("Held back: this address already got five automatic mails within two hours, so two machines may be answering each other."),
    "bounced": _l("It was returned as undeliverable."),
    "failed": _l("The mail server refused the mail."),
}

ENHANCED = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")
BY_STATUS = {"5.1.1": "unknown", "5.1.0": "unknown", "5.1.2": "unknown", "5.1.3": "unknown", "5.1.6": "unknown", "5.1.10": "unknown", "5.2.2": "full",
             "5.3.4": "size", "5.2.3": "size", "5.1.7": "sender", "5.1.8": "sender", "5.7.1": "rejected"}
BY_CODE = {535: "sign_in", 530: "sign_in", 534: "sign_in", 552: "size", 550: "rejected", 553: "unknown", 554: "rejected"}
BY_WORD = ((b"unknown", "unknown"), (b"no such", "unknown"), (b"not exist", "unknown"), (b"quota", "full"), (b"mailbox full", "full"),
           (b"spam", "rejected"), (b"too large", "size"))


def reason(code: int, answer: bytes) -> str:
    """The key of the sentence that fits a final refusal: enhanced status first, then the server's words, then the bare code."""
    status = ENHANCED.search(answer)
    if status and status.group().decode() in BY_STATUS:
        return BY_STATUS[status.group().decode()]
    words = answer.lower()
    return next((key for word, key in BY_WORD if word in words), BY_CODE.get(code, "failed"))


def sentence(key: str) -> str:
    """The reason in the reader's language."""
    return str(REASONS.get(key, REASONS["failed"])) if key else ""


ATTEMPTS = {
    "sent": _l("The mail server took it."),
    "later": _l("Not taken this time; it is tried again."),
    "failed": _l("Refused for good."),
    "uncertain": _l("Handed over, but there was no answer: nobody knows whether it arrived."),
}


def attempt(outcome: str) -> str:
    """What came out of one attempt."""
    return str(ATTEMPTS.get(outcome, outcome))


def mark(state: str, attempts: int) -> Markup:
    """The state of a delivery as a mark; one that was already tried is said to be retried."""
    return status("retrying" if state == "queued" and attempts else state)
