"""Drafts: what somebody began to write, or wrote and did not send after all. Text, files and copies are kept until it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, select

from crm import blobs, clock
from crm.accounts.models import User
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.models import Conversation, Draft

Upload = tuple[str, str, bytes]  # filename, content type, data
Kept = Sequence[list]  # [[filename, content type, size, blob], …]


def draft_of(conversation: Conversation, by: User, kind: str = "reply") -> Draft | None:
    return db.session.scalars(select(Draft).where(Draft.conversation_id == conversation.id, Draft.user_id == by.id, Draft.kind == kind)).one_or_none()


def save_draft(conversation: Conversation, by: User, body: str, kind: str = "reply", *, files: Kept | None = None, cc: Sequence[str] | None = None) -> None:
    """What is being written is kept on the server; without text and files nothing is. None: files and copies stay as they are."""
    draft = draft_of(conversation, by, kind)
    if not body.strip() and not (files if files is not None else draft and draft.files):
        drop_draft(conversation, by, kind)
        return
    if draft is None:
        draft = Draft(conversation_id=conversation.id, user_id=by.id, kind=kind, files=[])
        db.session.add(draft)
    draft.body, draft.updated_at = body, clock.now()
    draft.files = draft.files if files is None else list(files)
    draft.cc = draft.cc if cc is None else list(cc)


def drop_draft(conversation: Conversation, by: User, kind: str = "reply") -> None:
    """It was sent, or is not wanted any more."""
    db.session.execute(delete(Draft).where(Draft.conversation_id == conversation.id, Draft.user_id == by.id, Draft.kind == kind))


def bring_back(conversation: Conversation, by: User, text: str, files: Kept = (), cc: Sequence[str] | None = None) -> None:
    """What was to be sent joins what its writer began meanwhile."""
    draft = draft_of(conversation, by)
    earlier, held = (draft.body, draft.files) if draft else ("", [])
    save_draft(conversation, by, "\n\n".join(filter(None, (earlier, text))), files=[*held, *(file for file in files if file not in held)], cc=cc)


def keep(uploads: Iterable[Upload]) -> Kept:
    return [[filename[:255], content_type[:120], len(data), blobs.put(data)] for filename, content_type, data in uploads]


def chosen(conversation: Conversation, by: User, wanted: Iterable[str]) -> Kept:
    """Those files of one's draft, by their blobs; refused if one is gone, so that nothing leaves without what belongs to it."""
    draft, names = draft_of(conversation, by), set(wanted)
    files = [file for file in (draft.files if draft else ()) if file[3] in names]
    if names - {file[3] for file in files}:
        raise Refused(_("A file of the draft is not there any more. Attach it again."), "body")
    return files


def opened(files: Kept) -> list[Upload]:
    return [(filename, content_type, blobs.get(blob)) for filename, content_type, _size, blob in files]
