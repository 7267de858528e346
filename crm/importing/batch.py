"""Some hundred rows of people: who is known, who is new, what changes; asked and written once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from crm import clock
from crm.consent import ledger
from crm.consent.models import Consent
from crm.contacts import matching, visiting
from crm.contacts.models import Contact, Organisation
from crm.contacts.naming import without_legal_form
from crm.contacts.tagging import tags_named
from crm.contacts.tags import Tag
from crm.extensions import db, fetch
from crm.folding import fold
from crm.importing import firms
from crm.importing.known import Known, chunks, is_compatible, is_same_name, loaded
from crm.importing.models import ImportRow
from crm.importing.results import Result
from crm.importing.saving import Newcomer, put, save
from crm.importing.told import Told
from crm.importing.updating import Journal, bring

if TYPE_CHECKING:
    from crm.importing.people import People

SOURCE = "import"


class Batch:
    """The rows of one transaction. In a dry run nothing of it is saved."""

    def __init__(self, people: People, batch: Sequence[Told]):
        self.people = people
        self.known = Known(batch)
        self.found = {id(told): self.known.find(told) for told in batch}
        self.contacts = loaded(ident for ident in self.found.values() if ident and (people.mode != "create" or ident in self.known.nameless))
        self.touched = touched_before(people.import_id, self.contacts)
        self.new: list[Newcomer] = []
        self.fresh: dict[tuple[str, str], list[Newcomer]] = {}  # addresses and whole rows of people who are new in this batch
        self.repeated: list[tuple[Newcomer, Told, Result]] = []
        self.brought: list[tuple[Contact, Journal]] = []
        self.agreed: list[tuple[Newcomer, Told, int]] = []
        self.tags = {tag.folded: tag for tag in tags_named(name for told in batch for name in told.tags)}
        self.organisations = living_firms({told.organisation for told in batch if told.organisation})
        self.made: dict[str, dict[int, Any]] = {"organisations": {}, "tags": {}}

    def take(self, number: int, told: Told) -> Result:
        result = Result(number, "unchanged", ident=told.ident, reason=" ".join(told.remarks))
        ident = self.found[id(told)]
        if ident and self.people.mode == "create" and ident not in self.known.nameless:
            result.contact_id = ident
            return result
        if ident and ident in self.contacts:
            return self._update(self.contacts[ident], told, result)
        again = self._again(told)
        if again is not None:
            return self._repeat(again, told, result)
        return self._by_likeness(told, result) or self._create(told, result)

    # — new ————————————————————————————————————————————————————————————————————————————————————————————

    def _create(self, told: Told, result: Result) -> Result:
        if self.people.mode == "update":
            return Result(result.number, "refused", ident=told.ident, reason=_("Nobody is known by this, and only known people are to be updated."))
        result.action = "created"
        if self.people.dry:
            for key in keys(told):
                self.people.seen.setdefault(key, []).append(told)
            return result
        newcomer = Newcomer(told, self._organisation(told, result), self._tags(told, result), self._owner(told, result))
        self.new.append(newcomer)
        for key in keys(told):
            self.fresh.setdefault(key, []).append(newcomer)
        if told.marketing is not None or told.opted_out:
            self.agreed.append((newcomer, told, result.number))
        result.contact = newcomer
        return result

    def _again(self, told: Told) -> Newcomer | bool | None:
        """Somebody who came earlier in this batch, or in this dry run."""
        if self.people.dry:
            return any(agrees(there, told, key) for key in keys(told) for there in self.people.seen.get(key, ())) or None
        return next((there for key in keys(told) for there in self.fresh.get(key, ()) if agrees(there.told, told, key)), None)

    def _repeat(self, newcomer: Newcomer | bool, told: Told, result: Result) -> Result:
        """A second row about somebody who is new: once they are saved it adds what the first did not say, if rows may add at all."""
        result.reason = result.reason or _("The file has this person twice.")
        if isinstance(newcomer, Newcomer):
            result.contact = newcomer
            if self.people.mode != "create":
                self.repeated.append((newcomer, told, result))
        return result

    def _add_repeated(self) -> None:
        contacts = loaded(newcomer.id for newcomer, _told, _result in self.repeated)
        self.touched |= set(contacts)
        for newcomer, told, result in self.repeated:
            self._update(contacts[newcomer.id], told, result)

    # — known ——————————————————————————————————————————————————————————————————————————————————————————

    def _update(self, contact: Contact, told: Told, result: Result) -> Result:
        result.contact_id = contact.id
        journal = bring(contact, told, organisation=self._organisation(told, result), tags=self._tags(told, result), owner_id=self._owner(told, result),
                        only_fill=contact.id in self.touched)
        self.touched.add(contact.id)
        self.brought.append((contact, journal))
        if not self.people.dry:
            journal.consents = self._enter_consent(contact, told, result.number)
        if journal or result.firm:
            result.action, result.journal = "updated", journal
        return result

    def _by_likeness(self, told: Told, result: Result) -> Result | None:
        """If the person who imports wants to know: the same is taken for the same or left out; the likely one is left out or, as everybody else, created."""
        if self.people.similar == "create":
            return None
        best = next(iter(matching.candidates(person(told), limit=1)), None)
        if best is None or best.verdict == "unlikely" or (best.verdict == "likely" and self.people.similar == "update"):
            return None
        if self.people.similar == "skip":
            name = db.session.scalar(select(Contact.display_name).where(Contact.id == best.contact_id))
            return Result(result.number, "refused", ident=told.ident, reason=_("This looks like %(name)s (%(why)s).", name=name, why=best.because))
        if self.people.mode == "create":
            result.contact_id = best.contact_id
            return result
        if best.contact_id not in self.contacts:
            self.contacts |= loaded([best.contact_id])
        return self._update(self.contacts[best.contact_id], told, result)

    # — what rows name ———————————————————————————————————————————————————————————————————————————————————

    def _organisation(self, told: Told, result: Result) -> Organisation | None:
        if not told.organisation:
            return None
        key = firm_key(told.organisation)
        if key not in self.organisations:
            organisation = self.organisations[key] = Organisation(name=told.organisation, postal_addresses=[])
            db.session.add(organisation)
            self.made["organisations"][result.number] = organisation
        if told.firm:
            self._tell_of(self.organisations[key], key, told, result)
        return self.organisations[key]

    def _tell_of(self, organisation: Organisation, key: str, told: Told, result: Result) -> None:
        changed = firms.bring(organisation, told.firm, only_fill=self.people.mode == "create" or key in self.people.firms)
        self.people.firms.add(key)
        if changed and organisation not in self.made["organisations"].values():
            result.firm = organisation, changed

    def _tags(self, told: Told, result: Result) -> list[Tag]:
        tags = list(dict.fromkeys(self.tags[fold(name)[:60]] for name in told.tags if fold(name)))
        fresh = [tag for tag in tags if tag.id is None and tag not in (made for row in self.made["tags"].values() for made in row)]
        if fresh:
            self.made["tags"][result.number] = fresh
        return tags

    def _owner(self, told: Told, result: Result) -> int | None:
        ident = self.people.staff.get(fold(told.owner)) if told.owner else None
        if told.owner and ident is None:
            result.reason = " ".join(filter(None, (result.reason, _("Nobody here is called “%(name)s”; the contact has no owner.", name=told.owner[:60]))))
        return ident

    def _enter_consent(self, contact: Contact, told: Told, number: int) -> list[Consent]:
        """Only a no may follow a no: an old list must not bring somebody back."""
        if told.marketing is None and not told.opted_out:
            return []
        newest = ledger.decisive(ledger.entries(contact.id, "marketing"), "email")
        state = consent_state(told)
        if newest is not None and (newest.state == state or newest.state != "granted"):
            return []
        enter = {"granted": ledger.grant, "refused": ledger.refuse, "withdrawn": ledger.withdraw}[state]
        return [enter(contact, "marketing", source=SOURCE, proof=proof(self.people.import_id, number))]

    # — writing ————————————————————————————————————————————————————————————————————————————————————————

    def save(self) -> None:
        db.session.flush()  # organisations and tags get their ids, known people what is new about them
        save(self.new)
        if self.repeated:
            self._add_repeated()
            db.session.flush()
        self._join_visits()
        now = clock.now()
        put(Consent, [
            {"contact_id": contact.id, "purpose": "marketing", "channel": "email", "state": consent_state(told), "legal_basis": "consent", "wording": "", "source": SOURCE,
             "proof": proof(self.people.import_id, number), "at": now}
            for contact, told, number in self.agreed
        ])

    def _join_visits(self) -> None:
        """Visits without a name, under a visitor id that a row tells of somebody known, are theirs from now on."""
        for contact, journal in self.brought:
            if any(address.kind == "visitor" for address in journal.addresses):
                journal.joined = visiting.joined(contact)

    def note_made(self, results: Sequence[Result]) -> None:
        """After the flush: which row was the first to name an organisation or a tag."""
        by_number = {result.number: result for result in results}
        for number, organisation in self.made["organisations"].items():
            by_number[number].made["organisations"] = [organisation.id]
        for number, tags in self.made["tags"].items():
            by_number[number].made["tags"] = [tag.id for tag in tags]


def consent_state(told: Told) -> str:
    return "withdrawn" if told.opted_out else "granted" if told.marketing else "refused"


def proof(import_id: int | None, number: int) -> str:
    return f"import {import_id}, row {number}"


def keys(told: Told) -> list[tuple[str, str]]:
    return [*((kind, normalised) for kind, _value, normalised, _type in told.addresses), ("row", told.ident)]


def agrees(there: Told, told: Told, key: tuple[str, str]) -> bool:
    """Whether a row with this address or number can mean the person of an earlier row; the same rule as for people who are known."""
    if key[0] in ("row", "customer_number"):
        return True
    if there.values("customer_number") and told.values("customer_number"):
        return False
    return (is_compatible if key[0] in ("email", "visitor") else is_same_name)(told.name, there.name)


def firm_key(name: str) -> str:
    return fold(without_legal_form(name))[:200]


def living_firms(names: Iterable[str]) -> dict[str, Organisation]:
    """Folded name → organisation; of several the one longest known."""
    found: dict[str, Organisation] = {}
    living = Organisation.archived_at.is_(None) & Organisation.merged_into_id.is_(None)
    for part in chunks(sorted({firm_key(name) for name in names})):
        for organisation in db.session.scalars(select(Organisation).where(Organisation.sort_name.in_(part), living).order_by(Organisation.id).options(selectinload(Organisation.postal_addresses))):
            found.setdefault(organisation.sort_name, organisation)
    return found


def touched_before(import_id: int | None, contacts: Mapping[int, Contact]) -> set[int]:
    """Whom an earlier row of the same file created or updated already."""
    if import_id is None or not contacts:
        return set()
    touched: set[int] = set()
    for part in chunks(sorted(contacts)):
        touched |= {ident for (ident,) in fetch(select(ImportRow.contact_id).where(ImportRow.import_id == import_id, ImportRow.contact_id.in_(part)))}
    return touched


def person(told: Told) -> matching.Person:
    """The row as the matcher wants it."""
    place = told.places.get("") or told.places.get("home") or {}
    return matching.Person(
        first_name=told.columns.get("first_name", ""), last_name=told.columns.get("last_name", ""), title=told.columns.get("title", ""), birth_date=told.columns.get("birth_date"),
        emails=tuple(told.values("email")), phones=tuple(told.values("phone")), handles=tuple(told.values("handle")), customer_numbers=tuple(told.values("customer_number")),
        visitors=tuple(told.values("visitor")), organisation=told.organisation, **place,
    )
