"""Reconciliation: the numbers and Message-IDs on the server against ours. What is missing is written down, told to the administrators, and can be fetched again.

It does not trust the cursor: a mail counts as here when its row says which bytes it became, and the inbox holds these bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, func, select, update

from crm import clock
from crm.extensions import db
from crm.inbox.fetching.models import ImapFolder, ImapGap, ImapMail, note_gap
from crm.inbox.fetching.reading import CHUNK, fetch_again, is_too_old, message_id_of
from crm.inbox.fetching.session import Session
from crm.inbox.models import ReceivedMail
from crm.mail.parsing import parse
from crm.notifications.notifying import administrators, notify

log = logging.getLogger(__name__)
UNDERWAY = timedelta(hours=1)  # what came so lately may still be on its way through us
JUST_NOW = timedelta(minutes=1)
YOUNG = timedelta(days=2)  # older mail may have been erased in the inbox on purpose; that is no gap
PAGE = "/inbox/reconciliation"


class Ours(NamedTuple):
    message_id: str
    is_there: bool


def ask_to_compare() -> None:
    """Every folder, as soon as its fetcher looks. The nightly job, and the button. Commits."""
    known = update(ImapFolder).where(ImapFolder.uidvalidity.is_not(None)).values(compare_wanted_at=clock.now())
    db.session.execute(known.execution_options(synchronize_session=False))
    db.session.commit()


def ask_to_fetch(gap_id: int | None = None) -> None:
    """One missing mail, or all of them. Never commits."""
    wanted = update(ImapGap).values(wanted_at=clock.now())
    db.session.execute((wanted.where(ImapGap.id == gap_id) if gap_id else wanted).execution_options(synchronize_session=False))


def do_what_was_asked(session: Session, folder: ImapFolder) -> None:
    """In the fetcher, which has the connection and lives beside the spool. Commits."""
    if folder.uidvalidity is None:
        return
    query = select(ImapGap.uid, ImapGap.wanted_at, ImapGap.found_at, ImapGap.error).where(ImapGap.folder_id == folder.id, ImapGap.uidvalidity == folder.uidvalidity)
    gaps = db.session.execute(query.order_by(ImapGap.uid)).all()
    if any(gap.error and gap.found_at > clock.now() - JUST_NOW for gap in gaps):
        tell(folder, len(gaps))  # the server would not hand them over
        db.session.commit()
    if uids := [gap.uid for gap in gaps if gap.wanted_at]:
        refetch(session, folder, uids)
    if folder.compare_wanted_at is not None:
        compare(session, folder)


def refetch(session: Session, folder: ImapFolder, uids: Sequence[int]) -> None:
    """What is not on the server any more is written off: nothing more can be done for it, and it is no gap."""
    session.open(folder.name)
    there = session.present(uids)
    gone = delete(ImapGap).where(ImapGap.folder_id == folder.id, ImapGap.uid.in_(set(uids) - there))
    db.session.execute(gone.execution_options(synchronize_session=False))
    for start in range(0, len(uids), CHUNK):
        fetch_again(session, folder, [uid for uid in uids[start : start + CHUNK] if uid in there])
    asked = update(ImapGap).where(ImapGap.folder_id == folder.id).values(wanted_at=None)
    db.session.execute(asked.execution_options(synchronize_session=False))
    db.session.commit()


def compare(session: Session, folder: ImapFolder) -> list[int]:
    """The UIDs that are missing. Notes them, tells of new ones, commits."""
    uidvalidity, _next = session.open(folder.name)
    uids = session.after(0) if uidvalidity == folder.uidvalidity else []  # numbered anew: the fetching reads all again by itself
    missing = [uid for start in range(0, len(uids), CHUNK) for uid in _missing(session, folder, uids[start : start + CHUNK])]
    known = set(db.session.scalars(select(ImapGap.uid).where(ImapGap.folder_id == folder.id, ImapGap.uidvalidity == folder.uidvalidity)))
    fresh = [uid for uid in missing if uid not in known]
    for start in range(0, len(fresh), CHUNK):
        _note(session, folder, fresh[start : start + CHUNK])
    _forget(folder, set(missing))
    folder.compared_at, folder.compared_count, folder.compare_wanted_at = clock.now(), len(uids), None
    if fresh:
        tell(folder, len(missing))
    db.session.commit()
    return missing


def _missing(session: Session, folder: ImapFolder, uids: Sequence[int]) -> list[int]:
    ours = _ours(folder, uids)
    heads = session.headers([uid for uid in uids if uid in ours])
    db.session.commit()
    doubtful = [uid for uid in uids if uid not in ours or not ours[uid].is_there or _is_another(ours[uid].message_id, heads.get(uid, b""))]
    if not doubtful:
        return []
    horizon = clock.now() - UNDERWAY
    lying = [mail for mail in session.measure(doubtful) if not is_too_old(mail, session.account)]
    return [mail.uid for mail in lying if mail.uid <= folder.last_uid or mail.at is None or mail.at.astimezone(UTC) < horizon]


def _is_another(known: str, head: bytes) -> bool:
    """The server uses a number again that stood for another mail."""
    found = message_id_of(head)
    return bool(known and found and known != found)


def _ours(folder: ImapFolder, uids: Sequence[int]) -> dict[int, Ours]:
    """What we hold of these, the newest row of each number."""
    now = clock.now()
    taken = exists(ReceivedMail.id).where(ReceivedMail.sha256 == ImapMail.sha256)
    query = select(ImapMail.uid, ImapMail.message_id, ImapMail.at, taken.label("taken"))
    query = query.where(ImapMail.folder_id == folder.id, ImapMail.uidvalidity == folder.uidvalidity, ImapMail.uid.in_(uids)).order_by(ImapMail.id)
    return {row.uid: Ours(row.message_id, row.taken or not now - YOUNG < row.at < now - UNDERWAY) for row in db.session.execute(query)}


def _note(session: Session, folder: ImapFolder, uids: Sequence[int]) -> None:
    heads = session.headers(uids, "MESSAGE-ID FROM SUBJECT DATE")
    for uid in uids:
        mail = parse(heads.get(uid, b"") + b"\r\n", clock.now())
        sender = mail.from_.address[:320] if mail.from_ else ""
        note_gap(folder, uid, message_id=message_id_of(heads.get(uid, b"")), sender=sender, subject=mail.subject[:500])


def _forget(folder: ImapFolder, missing: set[int]) -> None:
    """Gaps that are none any more, also those of an earlier numbering."""
    for gap in db.session.scalars(select(ImapGap).where(ImapGap.folder_id == folder.id)).all():
        if gap.uidvalidity != folder.uidvalidity or gap.uid not in missing:
            db.session.delete(gap)


def tell(folder: ImapFolder, count: int) -> None:
    """By page and by mail; not again before the administrator has read it."""
    log.error("%s mails of %s/%s are on the server and not here", count, folder.account, folder.name)
    text = _l("%(count)s mails of the folder %(folder)s are on the mail server and not in the inbox", count=count, folder=folder.name)
    notify(administrators(), "alarm", text=text, url=PAGE, about=("imap_folder", folder.id))


def gaps_count() -> int:
    return db.session.scalar(select(func.count()).select_from(ImapGap)) or 0
