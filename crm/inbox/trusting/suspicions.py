"""What is odd about who a mail says it is from, found when it comes in and kept with the message. Words: wording.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from crm.accounts.preferences import preference
from crm.contacts.models import Organisation
from crm.contacts.normalising import comparable
from crm.extensions import db
from crm.folding import fold
from crm.inbox.arrivals import Arrival
from crm.inbox.lookups import Lookups, without_extension
from crm.mail import hosts
from crm.mail.authentication import authentication, proved_domains

ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@]{1,64}@((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})")
BY = re.compile(r"\bby\s+([\w-]+(?:\.[\w-]+)+)", re.I)
BEHIND_A_SERVER = ("imap", "lmtp", "pipe")  # ways on which another server of ours received the mail before; who speaks SMTP to us may be anybody
FAILED = ("fail", "permerror")
Suspicion = list[str]  # kind and detail


def suspicions(arrival: Arrival, lookups: Lookups) -> list[Suspicion]:
    """[kind, detail] each, the gravest first; mostly none."""
    sender = arrival.mail.from_
    if sender is None or "@" not in sender.address:
        return []
    domain = sender.address.rpartition("@")[2]
    return [*_refused(arrival), *_name(sender.name, sender.address, lookups), *_domain(domain, lookups), *_answers(arrival, domain, lookups)]


def _refused(arrival: Arrival) -> Iterator[Suspicion]:
    """What the receiving server found out. DMARC is the domain's own word; without it, SPF or DKIM count where neither passed."""
    found = authentication(arrival.mail, trusted_hosts(arrival))
    if found.get("dmarc") in FAILED:
        yield ["dmarc", found["host"]]
    elif "pass" not in (found.get("dmarc"), found.get("spf"), found.get("dkim")):
        yield from ([method, found["host"]] for method in ("spf", "dkim") if found.get(method) in FAILED)


def trusted_hosts(arrival: Arrival) -> list[str]:
    """Servers whose word counts: those of the setting, else the one that received the mail for us."""
    named = str(preference("trusted_hosts")).replace(",", " ").split()
    return named or (receiving_hosts(arrival) if arrival.envelope.source in BEHIND_A_SERVER else [])


def receiving_hosts(arrival: Arrival) -> list[str]:
    """By the topmost Received header that has a name: nobody outside can write above it. It signs by that name or by one of the same owner."""
    received = next((match[1].lower() for value in arrival.mail.headers.raws("received")[:3] if (match := BY.search(value)) and not match[1].replace(".", "").isdigit()), "")
    if not received:
        return []
    said = (value.split(";")[0].split()[:1] for value in arrival.mail.headers.raws("authentication-results")[:5])
    return [received, *(words[0].lower() for words in said if words and hosts.is_same(words[0].lower(), received))]


def _name(name: str, address: str, lookups: Lookups) -> Iterator[Suspicion]:
    for match in ADDRESS.finditer(name[:500]):
        if not hosts.is_same(match[1], address.rpartition("@")[2]):
            yield ["name_address", match[0]]
            return
    own, said = comparable("email", address), fold(name)
    if said and own not in lookups.staff and without_extension(own) not in lookups.by_address:
        yield from (["name_colleague", written] for written in lookups.staff_names.get(said, ()))


def _domain(domain: str, lookups: Lookups) -> Iterator[Suspicion]:
    ours = lookups.domains
    if ours and (like := hosts.looks_like(domain, ours)):
        yield ["domain_ours", like]
    elif hosts.owner(domain) not in map(hosts.owner, ours) and (known := _known_likeness(domain)):
        yield ["domain_known", known]
    elif hosts.is_mixed(domain):
        yield ["domain_mixed", hosts.to_ascii(domain)]


def _known_likeness(domain: str) -> str:
    """A customer's domain that this one could be taken for."""
    names = list(hosts.meant(domain))
    if not names:
        return ""
    own = hosts.owner(domain)
    known = set(db.session.scalars(select(Organisation.domain).where(Organisation.domain.in_([*names, own]), Organisation.archived_at.is_(None))))
    return "" if own in known else min(known, default="")


def _answers(arrival: Arrival, domain: str, lookups: Lookups) -> Iterator[Suspicion]:
    for each in arrival.mail.reply_to:
        if "@" in each.address and not hosts.is_same(each.address.rpartition("@")[2], domain) and not lookups.ours(comparable("email", each.address)):
            yield ["reply_to", each.address]
            return


def found(arrival: Arrival, lookups: Lookups) -> dict[str, Any]:
    """For the data of a message."""
    odd = suspicions(arrival, lookups)
    return ({"odd": [[kind, detail[:320]] for kind, detail in odd]} if odd else {}) | ({"unproved": True} if is_unproved(arrival) else {})


def is_unproved(arrival: Arrival) -> bool:
    """Whether our server looked at the mail and found nothing that proves the domain in From. Without its word nothing is known, and nothing said."""
    servers, sender = trusted_hosts(arrival), arrival.mail.from_
    found = authentication(arrival.mail, servers)
    if sender is None or "@" not in sender.address or not found or found.get("dmarc") == "pass":
        return False
    domain = sender.address.rpartition("@")[2].lower()
    return not any(hosts.is_same(domain, proved) for proved in proved_domains(arrival.mail, servers))
