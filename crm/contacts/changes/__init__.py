"""What was changed about people and organisations: every field, from what to what, by whom, by which way.

Written by itself: whatever changes a contact, an organisation or their addresses through the session is noted in the same flush
(`recording`). Those who write rows by statements of their own, past the session, say so with `note`. Whoever works outside a request
says who causes it:

    with caused("import", by=user):
        ...
"""

from crm.contacts.changes.models import FieldChange
from crm.contacts.changes.recording import Change, caused, note

__all__ = ["Change", "FieldChange", "caused", "note"]
