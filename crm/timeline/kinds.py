"""The kinds of interaction: what each is called, and how it counts."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Kind:
    label: object  # lazy text
    counts: bool = True  # whether it is contact with the customer (statistics, "last heard") or only bookkeeping about it
    shown: bool = True  # whether it stands in the feed


KINDS: dict[str, Kind] = {
    "mail.received": Kind(_l("Mail received")),
    "mail.sent": Kind(_l("Mail sent")),
    "call.logged": Kind(_l("Call")),
    "visit.logged": Kind(_l("Visit")),
    "letter.logged": Kind(_l("Letter")),
    "chat.logged": Kind(_l("Chat")),
    "message.logged": Kind(_l("Message")),
    "note.logged": Kind(_l("Note"), counts=False),
    "event.attended": Kind(_l("Event")),
    "form.submitted": Kind(_l("Form")),
    "review.posted": Kind(_l("Review")),
    "purchase.made": Kind(_l("Purchase")),
    "campaign.sent": Kind(_l("Campaign mail")),
    "referral.made": Kind(_l("Referral")),
    "page.visited": Kind(_l("Web visit")),
    "feedback.requested": Kind(_l("Feedback asked")),
    "feedback.answered": Kind(_l("Feedback")),
    "feedback.corrected": Kind(_l("Feedback corrected"), counts=False),
    "conversation.resolved": Kind(_l("Conversation resolved"), counts=False),
    "conversation.reopened": Kind(_l("Conversation reopened"), counts=False),
    "task.done": Kind(_l("Task done"), counts=False),
    "file.added": Kind(_l("File"), counts=False),
    "contact.merged": Kind(_l("Contacts merged"), counts=False),
    "interaction.retracted": Kind(_l("Entry withdrawn"), counts=False, shown=False),
}
OTHER = Kind(_l("Other"))

# What somebody logs by hand: the channel picked in the log box names the kind.
LOGGED = {
    "phone": "call.logged",
    "in_person": "visit.logged",
    "letter": "letter.logged",
    "chat": "chat.logged",
    "event": "event.attended",
    "review": "review.posted",
}


def kind(key: str) -> Kind:
    return KINDS.get(key, OTHER)


def logged_kind(channel: str) -> str:
    """The kind of an interaction logged by hand on `channel`."""
    return LOGGED.get(channel, "message.logged")
