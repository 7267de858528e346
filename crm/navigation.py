"""The menu: what stands in the left rail, in this order, and which key opens it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.extensions import db
from crm.inbox import queries as inbox
from crm.inbox.macros import queries as macros
from crm.inbox.models import Conversation


@dataclass(frozen=True)
class Entry:
    key: str
    label: object  # lazy text
    url: str
    icon: str
    shortcut: str = ""  # second key after g
    right: str | None = None
    phone: bool = False  # stands in the bottom bar of phones


ENTRIES = (
    Entry("myday", _l("My day"), "/", "sun", "d", phone=True),
    Entry("inbox", _l("Inbox"), "/inbox", "inbox", "i", phone=True),
    Entry("contacts", _l("Contacts"), "/contacts", "users", "c"),
    Entry("organisations", _l("Organisations"), "/organisations", "building", "o"),
    Entry("tasks", _l("Tasks"), "/tasks", "checklist", "t"),
    Entry("segments", _l("Segments"), "/segments", "filter", "s"),
    Entry("feedback", _l("Feedback"), "/feedback", "message-star", "f"),
    Entry("touchpoints", _l("Touchpoints"), "/touchpoints", "route", "m"),
    Entry("settings", _l("Settings"), "/settings", "settings"),
)


@dataclass(frozen=True)
class Command:
    """Something one can do from the search box; `words` are further words it is found by."""

    label: object  # lazy text
    url: str
    icon: str
    words: object = ""
    keys: str = ""
    right: str | None = None


COMMANDS = (
    Command(_l("Log call"), "/log", "phone", _l("interaction visit letter"), "l"),
    Command(_l("New task"), "/tasks/new", "checklist", _l("follow-up reminder")),
    Command(_l("New contact"), "/contacts/new", "user-plus", _l("person customer"), "n"),
    Command(_l("New organisation"), "/organisations/new", "building-plus", _l("company firm")),
    Command(_l("New conversation"), "/inbox/new", "mail-plus", _l("mail write")),
    Command(_l("New segment"), "/segments/new", "filter-plus", _l("people list")),
    Command(_l("Who is calling?"), "/calls/incoming", "phone-incoming", _l("telephone number caller")),
    Command(_l("Likely duplicates"), "/duplicates", "users-minus", _l("same person twice merge")),
    Command(_l("Changes of many contacts"), "/contacts/bulk-edits", "checks", _l("bulk edit undo"), right="bulk"),
    Command(_l("Response and resolution times"), "/inbox/figures", "alarm", _l("service level SLA median")),
    Command(_l("Import"), "/contacts/import", "file-import", _l("CSV Excel vCard address book"), right="import"),
    *(Command(entry.label, entry.url, entry.icon, _l("go to"), f"g {entry.shortcut}" if entry.shortcut else "", entry.right) for entry in ENTRIES),
)


@dataclass(frozen=True)
class RecordKind:
    label: object  # lazy text, plural
    icon: str


RECORD_KINDS = {
    "contact": RecordKind(_l("Contacts"), "user"),
    "organisation": RecordKind(_l("Organisations"), "building"),
    "conversation": RecordKind(_l("Conversations"), "mail"),
    "task": RecordKind(_l("Tasks"), "checklist"),
}


@dataclass(frozen=True)
class SettingsPage:
    title: object  # lazy text
    sentence: object  # lazy text: what it does
    url: str
    icon: str
    right: str | None = None


SETTINGS = (
    SettingsPage(_l("My account"), _l("Your name, language, appearance, password and devices."), "/account", "user-circle"),
    SettingsPage(_l("Firm"), _l("What customers see of you, and how often you may ask them."), "/settings/firm", "building-store", "settings"),
    SettingsPage(_l("Users"), _l("Who works here, in which department and role."), "/settings/users", "users", "users"),
    SettingsPage(_l("Departments"), _l("The departments that contacts, touchpoints and staff belong to."), "/settings/departments", "sitemap", "settings"),
    SettingsPage(_l("Roles"), _l("Which role may do what beyond daily work."), "/settings/roles", "shield-check", "users"),
    SettingsPage(_l("Own fields"), _l("What you keep of people and organisations besides the usual."), "/settings/fields", "forms", "settings"),
    SettingsPage(_l("Tags"), _l("The words that hang on people and organisations: rename, merge, delete."), "/settings/tags", "tags", "bulk"),
    SettingsPage(_l("Import"), _l("People and their history from other systems, and the way back."), "/contacts/import", "file-import", "import"),
    SettingsPage(_l("Changes of many contacts"), _l("What was changed about many at once, and the way back."), "/contacts/bulk-edits", "checks", "bulk"),
    SettingsPage(_l("Mailboxes"), _l("The service addresses whose mail a team answers together."), "/settings/mailboxes", "mailbox", "settings"),
    SettingsPage(_l("Trusted senders"), _l("Whose pictures are loaded when a mail is shown as it was designed."), "/settings/trusted-senders", "eye"),
    SettingsPage(_l("Saved replies"), _l("Texts you write again and again, with the name and the salutation filled in."), "/settings/saved-replies", "template"),
    SettingsPage(_l("Macros"), _l("Several steps of a conversation in one: assign, tag, answer, resolve."), "/settings/macros", "bolt"),
    SettingsPage(_l("Contact forms"), _l("Forms for your website; what is sent comes to the inbox."), "/settings/forms", "forms", "settings"),
    SettingsPage(_l("Service levels"), _l("Within which time customers get an answer, and who is warned before it is too late."), "/settings/service-levels", "alarm", "settings"),
    SettingsPage(_l("Calendars"), _l("When you work: hours, holidays, days of your own."), "/settings/calendars", "calendar-event", "settings"),
    SettingsPage(_l("Likely duplicates"), _l("Contacts that are probably one person, to be merged or told apart."), "/duplicates", "users-minus"),
    SettingsPage(_l("Merges"), _l("Which contacts and organisations were merged; each can be undone at any time."), "/merges", "arrow-merge", "merge"),
    SettingsPage(_l("Who is calling?"), _l("Let your telephone system show the person before the receiver is lifted."), "/calls/setup", "phone-incoming"),
    SettingsPage(_l("Comparison with the mail servers"), _l("Which mails the servers have and we do not; fetched again with a click."), "/inbox/reconciliation", "arrows-diff", "quarantine"),
    SettingsPage(_l("Outbox"), _l("What is about to leave, what was sent, and what went wrong."), "/outbox", "send", "outbox"),
    SettingsPage(_l("API tokens"), _l("Keys of programs that work with Backbone in somebody's name."), "/settings/tokens", "key", "users"),
    SettingsPage(_l("Audit trail"), _l("Who changed what in the system, and when."), "/settings/audit", "list-search", "audit"),
)


CONVERSATION = re.compile(r"/inbox/(\d{1,9})(?:[/?].*)?")


def commands_here(path: str) -> list[Command]:
    """What can be done on the page of this address: the macros that fit a conversation."""
    found = CONVERSATION.fullmatch(path)
    conversation = db.session.scalars(inbox.visible_to(current_user).where(Conversation.id == int(found[1]))).one_or_none() if found else None
    if conversation is None:
        return []
    rows = db.session.scalars(macros.fitting(conversation, current_user))
    return [Command(row.name, f"/inbox/{conversation.id}/macros/{row.id}", "bolt", _l("macro"), "m") for row in rows]


def register(app: Flask) -> None:
    app.extensions["commands_here"] = commands_here
    app.extensions["settings_pages"] = SETTINGS
    app.jinja_env.globals.update(navigation=ENTRIES, creations=COMMANDS[:5], record_kinds=RECORD_KINDS)
    app.extensions["commands"] = COMMANDS
