"""What the pages about fetching read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from crm.extensions import db, fetch
from crm.inbox.fetching.accounts import accounts
from crm.inbox.fetching.fetchers import heart_of
from crm.inbox.fetching.models import ImapFolder, ImapGap
from crm.inbox.models import Heartbeat

SHOWN = 500


@dataclass(frozen=True)
class Row:
    """One folder that is read at present; `error`: why it is not."""

    label: str
    folder: str
    looked_at: datetime | None
    fetched_at: datetime | None
    error: str
    compared_at: datetime | None
    compared_count: int
    missing: int


def folders() -> list[Row]:
    hearts = {row.name: row for row in fetch(select(Heartbeat.name, Heartbeat.at, Heartbeat.error).where(Heartbeat.name.startswith("imap:")))}
    known = {(row.account, row.name): row for row in db.session.scalars(select(ImapFolder))}
    missing = {row.folder_id: row.number for row in fetch(select(ImapGap.folder_id, func.count().label("number")).group_by(ImapGap.folder_id))}
    found = []
    for account in accounts():
        for name in account.folders:
            heart, row = hearts.get(heart_of(account, name)), known.get((account.key, name))
            found.append(Row(
                account.label, name, heart.at if heart else None, row.fetched_at if row else None, heart.error.partition(": ")[2] if heart else "",
                row.compared_at if row else None, row.compared_count if row else 0, missing.get(row.id, 0) if row else 0,
            ))
    return found


def gaps() -> list:
    columns = (ImapGap.id, ImapGap.sender, ImapGap.subject, ImapGap.message_id, ImapGap.error, ImapGap.found_at, ImapGap.wanted_at, ImapFolder.name, ImapFolder.account)
    return list(fetch(select(*columns).join(ImapFolder, ImapFolder.id == ImapGap.folder_id).order_by(ImapGap.found_at.desc(), ImapGap.id).limit(SHOWN)))
