"""Files that belong to saved replies, and go with what is written from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from crm import attachments, blobs
from crm.extensions import db
from crm.inbox.composing import queries
from crm.inbox.composing.models import SavedReply, SavedReplyFile

MEGABYTE = 1024 * 1024
Upload = tuple[str, str, bytes]  # filename, content type, data


def files_for(idents: Iterable[int], user: Any) -> list[SavedReplyFile]:
    """Those of these that belong to saved replies the person may use."""
    wanted = list(idents)
    if not wanted:
        return []
    usable = queries.visible_to(user).with_only_columns(SavedReply.id)
    return list(db.session.scalars(select(SavedReplyFile).where(SavedReplyFile.id.in_(wanted), SavedReplyFile.saved_reply_id.in_(usable)).order_by(SavedReplyFile.id)))


def uploads_of(idents: Iterable[int], user: Any) -> list[Upload]:
    return [(file.filename, file.content_type, blobs.get(file.blob)) for file in files_for(idents, user)]


def attach(saved: SavedReply, uploads: Iterable[Upload]) -> None:
    """The type is what the bytes say, not what the browser did."""
    for filename, _content_type, data in uploads:
        saved.files.append(SavedReplyFile(filename=filename[:255], content_type=attachments.sniffed(data, filename)[:120], size=len(data), blob=blobs.put(data)))
