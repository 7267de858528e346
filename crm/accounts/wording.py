"""How rights and the entries of the audit trail read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

RIGHT_NAMES = {
    "settings": _l("Change the settings of the firm"),
    "users": _l("Add, change and deactivate users"),
    "audit": _l("Read the audit trail"),
    "outbox": _l("See the outbox, send again, discard"),
    "quarantine": _l("See mail that could not be understood, and run it again"),
    "touchpoints": _l("Change the register of touchpoints"),
    "surveys": _l("Change surveys and who is asked when"),
    "export": _l("Take lists of people out of the system"),
    "import": _l("Import people and their history, and take imports back"),
    "merge": _l("Merge contacts"),
    "bulk": _l("Change many records at once"),
    "delete": _l("Erase personal data"),
}

ACTIONS = {
    "user.created": _l("User added"),
    "user.changed": _l("User changed"),
    "user.invited": _l("User invited"),
    "user.deactivated": _l("User deactivated"),
    "user.reactivated": _l("User reactivated"),
    "user.signed_in": _l("Signed in"),
    "user.signed_out_everywhere": _l("Signed out everywhere"),
    "user.password_changed": _l("Password changed"),
    "sla_policy.created": _l("Service level added"),
    "sla_policy.changed": _l("Service level changed"),
    "sla_policy.removed": _l("Service level removed"),
    "calendar.created": _l("Calendar added"),
    "calendar.changed": _l("Calendar changed"),
    "calendar.removed": _l("Calendar removed"),
    "department.created": _l("Department added"),
    "department.changed": _l("Department changed"),
    "department.archived": _l("Department archived"),
    "department.unarchived": _l("Department no longer archived"),
    "token.issued": _l("API token issued"),
    "token.revoked": _l("API token revoked"),
    "token.given_back": _l("API token no longer revoked"),
    "firm.changed": _l("Settings of the firm changed"),
    "trusted_sender.added": _l("Pictures of a sender allowed"),
    "trusted_sender.removed": _l("Pictures of a sender blocked again"),
    "mailbox.added": _l("Mailbox added"),
    "mailbox.changed": _l("Mailbox changed"),
    "mailbox.archived": _l("Mailbox archived"),
    "contact_form.created": _l("Contact form: made"), "contact_form.edited": _l("Contact form: changed"), "contact_form.taken": _l("Contact form: what was sent is taken"),
    "mailbox.turns_began": _l("Mailbox: new conversations by turns"),
    "mailbox.turns_ended": _l("Mailbox: no longer by turns"),
    "mailbox.unarchived": _l("Mailbox no longer archived"),
    "mailbox.servers_edited": _l("Mailbox: servers changed"),
    "mailbox.servers_tried": _l("Mailbox: connection tested"),
    "mailbox.connected": _l("Mailbox connected with its provider"),
    "mail_provider.edited": _l("Registration at a mail provider changed"),
    "mail.fetched_again": _l("Missing mail fetched again"),
    "delivery.retried": _l("Delivery tried again"),
    "delivery.discarded": _l("Delivery discarded"),
    "deliveries.retried": _l("Many deliveries tried again"),
    "deliveries.discarded": _l("Many deliveries discarded"),
    "quarantine.discarded": _l("Mail in quarantine discarded"),
    "field.created": _l("Own field added"),
    "field.changed": _l("Own field changed"),
    "field.archived": _l("Own field archived"),
    "field.unarchived": _l("Own field no longer archived"),
    "tag.renamed": _l("Tag renamed"),
    "tag.merged": _l("Tag merged"),
    "tag.removed": _l("Tag deleted"),
    "segment.added": _l("Segment added"),
    "segment.changed": _l("Segment changed"),
    "segment.archived": _l("Segment archived"),
    "contacts.changed_in_bulk": _l("Many contacts changed"),
    "contacts.bulk_edit_undone": _l("Change of many contacts taken back"),
    "contacts.exported": _l("Contacts exported"),
    "organisations.exported": _l("Organisations exported"),
    "segment.exported": _l("Segment exported"),
    "import.started": _l("Import started"),
    "import.reverted": _l("Import taken back"),
    "contact.merged": _l("Contacts merged"),
    "contact.unmerged": _l("Merge of contacts undone"),
    "organisation.merged": _l("Organisations merged"),
    "organisation.unmerged": _l("Merge of organisations undone"),
}


DETAILS = {
    "name": _l("Name"),
    "role": _l("Role"),
    "email": _l("Mail address"),
    "department_id": _l("Department"),
    "scope": _l("May"),
    "by_link": _l("by the link"),
    "count": _l("Number"),
    "rows": _l("Rows"),
}


def detail_words(detail: Mapping[str, Any]) -> str:
    """What an entry says beside its action: 'Role: member → lead · Name: …'."""
    return " · ".join(f"{DETAILS.get(key, key.replace('_', ' '))}: {_value(value)}" for key, value in detail.items() if value is not None)


def _value(value: Any) -> str:
    return " → ".join("–" if part is None else str(part) for part in value) if isinstance(value, list) else str(value)


def action_name(key: str) -> str:
    """The action in the reader's words; one that is not listed here reads as its key does."""
    return str(ACTIONS.get(key) or key.replace(".", ": ").replace("_", " "))
