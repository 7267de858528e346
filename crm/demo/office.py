"""The people of the demo office: staff, organisations, contacts with their addresses."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from crm.contacts.models import Address, Affiliation, Contact, Organisation, PostalAddress, birthday, contact_tags
from crm.contacts.naming import display_name, sort_name
from crm.contacts.phonetics import sound_of_name
from crm.demo import people
from crm.demo.firm import Firm
from crm.demo.tables import Tables
from crm.folding import fold


@dataclass
class Person:
    """What the history needs to know of a contact while it is being written."""

    id: int
    first_name: str
    last_name: str
    email: str
    language: str
    organisation_id: int | None
    lifecycle: str
    since: datetime
    owner_id: int


class Office:
    """Makes people, from one random source: the same seed gives the same office."""

    def __init__(self, tables: Tables, rng: random.Random, firm: Firm, organisations: Iterable[tuple[int, str, str]] = ()):
        self.tables, self.rng, self.now, self.tags, self.sellers = tables, rng, firm.now, firm.tags, firm.staff["sales"]
        self.organisations = list(organisations)  # id, domain, language

    def add_organisations(self, number: int) -> None:
        for index in range(number):
            name, industry = people.FIRMS[index % len(people.FIRMS)]
            copy = index // len(people.FIRMS)
            name = f"{name} {copy + 1}" if copy else name
            domain = f"{fold(name).replace(' ', '-').replace('&', 'und').replace('.', '').replace('+', 'und').strip('-')[:40]}.example"
            language = "en" if name.split(" ")[0] in ("Harbour", "Fletcher", "Greenfield", "The", "Whitfield") else "de"
            ident = self.tables.add(
                Organisation, name=name, sort_name=fold(name), domain=domain, industry=industry, website=f"https://www.{domain}", owner_id=self.rng.choice(self.sellers),
                phone=self._phone()[0], created_at=self.now - timedelta(days=900), updated_at=self.now,
            )
            self.organisations.append((ident, domain, language))

    def add_person(self, number: int) -> Person:
        """The `number`th contact, with addresses, affiliation, tags."""
        rng = self.rng
        organisation = rng.choice(self.organisations) if self.organisations and rng.random() < 0.4 else None
        language = organisation[2] if organisation else ("en" if rng.random() < 0.15 else "de")
        woman = rng.random() < 0.5
        first, last = self._name(language, woman)
        title = rng.choice(people.TITLES)
        lifecycle = rng.choices(("customer", "prospect", "lead", "former"), (66, 14, 14, 6))[0]
        since = self.now - timedelta(days=rng.randint(20, 730), hours=rng.randint(0, 23))
        fields: dict[str, Any] = {
            "first_name": first, "last_name": last, "title": title, "salutation": "ms" if woman else "mr", "language": language,
            "address_form": "du" if language == "de" and rng.random() < 0.12 else "sie", "lifecycle": lifecycle,
            "customer_since": self._customer_since(since) if lifecycle in ("customer", "former") else None,
            "birth_date": date(rng.randint(1950, 2002), rng.randint(1, 12), rng.randint(1, 28)) if rng.random() < 0.3 else None,
            "organisation_id": organisation[0] if organisation else None, "owner_id": rng.choice(self.sellers),
            "display_name": display_name(title, first, last), "sort_name": sort_name(first, last), "sound": sound_of_name(first, last),
            "provenance": rng.choice(("person", "mail", "form", "import")),
            "created_at": since, "updated_at": since,
        }
        ident = self.tables.add(Contact, **fields, birthday=birthday(fields["birth_date"]))
        email = self._addresses(ident, number, first, last, organisation, since)
        self._place(ident, organisation, language, since)
        for tag in rng.sample(self.tags, k=rng.choice((0, 0, 0, 1, 1, 2))) if self.tags else ():
            self.tables.link(contact_tags, contact_id=ident, tag_id=tag)
        return Person(ident, first, last, email, language, fields["organisation_id"], lifecycle, since, fields["owner_id"])

    def _name(self, language: str, woman: bool) -> tuple[str, str]:
        if language == "en":
            return self.rng.choice(people.WOMEN_EN if woman else people.MEN_EN), self.rng.choice(people.LAST_EN)
        return self.rng.choice(people.WOMEN_DE if woman else people.MEN_DE), self.rng.choice(people.LAST_DE)

    def _customer_since(self, since: datetime) -> date:
        years = self.rng.choice((0, 0, 0, 1, 2, 3, 5, 8, 12, 20))
        return (since - timedelta(days=365 * years)).date()

    def _addresses(self, contact_id: int, number: int, first: str, last: str, organisation: tuple[int, str, str] | None, since: datetime) -> str:
        local = fold(f"{first}.{last}").replace(" ", "-").replace("'", "")
        email = f"{local}@{organisation[1]}" if organisation else f"{local}{number}@post.example"
        add = self.tables.add
        add(Address, contact_id=contact_id, kind="email", value=email, normalised=email, type="work" if organisation else "home", primary=True, created_at=since)
        if self.rng.random() < 0.75:
            written, normalised = self._phone()
            kind = self.rng.choice(("work", "home", "mobile"))
            add(Address, contact_id=contact_id, kind="phone", value=written, normalised=normalised, type=kind, primary=True, created_at=since,
                reversed_digits=normalised.lstrip("+")[::-1])
        if self.rng.random() < 0.6:
            customer_number = f"K-{20000 + number}"
            add(Address, contact_id=contact_id, kind="customer_number", value=customer_number, normalised=customer_number, primary=True, created_at=since)
        return email

    def _place(self, contact_id: int, organisation: tuple[int, str, str] | None, language: str, since: datetime) -> None:
        rng, add = self.rng, self.tables.add
        if organisation:
            role = rng.choice(people.ROLES_EN if language == "en" else people.ROLES_DE)
            add(Affiliation, contact_id=contact_id, organisation_id=organisation[0], role=role, primary=True, valid_from=since.date())
        if rng.random() < 0.5:
            postcode, city = rng.choice(people.PLACES_EN if language == "en" else people.PLACES_DE)
            street = rng.choice(people.STREETS_EN if language == "en" else people.STREETS)
            line = f"{rng.randint(1, 90)} {street}" if language == "en" else f"{street} {rng.randint(1, 90)}"
            add(PostalAddress, contact_id=contact_id, street=line, postcode=postcode, city=city, country="GB" if language == "en" else "DE")

    def _phone(self) -> tuple[str, str]:
        area = self.rng.choice(("30", "40", "89", "221", "69", "711", "171", "160", "176"))
        digits = "".join(str(self.rng.randint(0, 9)) for _ in range(8 if len(area) == 2 else 7))
        return f"0{area} {digits[:4]} {digits[4:]}", f"+49{area}{digits}"
