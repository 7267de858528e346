"""People and organisations, and every way to reach or recognise them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Numeric, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.extensions import Identified, db

LIFECYCLES = ("lead", "prospect", "customer", "former")
SALUTATIONS = ("", "ms", "mr", "mx")  # mx: neutral on the person's own wish; empty: unknown
ADDRESS_KINDS = ("email", "phone", "handle", "customer_number", "visitor")

contact_tags = Table(
    "contact_tags",
    db.metadata,
    Column("contact_id", ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)
organisation_tags = Table(
    "organisation_tags",
    db.metadata,
    Column("organisation_id", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Tag(Identified, db.Model):
    __tablename__ = "tags"

    name: Mapped[str] = mapped_column(String(60))
    folded: Mapped[str] = mapped_column(String(60), unique=True)  # search.folding.fold(name)


class Organisation(Identified, db.Model):
    __tablename__ = "organisations"
    __table_args__ = (Index(None, "sort_name", "id"), Index(None, "last_interaction_at", "id"))

    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = mapped_column(String(200), default="")  # folded, without the legal form
    domain: Mapped[str] = mapped_column(String(253), default="", index=True)  # of its mail addresses, lower case
    industry: Mapped[str] = mapped_column(String(80), default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    custom: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    archived_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    last_interaction_at: Mapped[datetime | None]

    owner: Mapped[User | None] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=organisation_tags, order_by=Tag.name)


class Statistics:
    """What lists sort by, kept by timeline.record in the same transaction and proved by `crm stats rebuild --check`."""

    interactions_count: Mapped[int] = mapped_column(default=0)
    first_interaction_at: Mapped[datetime | None]
    last_interaction_at: Mapped[datetime | None]
    last_in_at: Mapped[datetime | None]
    last_out_at: Mapped[datetime | None]
    open_conversations: Mapped[int] = mapped_column(default=0)
    next_task_at: Mapped[datetime | None]
    nps_score: Mapped[int | None]
    nps_at: Mapped[datetime | None]
    csat_score: Mapped[int | None]
    csat_at: Mapped[datetime | None]
    value: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=Decimal(0))  # purchases so far, in the firm's currency


class Contact(Statistics, Identified, db.Model):
    """A human being: lead, customer, former customer."""

    __tablename__ = "contacts"
    __table_args__ = tuple(
        Index(None, column, "id")
        for column in ("sort_name", "created_at", "last_interaction_at", "last_in_at", "last_out_at", "next_task_at", "nps_score", "value")
    )

    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    title: Mapped[str] = mapped_column(String(60), default="")  # Dr., Prof. Dr.
    salutation: Mapped[str] = mapped_column(String(4), default="")
    address_form: Mapped[str] = mapped_column(String(3), default="sie")  # sie, du
    language: Mapped[str] = mapped_column(String(5), default="")  # empty: the firm's
    display_name: Mapped[str] = mapped_column(String(260), default="")
    sort_name: Mapped[str] = mapped_column(String(260), default="")  # folded "last first"
    lifecycle: Mapped[str] = mapped_column(String(10), default="lead", index=True)
    customer_since: Mapped[date | None]
    birth_date: Mapped[date | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id), index=True)  # of the primary affiliation
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    notes: Mapped[str] = mapped_column(Text, default="")
    custom: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    provenance: Mapped[str] = mapped_column(String(12), default="person")  # how the contact came into being
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    archived_at: Mapped[datetime | None]
    restricted_at: Mapped[datetime | None]  # restriction of processing, Art. 18 DSGVO
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)

    owner: Mapped[User | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    addresses: Mapped[list[Address]] = relationship(back_populates="contact", order_by="Address.id", cascade="all, delete-orphan")
    affiliations: Mapped[list[Affiliation]] = relationship(back_populates="contact", cascade="all, delete-orphan")
    tags: Mapped[list[Tag]] = relationship(secondary=contact_tags, order_by=Tag.name)


class Address(Identified, db.Model):
    """One way to reach or recognise a contact. Never deleted when a job changes, only ended, so old mail still matches."""

    __tablename__ = "addresses"
    __table_args__ = (Index(None, "kind", "normalised"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(320))  # as written
    normalised: Mapped[str] = mapped_column(String(320))  # lower-case IDNA mail, E.164 phone
    type: Mapped[str] = mapped_column(String(12), default="")  # work, home, mobile
    primary: Mapped[bool] = mapped_column(default=False)
    opted_out_at: Mapped[datetime | None]
    invalid_at: Mapped[datetime | None]
    invalid_reason: Mapped[str] = mapped_column(String(200), default="")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    contact: Mapped[Contact] = relationship(back_populates="addresses")


class PostalAddress(Identified, db.Model):
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


class Affiliation(Identified, db.Model):
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
