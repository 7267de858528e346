"""People, and every way to reach or recognise them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from crm import clock
from crm.accounts.models import User
from crm.contacts import naming
from crm.contacts.normalising import comparable, reversed_digits
from crm.contacts.organisation import Organisation
from crm.contacts.phonetics import sound_of_name
from crm.contacts.standing import standing
from crm.contacts.statistics import Statistics
from crm.contacts.tags import Tag, contact_tags
from crm.extensions import Archivable, Identified, Model

LIFECYCLES = ("lead", "prospect", "customer", "former")
SALUTATIONS = ("", "ms", "mr", "mx")  # mx: neutral on the person's own wish; empty: unknown
ADDRESS_FORMS = ("sie", "du")
ADDRESS_KINDS = ("email", "phone", "handle", "customer_number", "visitor")
ADDRESS_TYPES = ("", "work", "home", "mobile", "other")
SORTED_BY = ("sort_name", "created_at", "last_interaction_at", "last_in_at", "last_out_at", "next_task_at", "nps_score", "value")
NAMELESS = "?"  # shown for a contact without a name and without an address


def birthday(born: date | None) -> int | None:
    """Month and day as one number: 1231 is New Year's Eve."""
    return born.month * 100 + born.day if born else None


class Contact(Archivable, Statistics, Identified, Model):
    """A human being: lead, customer, former customer."""

    __tablename__ = "contacts"
    __table_args__ = (
        *(Index(None, column, "id") for column in SORTED_BY),
        Index(None, "lifecycle", "sort_name", "id"),
        Index(None, "owner_id", "sort_name", "id"),
        Index(None, "owner_id", "last_interaction_at", "id"),  # whom of their people somebody has not heard of for long
        Index(None, "organisation_id", "merged_into_id"),  # head counts are answered by the index alone
        Index(None, "birthday", "owner_id"),
    )

    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    title: Mapped[str] = mapped_column(String(60), default="")  # Dr., Prof. Dr.
    salutation: Mapped[str] = mapped_column(String(4), default="")
    address_form: Mapped[str] = mapped_column(String(3), default="sie")  # sie, du
    language: Mapped[str] = mapped_column(String(5), default="")  # empty: the firm's
    display_name: Mapped[str] = mapped_column(String(260), default="")
    sort_name: Mapped[str] = mapped_column(String(260), default="")  # folded "last first"
    sound: Mapped[str] = mapped_column(String(60), default="", server_default="", index=True)  # of the name: Meier and Mayr are found together
    lifecycle: Mapped[str] = mapped_column(String(10), default="lead")
    customer_since: Mapped[date | None]
    birth_date: Mapped[date | None]
    birthday: Mapped[int | None] = mapped_column(SmallInteger, default=lambda context: birthday(context.get_current_parameters().get("birth_date")))  # 1231: who has one soon is asked of an index
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id))  # of the primary affiliation
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    notes: Mapped[str] = mapped_column(Text, default="")
    custom: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    provenance: Mapped[str] = mapped_column(String(12), default="person")  # how the contact came into being
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    restricted_at: Mapped[datetime | None]  # restriction of processing, Art. 18 DSGVO
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))

    owner: Mapped[User | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    addresses: Mapped[list[Address]] = relationship(back_populates="contact", order_by="Address.id", cascade="all, delete-orphan")
    affiliations: Mapped[list[Affiliation]] = relationship(back_populates="contact", cascade="all, delete-orphan")
    postal_addresses: Mapped[list[PostalAddress]] = relationship(order_by="PostalAddress.id", cascade="all, delete-orphan")
    tags: Mapped[list[Tag]] = relationship(secondary=contact_tags, order_by=Tag.name)

    @validates("birth_date")
    def _celebrate(self, _field: str, born: date | None) -> date | None:
        self.birthday = birthday(born)
        return born

    @validates("title", "first_name", "last_name")
    def _rename(self, field: str, value: str) -> str:
        names = {name: getattr(self, name) or "" for name in ("title", "first_name", "last_name")} | {field: value or ""}
        self._call(names["title"], names["first_name"], names["last_name"])
        return value

    def _call(self, title: str, first_name: str, last_name: str) -> None:
        """Keep what is derived from the name; somebody without a name is called by the first address."""
        written = naming.display_name(title, first_name, last_name)
        if not written and self.addresses:
            written = (self.address("email") or self.addresses[0]).value
        self.display_name = (written or NAMELESS)[:260]
        self.sort_name = naming.sort_name(first_name, last_name, otherwise=written)[:260]
        self.sound = sound_of_name(first_name, last_name)

    @property
    def standing(self) -> str:
        """"customer since 2006", in the reader's language."""
        return standing(self.lifecycle, self.customer_since)

    def address(self, kind: str) -> Address | None:
        """The address of this kind to use now: the primary one, else the first that still holds."""
        holding = [address for address in self.addresses if address.kind == kind and not address.ended]
        return next((address for address in holding if address.primary), holding[0] if holding else None)

    def add_address(self, kind: str, value: str, *, type: str = "", primary: bool = False, region: str | None = None) -> Address:
        """The address, added or, if it was known and ended, in force again. The first of its kind becomes the primary one.

        Whatever cannot be understood is kept as written: forms refuse it earlier, intake must not lose its sender.
        """
        normalised = comparable(kind, value, region)
        address = next((known for known in self.addresses if (known.kind, known.normalised) == (kind, normalised)), None)
        if address is None:
            address = Address(kind=kind, value=value.strip()[:320], normalised=normalised, type=type, primary=False)
            address.reversed_digits = reversed_digits(kind, normalised)
            self.addresses.append(address)
        address.resume()
        if primary or self.address(kind) in (None, address):
            address.make_primary()
        if not (self.first_name or self.last_name):
            self._call("", "", "")
        return address

    def affiliate(self, organisation: Organisation, *, role: str = "", since: date | None = None, primary: bool = True) -> Affiliation:
        """The present affiliation with `organisation`, begun or, if there is one, with its role brought up to date."""
        found = next((one for one in self.affiliations if one.organisation is organisation and not one.ended), None)
        if found is None:
            found = Affiliation(organisation=organisation, role=role, valid_from=since, primary=False)
            self.affiliations.append(found)
        found.role = role or found.role
        if primary:
            found.make_primary()
        return found


# The few archived and merged ones are found without reading the others. (Full indexes would tempt SQLite to look up "is null" in them.)
for name, column, condition in (("archived", Contact.sort_name, Contact.archived_at.is_not(None)), ("merged", Contact.merged_into_id, Contact.merged_into_id.is_not(None))):
    Index(f"ix_contacts_{name}", column, Contact.id, sqlite_where=condition, postgresql_where=condition)


class Address(Identified, Model):
    """One way to reach or recognise a contact. Never deleted when a job changes, only ended, so old mail still matches."""

    __tablename__ = "addresses"
    __table_args__ = (Index(None, "kind", "normalised"), Index(None, "reversed_digits"))

    contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(320))  # as written
    normalised: Mapped[str] = mapped_column(String(320))  # lower-case IDNA mail, E.164 phone
    reversed_digits: Mapped[str] = mapped_column(String(40), default="")  # of a phone: callers are found by their last digits
    type: Mapped[str] = mapped_column(String(12), default="")  # work, home, mobile
    primary: Mapped[bool] = mapped_column(default=False)
    opted_out_at: Mapped[datetime | None]
    invalid_at: Mapped[datetime | None]
    invalid_reason: Mapped[str] = mapped_column(String(200), default="")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    contact: Mapped[Contact] = relationship(back_populates="addresses")

    @property
    def ended(self) -> bool:
        return self.valid_until is not None and self.valid_until <= clock.today()

    @property
    def usable(self) -> bool:
        """Whether something may be sent there at all (consent is asked besides)."""
        return not (self.ended or self.invalid_at)

    def make_primary(self) -> None:
        for other in self.contact.addresses:
            if other.kind == self.kind:
                other.primary = other is self

    def end(self) -> None:
        """It no longer reaches the person, but old mail still matches it."""
        if not self.ended:
            self.valid_until = clock.today()
        if self.primary:
            self.primary = False
            heir = self.contact.address(self.kind)
            if heir is not None:
                heir.primary = True

    def resume(self) -> None:
        self.valid_until = None

    def mark_invalid(self, reason: str) -> None:
        """What is sent there comes back. The first moment stays, the newest reason counts."""
        self.invalid_at = self.invalid_at or clock.now()
        self.invalid_reason = reason[:200]

    def mark_valid(self) -> None:
        self.invalid_at, self.invalid_reason = None, ""

    def opt_out(self) -> None:
        self.opted_out_at = self.opted_out_at or clock.now()

    def opt_in(self) -> None:
        self.opted_out_at = None


