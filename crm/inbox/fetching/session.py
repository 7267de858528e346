"""One connection to an IMAP server: what we ask of it, and nothing else. It never changes a flag by reading, and never asks what is unseen."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

from crm.inbox.fetching.accounts import Account

CONNECT, READ = 15, 60  # seconds
PIECE = 1024 * 1024  # bytes of a large mail that are asked for at a time
LARGE = 4 * PIECE  # from here on a mail goes to the disk piece by piece


@dataclass(frozen=True)
class Lying:
    """A mail on the server."""

    uid: int
    size: int
    at: datetime | None  # when the server got it


class Session:
    """`with Session(account) as session:` connects and signs in; raises OSError or IMAPClientError."""

    def __init__(self, account: Account, connect: float = CONNECT, read: float = READ):
        self.account = account
        secure = account.security == "tls"
        context = ssl.create_default_context()
        self.client = IMAPClient(account.host, account.port, ssl=secure, ssl_context=context if secure else None, timeout=SocketTimeout(connect, read))
        self.client.normalise_times = False
        try:
            if account.security == "starttls":
                self.client.starttls(context)
            self._sign_in()
        except BaseException:
            self.hang_up()
            raise

    def _sign_in(self) -> None:
        if self.account.token is not None:
            self.client.oauth2_login(self.account.user, self.account.token())
        else:
            self.client.login(self.account.user, self.account.password)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Without a farewell: a server that no longer answers must not hold us up."""
        with suppress(OSError, IMAPClientError):
            self.client.shutdown()

    def interrupt(self) -> None:
        """From another thread: whatever is being waited for ends now."""
        with suppress(OSError, AttributeError):
            self.client.socket().shutdown(2)

    # — a folder ——————————————————————————————————————————————————————————————————————————————————————

    def open(self, folder: str, readonly: bool = True) -> tuple[int, int]:
        """The folder's UIDVALIDITY and the UID its next mail will have (0 if the server does not say)."""
        said = self.client.select_folder(folder, readonly=readonly)
        return int(said.get(b"UIDVALIDITY", 0)), int(said.get(b"UIDNEXT", 0))

    def folders(self) -> list[str]:
        return [name if isinstance(name, str) else name.decode("ascii", "replace") for flags, _separator, name in self.client.list_folders() if b"\\Noselect" not in flags]

    def after(self, uid: int) -> list[int]:
        """The UIDs above `uid`, ascending. `n:*` always names the last mail too, even one below n."""
        return sorted(found for found in self.client.search(["UID", f"{uid + 1}:*"]) if found > uid)

    def present(self, uids: Sequence[int]) -> set[int]:
        return set(self.client.search(["UID", ",".join(map(str, uids))])) if uids else set()

    def measure(self, uids: Sequence[int]) -> list[Lying]:
        said = self.client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
        return [Lying(uid, int(said[uid].get(b"RFC822.SIZE", 0)), said[uid].get(b"INTERNALDATE")) for uid in sorted(said) if b"RFC822.SIZE" in said[uid]]

    def whole(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Small mails, several at a time. PEEK leaves the flags alone."""
        said = self.client.fetch(list(uids), ["BODY.PEEK[]"])
        return {uid: parts[b"BODY[]"] for uid, parts in said.items() if parts.get(b"BODY[]") is not None}

    def pieces(self, uid: int) -> Iterator[bytes]:
        """A large mail, piece by piece, until the server has no more: the size it tells is not always right."""
        begin = 0
        while True:
            said: dict[Any, Any] = self.client.fetch([uid], [f"BODY.PEEK[]<{begin}.{PIECE}>"]).get(uid, {})
            piece = next((value for name, value in said.items() if name.startswith(b"BODY[]")), None) or b""
            if piece:
                yield piece
            if len(piece) < PIECE:
                return
            begin += PIECE

    def headers(self, uids: Sequence[int], names: str = "MESSAGE-ID") -> dict[int, bytes]:
        said = self.client.fetch(list(uids), [f"BODY.PEEK[HEADER.FIELDS ({names})]"])
        return {uid: next((value for name, value in parts.items() if name.startswith(b"BODY[")), None) or b"" for uid, parts in said.items()}

    # — afterwards, and waiting ———————————————————————————————————————————————————————————————————————

    def mark_seen(self, uids: Sequence[int]) -> None:
        self.client.add_flags(list(uids), [b"\\Seen"], silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """By MOVE; where there is none, copied and then marked as deleted, and only these removed."""
        if not self.client.folder_exists(folder):
            self.client.create_folder(folder)
        if self.client.has_capability("MOVE"):
            self.client.move(list(uids), folder)
            return
        self.client.copy(list(uids), folder)
        self.client.add_flags(list(uids), [b"\\Deleted"], silent=True)
        if self.client.has_capability("UIDPLUS"):
            self.client.uid_expunge(list(uids))

    def can_wait(self) -> bool:
        return self.client.has_capability("IDLE")

    def wait(self, seconds: float) -> None:
        """Until the server tells of something (IDLE), or `seconds` have passed."""
        self.client.idle()
        self.client.idle_check(timeout=seconds)
        self.client.idle_done()
