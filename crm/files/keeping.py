"""A file comes to a contact and leaves it, each with its entry on the timeline."""

from __future__ import annotations

import unicodedata

from flask_babel import gettext as _

from crm import attachments, blobs, clock, timeline
from crm.accounts.models import User
from crm.accounts.preferences import preference
from crm.contacts.models import Contact
from crm.errors import Refused
from crm.extensions import db
from crm.files.models import File

MEGABYTE = 1024 * 1024


def objection(filename: str, data: bytes) -> str | None:
    """Why the file cannot be taken, in words."""
    if not data:
        return _("%(name)s is empty.", name=filename)
    most = preference("largest_file")
    if len(data) > most * MEGABYTE:
        return _("%(name)s is too large: at most %(most)s MB.", name=filename, most=most)
    return None


def keep(contact: Contact, filename: str, data: bytes, by: User | None, provenance: str = "person") -> File:
    """Put the file to the contact. Refused when it is empty or too large."""
    filename = plain_name(filename)
    if reason := objection(filename, data):
        raise Refused(reason, "content")
    file = File(contact=contact, filename=filename, content_type=attachments.sniffed(data, filename)[:120], size=len(data), blob=blobs.put(data),
                added_by_id=by.id if by else None)
    db.session.add(file)
    db.session.flush()
    file.interaction = timeline.record("file.added", contact, channel="other", direction="internal", staff=by, subject=filename, about=("file", file.id), provenance=provenance)
    return file


def remove(file: File, by: User | None) -> None:
    if file.removed_at is None:
        file.removed_at = clock.now()
        if file.interaction:
            file.interaction = timeline.retract(file.interaction, by)


def bring_back(file: File, by: User | None) -> None:
    if file.removed_at is not None:
        file.removed_at = None
        if file.interaction:
            file.interaction = timeline.reinstate(file.interaction, by)


def plain_name(filename: str) -> str:
    """Without folders and without what no name should hold; long ones keep their end, which says what they are."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C").strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= 200 else f"{(stem or name)[:180]}{dot}{ending[:19]}"
