"""What a batch of mails needs to know, read in a handful of statements for all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.contacts.normalising import comparable
from crm.extensions import db
from crm.folding import fold
from crm.inbox.arrivals import Arrival
from crm.inbox.joining.queries import survivors
from crm.inbox.models import Conversation, Mailbox, Message, ReceivedMail
from crm.outbox.models import Delivery

CHUNK = 400  # bound parameters a statement; SQLite and PostgreSQL take more, but plans and caches like them few


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(dict.fromkeys(values))
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


class Lookups:
    """Mailboxes, staff, known Message-IDs and the conversations they lead to. Grows with the rows the batch itself makes."""

    def __init__(self, arrivals: Sequence[Arrival]):
        self.mailboxes = list(db.session.scalars(select(Mailbox).where(Mailbox.archived_at.is_(None)).order_by(Mailbox.id)))
        self.by_address = {mailbox.address: mailbox for mailbox in self.mailboxes}
        self.default_mailbox = next((m for m in self.mailboxes if m.is_default), self.mailboxes[0] if self.mailboxes else None)
        self.staff = {user.email: user for user in db.session.scalars(select(User).where(User.deactivated_at.is_(None)))}
        self.digests = self._known(ReceivedMail.sha256, (arrival.digest for arrival in arrivals))
        self.fingerprints = self._known(ReceivedMail.fingerprint, (arrival.fingerprint for arrival in arrivals))
        self.conversations: dict[int, Conversation] = {}
        self.deliveries = self._find_deliveries(arrivals)
        self.messages = self._find_messages(arrivals)
        self._load_conversations(arrivals)

    @cached_property
    def staff_names(self) -> dict[str, list[str]]:
        """Folded → as written."""
        found: dict[str, list[str]] = {}
        for user in self.staff.values():
            found.setdefault(fold(user.name), []).append(user.name)
        return found

    @cached_property
    def domains(self) -> frozenset[str]:
        """Those our mailboxes and our staff write from."""
        return frozenset(address.rpartition("@")[2] for address in (*self.by_address, *self.staff))

    def ours(self, address: str) -> bool:
        """Whether mail from this address comes from ourselves: a mailbox (whatever its +extension) or a member of staff."""
        return address in self.staff or without_extension(address) in self.by_address

    def mailbox_for(self, arrival: Arrival) -> Mailbox | None:
        """The one it was sent to; what belongs to no mailbox goes to the default one."""
        for address in arrival.recipients:
            if found := self.by_address.get(without_extension(comparable("email", address))):
                return found
        return self.default_mailbox

    def _known(self, column: Any, values: Iterable[str]) -> dict[str, Any]:
        """ReceivedMail by the value of `column`; mails of this batch join them as plain dicts."""
        found: dict[str, Any] = {}
        for chunk in chunks(values):
            found |= {getattr(row, column.key): row for row in db.session.scalars(select(ReceivedMail).where(column.in_(chunk)))}
        return found

    def _find_messages(self, arrivals: Sequence[Arrival]) -> dict[str, list[Conversation]]:
        """Message-ID → the conversations that hold it, newest first."""
        own = {ident for arrival in arrivals for kind, ident in arrival.signed_ids if kind == "m"}
        rows: list[Any] = []
        columns = select(Message.message_id, Message.conversation_id)
        for chunk in chunks(ident for arrival in arrivals for ident in arrival.known_ids):
            rows += db.session.execute(columns.where(Message.message_id.in_(chunk)).order_by(Message.id.desc()))
        for chunk in chunks(own):
            rows += db.session.execute(columns.where(Message.id.in_(chunk)))
        self._load(row.conversation_id for row in rows)
        found: dict[str, list[Conversation]] = {}
        for row in rows:
            if row.message_id and row.conversation_id in self.conversations:
                found.setdefault(row.message_id, []).append(self.conversations[row.conversation_id])
        return found

    def _find_deliveries(self, arrivals: Sequence[Arrival]) -> dict[str, Delivery]:
        """Our own mails that somebody answers or that come back. Only signed ids are looked for: there are no others of ours."""
        found: dict[str, Delivery] = {}
        for chunk in chunks(value for arrival in arrivals for value in arrival.signed_values):
            found |= {row.message_id: row for row in db.session.scalars(select(Delivery).where(Delivery.message_id.in_(chunk)))}
        return found

    def _load_conversations(self, arrivals: Sequence[Arrival]) -> None:
        wanted = {number for arrival in arrivals for number in (arrival.addressed, arrival.marked, arrival.tagged) if number}
        wanted |= {delivery.about_id for delivery in self.deliveries.values() if delivery.about_type == "conversation" and delivery.about_id}
        self._load(wanted)

    def _load(self, idents: Iterable[int]) -> None:
        """The number of one that was merged stands for the one it was merged into."""
        self._read(idents)
        merged = survivors(ident for ident, row in self.conversations.items() if row.status == "merged")
        self._read(merged.values())
        self.conversations |= {ident: self.conversations[survivor] for ident, survivor in merged.items()}

    def _read(self, idents: Iterable[int]) -> None:
        for chunk in chunks(ident for ident in idents if ident not in self.conversations):
            query = select(Conversation).where(Conversation.id.in_(chunk)).options(joinedload(Conversation.contact))
            self.conversations |= {row.id: row for row in db.session.scalars(query)}


def without_extension(address: str) -> str:
    """service+x7f3@firm.example → service@firm.example"""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
