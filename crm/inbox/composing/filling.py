"""Placeholders: {salutation}, {number} … become the words of one conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.accounts.models import User
from crm.accounts.preferences import preference
from crm.contacts.salutation import default_language, salutation_line
from crm.errors import Refused
from crm.inbox.models import Conversation

BRACED = re.compile(r"\{([^{}\n]{1,40})\}")
LEFT = re.compile(r"\{[a-z][a-z_]{1,30}\}")  # what looks like a placeholder nobody filled
PLACEHOLDERS: Mapping[str, tuple[Any, Callable[[Conversation, User, str], str]]] = {
    "salutation": (_l("the salutation, without the comma"), lambda conversation, _by, language: salutation_line(conversation.contact, language)),
    "first_name": (_l("the customer's first name"), lambda conversation, _by, _language: conversation.contact.first_name),
    "contact": (_l("the customer's name"), lambda conversation, _by, _language: conversation.contact.display_name),
    "number": (_l("the number of the conversation"), lambda conversation, _by, _language: str(conversation.number)),
    "subject": (_l("the subject"), lambda conversation, _by, _language: conversation.subject),
    "agent": (_l("the name of who writes"), lambda _conversation, by, _language: by.name),
    "firm": (_l("the name of your firm"), lambda _conversation, _by, _language: preference("firm_name")),
}


def language_of(conversation: Conversation) -> str:
    """In which the customer is written to."""
    return conversation.contact.language or (conversation.mailbox.language if conversation.mailbox else "") or default_language()


def fill(text: str, conversation: Conversation, by: User, language: str = "") -> str:
    """`text` with its placeholders filled; what is none of ours stays as it is."""
    language = language or language_of(conversation)

    def word(found: re.Match[str]) -> str:
        known = PLACEHOLDERS.get(found[1])
        return known[1](conversation, by, language) if known else found[0]

    return BRACED.sub(word, text)


def unknown(text: str) -> list[str]:
    """Placeholders that nothing fills, as they were written."""
    return list(dict.fromkeys(found[0] for found in BRACED.finditer(text) if found[1] not in PLACEHOLDERS))


def must_be_filled(text: str) -> None:
    """Warn before a customer reads {first_name}."""
    left = list(dict.fromkeys(LEFT.findall(text)))
    if left:
        raise Refused(_("Nothing has filled %(placeholders)s. Write what belongs there, or tick here to send it as it is.", placeholders=", ".join(left)), "as_is")
