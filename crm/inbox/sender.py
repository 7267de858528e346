"""Who is it? Reply-To, then From, over all addresses a person ever had; behind a colleague's forward stands the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from crm.accounts.models import User
from crm.contacts.normalising import comparable
from crm.extensions import db
from crm.inbox.arrivals import Arrival
from crm.inbox.forwarded import Original, original
from crm.inbox.lookups import Lookups, without_extension
from crm.inbox.models import Mailbox
from crm.mail.addresses import Address
from crm.mail.parsing import Mail


@dataclass(frozen=True)
class Writer:
    """`candidates` are addresses the person wrote under, the surest first, in their comparable form with the name beside it."""

    candidates: tuple[tuple[str, str, str], ...]  # comparable, as written, name
    staff: User | None = None  # a colleague wrote it
    passed_on_by: User | None = None  # a colleague forwarded it
    forward: Original | None = None  # what the colleague passed on
    rule: str = "from"  # reply_to, from, envelope, staff, forwarded, ourselves: where the name was found

    @property
    def forwarded(self) -> bool:
        """A colleague passed on what a customer wrote."""
        return self.rule == "forwarded"

    def words(self, arrival: Arrival) -> str:
        """The writer's own: of a forwarded mail, those of the original."""
        return (self.forward.text if self.forward else "") or arrival.reply_text

    @property
    def address(self) -> str:
        return self.candidates[0][1]

    @property
    def name(self) -> str:
        return next((name for _comparable, _written, name in self.candidates if name), "")


def writer(arrival: Arrival, lookups: Lookups) -> Writer | None:
    """None if nobody put a name to the mail at all."""
    mail = arrival.mail
    staff = lookups.staff.get(comparable("email", mail.from_.address)) if mail.from_ else None
    if staff is not None:
        forward = original(mail)
        if forward is not None and not lookups.ours(comparable("email", forward.sender.address)):
            return Writer(_comparable([forward.sender]), forward=forward, passed_on_by=staff, rule="forwarded")
        return Writer(_comparable([mail.from_]), staff=staff, rule="staff")
    written = [each for each in (*mail.reply_to, mail.from_) if each is not None and "@" in each.address]
    others = [each for each in written if not lookups.ours(comparable("email", each.address))]
    if not written and "@" in arrival.envelope.sender:
        others = [Address("", arrival.envelope.sender)]
    candidates = _comparable(others or written)
    if arrival.from_ourselves:
        return Writer(candidates, rule="ourselves")
    return Writer(candidates, rule=_rule(mail, candidates[0][1], bool(written))) if candidates else None


def marked(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Those that one of our own mailboxes sent, say so: they came in a circle, or went to two of us. Nothing answers them and nobody is woken."""
    written = {_mailbox_of(arrival) for arrival in arrivals} - {""}
    ours = set(db.session.scalars(select(Mailbox.address).where(Mailbox.address.in_(written), Mailbox.address.not_in(select(User.email))))) if written else set()
    return [replace(arrival, from_ourselves=True) if _mailbox_of(arrival) in ours else arrival for arrival in arrivals]


def _mailbox_of(arrival: Arrival) -> str:
    """Whose mail it would be, were it ours; nobody's if somebody else is to be answered, as with the forms of web sites."""
    mail = arrival.mail
    if mail.from_ is None or "@" not in mail.from_.address:
        return ""
    named = {without_extension(comparable("email", each.address)) for each in (mail.from_, *mail.reply_to)}
    return named.pop() if len(named) == 1 else ""


def _rule(mail: Mail, address: str, is_written: bool) -> str:
    if not is_written:
        return "envelope"
    return "reply_to" if any(each.address == address for each in mail.reply_to) else "from"


def _comparable(addresses: list) -> tuple[tuple[str, str, str], ...]:
    return tuple((comparable("email", each.address), each.address[:320], each.name[:200]) for each in addresses)
