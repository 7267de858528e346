"""From a folder of the server onto our disk: first the bytes, durably, then the cursor. Cut anywhere, it goes on where it was; what came twice is known by its content."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from pathlib import Path

from flask import current_app
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from crm import clock
from crm.extensions import db
from crm.inbox import spool
from crm.inbox.fetching.accounts import Account
from crm.inbox.fetching.models import ImapFolder, ImapMail, close_gaps, note_gap
from crm.inbox.fetching.session import LARGE, Lying, Session

log = logging.getLogger(__name__)
CHUNK = 200  # mails whose sizes are asked for at once
BATCH = 25  # mails that are asked for at once, if they are small
MESSAGE_ID = re.compile(rb"^message-id[ \t]*:\s*(<[^<>\s]{1,490}>)", re.IGNORECASE | re.MULTILINE)
HEADERS = 64 * 1024
SLACK = timedelta(days=1)  # clocks of servers differ; rather a mail too many than one too few
Kept = tuple[int, str, str]  # uid, sha256, Message-ID


class Taken(Exception):
    """Another process reads this folder at present."""


def catch_up(session: Session, folder: ImapFolder, by: str) -> int:
    """Take everything that lies there and we do not have; how many mails. Commits after each batch."""
    account = session.account
    uidvalidity, uidnext = session.open(folder.name, readonly=account.afterwards == "leave")
    _hold(folder, by)
    if folder.uidvalidity != uidvalidity:
        _begin(folder, account, uidvalidity, uidnext)
    settle(session, folder)
    waiting, taken = session.after(folder.last_uid), 0
    for start in range(0, len(waiting), CHUNK):
        for batch in batches(session.measure(waiting[start : start + CHUNK])):
            _hold(folder, by)
            taken += _take(session, folder, batch)
        folder.last_uid = max(folder.last_uid, waiting[: start + CHUNK][-1])  # over what vanished meanwhile
        db.session.commit()
        settle(session, folder)
    return taken


def _hold(folder: ImapFolder, by: str) -> None:
    if folder.is_held(by):
        return
    won = folder.claim(by)
    db.session.commit()
    if not won:
        raise Taken
    db.session.refresh(folder)  # the other one may have read on
    db.session.commit()


def _begin(folder: ImapFolder, account: Account, uidvalidity: int, uidnext: int) -> None:
    is_first = folder.uidvalidity is None
    if not is_first:
        log.warning("%s numbers the mails of %s anew: reading all of them again, what is known is recognised", account.host, folder.name)
    folder.read_from(uidvalidity)
    if is_first and account.new_since is not None and uidnext:
        folder.last_uid = folder.settled_uid = uidnext - 1
    db.session.commit()


def batches(lying: Sequence[Lying]) -> Iterator[list[Lying]]:
    """Small ones together, as long as they fit into little memory; a large one by itself."""
    batch: list[Lying] = []
    for mail in lying:
        if batch and (len(batch) >= BATCH or sum(each.size for each in batch) + mail.size > LARGE):
            yield batch
            batch = []
        batch.append(mail)
    if batch:
        yield batch


# — one batch ——————————————————————————————————————————————————————————————————————————————————————————


def _take(session: Session, folder: ImapFolder, batch: Sequence[Lying]) -> int:
    """Onto the disk, then into the books, in this order: a crash between makes us fetch them again, never miss them."""
    wanted = [mail for mail in batch if not is_too_old(mail, session.account)]
    kept, refused = store(session, wanted)
    for uid, sha256, message_id in kept:
        folder.took(uid, sha256, message_id)
    for uid, reason in refused.items():
        note_gap(folder, uid, error=reason)
    folder.last_uid = max(folder.last_uid, batch[-1].uid)
    db.session.commit()
    return len(kept)


def is_too_old(mail: Lying, account: Account) -> bool:
    return account.new_since is not None and mail.at is not None and mail.at.astimezone(UTC) < account.new_since - SLACK


def store(session: Session, mails: Sequence[Lying]) -> tuple[list[Kept], dict[int, str]]:
    """Fetch and spool these; what was kept, and what the server has but would not hand over."""
    if len(mails) == 1 and mails[0].size > LARGE:
        return [_keep_large(session, mails[0])], {}
    if not mails:
        return [], {}
    try:
        found = session.whole([mail.uid for mail in mails])
    except IMAPClientAbortError:
        raise  # the connection is gone
    except IMAPClientError as error:
        return _one_by_one(session, mails, error)
    kept = [_keep(mail, found[mail.uid], session.account) for mail in mails if mail.uid in found]
    absent = [mail.uid for mail in mails if mail.uid not in found]
    return kept, dict.fromkeys(session.present(absent), "")


def _one_by_one(session: Session, mails: Sequence[Lying], error: IMAPClientError) -> tuple[list[Kept], dict[int, str]]:
    """One of them spoils the answer: the others need not wait for it."""
    if len(mails) == 1:
        session.client.noop()  # a connection that is gone has refused nothing
        log.warning("the server does not hand over the mail %s of %s: %s", mails[0].uid, session.account.label, error)
        return [], {mails[0].uid: str(error)[:500]}
    kept: list[Kept] = []
    refused: dict[int, str] = {}
    for mail in mails:
        more, no = store(session, [mail])
        kept += more
        refused |= no
    return kept, refused


def _keep(mail: Lying, raw: bytes, account: Account) -> Kept:
    spool.write(_directory(), raw, envelope(mail, account))
    return mail.uid, hashlib.sha256(raw).hexdigest(), message_id_of(raw[:HEADERS])


def _keep_large(session: Session, mail: Lying) -> Kept:
    _path, first, digest = spool.write_pieces(_directory(), session.pieces(mail.uid), envelope(mail, session.account))
    return mail.uid, digest, message_id_of(first[:HEADERS])


def envelope(mail: Lying, account: Account) -> spool.Envelope:
    """It came when the server got it, even if we were away for hours; never in the future."""
    came = mail.at.astimezone(UTC) if mail.at else clock.now()
    recipients = (account.recipient,) if account.recipient else ()
    return spool.Envelope("", recipients, "imap", min(came, clock.now()))


def message_id_of(head: bytes) -> str:
    found = MESSAGE_ID.search(head.partition(b"\r\n\r\n")[0])
    return found[1].decode("ascii", "replace") if found else ""


def _directory() -> Path:
    return current_app.config["SETTINGS"].spool_dir


# — afterwards —————————————————————————————————————————————————————————————————————————————————————————


def settle(session: Session, folder: ImapFolder) -> None:
    """What the firm wants done with mails that are safe with us: marked as seen, or moved away. Done again after a cut; twice does no harm."""
    account = session.account
    if account.afterwards == "leave" or folder.settled_uid >= folder.last_uid:
        return
    until = folder.last_uid
    where = (ImapMail.folder_id == folder.id, ImapMail.uidvalidity == folder.uidvalidity, ImapMail.uid > folder.settled_uid, ImapMail.uid <= until)
    ours = list(dict.fromkeys(db.session.scalars(db.select(ImapMail.uid).where(*where).order_by(ImapMail.uid))))
    db.session.commit()
    for start in range(0, len(ours), CHUNK):
        if there := sorted(session.present(ours[start : start + CHUNK])):
            session.mark_seen(there)
            if account.afterwards == "move":
                session.move(there, account.afterwards_folder)
    folder.settled_uid = until
    db.session.commit()


def fetch_again(session: Session, folder: ImapFolder, uids: Sequence[int]) -> int:
    """Mails that were missing; how many are here now. Commits."""
    uidvalidity, _next = session.open(folder.name)
    if uidvalidity != folder.uidvalidity:
        return 0  # numbered anew: the fetching reads everything again by itself
    done = 0
    for batch in batches(session.measure(uids)):
        kept, refused = store(session, batch)
        for uid, sha256, message_id in kept:
            folder.took(uid, sha256, message_id)
        for uid, reason in refused.items():
            note_gap(folder, uid, error=reason)
        close_gaps(folder, [uid for uid, _sha256, _message_id in kept])
        db.session.commit()
        done += len(kept)
    return done