class PostalAddress(Identified, Model):
    """Where letters go: of a contact or of an organisation."""

    __tablename__ = "postal_addresses"

    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id, ondelete="CASCADE"), index=True)
    type: Mapped[str] = mapped_column(String(12), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    extra: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="", index=True)
    city: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="")  # ISO 3166-1
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]

    @property
    def ended(self) -> bool:
        return self.valid_until is not None and self.valid_until <= clock.today()

    def end(self) -> None:
        """Nothing is sent there any more; it stays on record."""
        if not self.ended:
            self.valid_until = clock.today()

    def resume(self) -> None:
        self.valid_until = None


class Affiliation(Identified, Model):
    """A contact belongs to an organisation, in a role, for a time."""

    __tablename__ = "affiliations"

    contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id, ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(120), default="")
    primary: Mapped[bool] = mapped_column(default=True)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]

    contact: Mapped[Contact] = relationship(back_populates="affiliations")
    organisation: Mapped[Organisation] = relationship()

    @property
    def ended(self) -> bool:
        return self.valid_until is not None and self.valid_until <= clock.today()

    def make_primary(self) -> None:
        """This is where the person belongs first of all; the contact's organisation follows."""
        for other in self.contact.affiliations:
            other.primary = other is self
        self.contact.organisation = self.organisation

    def end(self, on: date | None = None) -> None:
        """It ended; the next one that still holds becomes the primary one. It stays on record."""
        if not self.ended:
            self.valid_until = on or clock.today()
        if not (self.primary and self.ended):
            return
        self.primary = False
        heir = next((other for other in self.contact.affiliations if not other.ended), None)
        self.contact.organisation = None
        if heir is not None:
            heir.make_primary()

    def change(self, *, role: str, valid_from: date | None, valid_until: date | None, primary: bool) -> None:
        """Correct it. One that has ended is nobody's first; the contact's organisation follows."""
        self.role, self.valid_from, self.valid_until = role, valid_from, valid_until
        if self.ended:
            self.end()
        elif primary:
            self.make_primary()

    def remove(self) -> None:
        """It was never so: unlike an ended one it leaves no trace but the history of changes."""
        self.end(clock.today())
        self.contact.affiliations.remove(self)
