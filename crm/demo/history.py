"""What happened with the people of the demo office, over all channels, in two years."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from crm.demo import content
from crm.demo.firm import Firm
from crm.demo.office import Person
from crm.demo.tables import Tables
from crm.demo.threads import Threads
from crm.timeline.models import Interaction

# kind, how often, made by
WEIGHTS = (("purchase", 20), ("call", 26), ("conversation", 14), ("visit", 7), ("web", 9), ("chat", 6), ("campaign", 8), ("letter", 2), ("review", 2), ("event", 2),
           ("form", 3), ("referral", 1))
KINDS = tuple(kind for kind, _ in WEIGHTS)
OFTEN = tuple(accumulate(often for _, often in WEIGHTS))  # added up, as random.choices would for every choice
ENTRIES = {"conversation": 3}  # interactions one of them makes; the others make one


class History:
    """Writes the timeline of one person after the other."""

    def __init__(self, tables: Tables, rng: random.Random, firm: Firm):
        self.tables, self.rng, self.now, self.people = tables, rng, firm.now, firm.staff
        self.departments, self.touchpoints = firm.departments, firm.touchpoints
        self.threads = Threads(tables, rng, firm)
        self.makers: dict[str, Callable[[Person, datetime], None]] = {kind: getattr(self, kind) for kind in KINDS}

    def write(self, person: Person, entries: int, until: datetime | None = None) -> None:
        """About `entries` interactions between the person's first day and `until` (now)."""
        made = 0
        while made < entries:
            kind = self.rng.choices(KINDS, cum_weights=OFTEN)[0]
            if kind == "purchase" and person.lifecycle in ("lead", "prospect"):
                kind = "call"
            self.makers[kind](person, self.moment(person.since, until))
            made += ENTRIES.get(kind, 1)

    def moment(self, since: datetime, until: datetime | None = None) -> datetime:
        """Some moment in business hours since then; Sunday becomes Monday."""
        until = until or self.now - timedelta(hours=2)
        span = max((until - since).total_seconds(), 7200)
        at = since + timedelta(seconds=self.rng.random() * span)
        at = at.replace(hour=7 + int(self.rng.triangular(0, 10, 3)), minute=self.rng.randint(0, 59), second=self.rng.randint(0, 59), microsecond=0)
        if at.weekday() == 6:
            at += timedelta(days=1)
        return min(at, until.replace(microsecond=0))

    def add(self, person: Person, kind: str, channel: str, direction: str, at: datetime, touchpoint: str, department: str, **columns: Any) -> int:
        return self.tables.add(
            Interaction, contact_id=person.id, organisation_id=person.organisation_id, kind=kind, channel=channel, direction=direction, happened_at=at, logged_at=at,
            touchpoint_id=self.touchpoints.get(touchpoint), department_id=self.departments[department], **columns,
        )

    def someone(self, department: str) -> int:
        """Somebody of the department; now and then the boss lends a hand."""
        return self.rng.choice(self.people["management" if self.rng.random() < 0.15 else department])

    def pick(self, person: Person, german: tuple, english: tuple) -> Any:
        return self.rng.choice(english if person.language == "en" else german)

    # — one maker per kind ————————————————————————————————————————————————————————————————————————————

    def purchase(self, person: Person, at: datetime) -> None:
        product, price = self.rng.choice(content.PRODUCTS)
        number = self.rng.choice((1, 1, 1, 1, 2))
        subject = f"{number} × {product}" if number > 1 else product
        online = self.rng.random() < 0.6
        self.add(person, "purchase.made", "web" if online else "in_person", "inbound", at, "online_shop" if online else "purchase", "sales",
                 subject=subject, amount=Decimal(price * number), provenance="import", data={"items": [[product, number, price]]})

    def call(self, person: Person, at: datetime) -> None:
        department = "service" if self.rng.random() < 0.6 else "sales"
        inbound = self.rng.random() < 0.6
        self.add(person, "call.logged", "phone", "inbound" if inbound else "outbound", at, "hotline" if department == "service" else "sales_call", department,
                 body=self.pick(person, content.CALLS_DE, content.CALLS_EN), outcome=self.rng.choice(content.OUTCOMES) if not inbound else "reached",
                 staff_id=self.someone(department), self_rating=self.rng.choice((None, None, 3, 4, 4, 5)))

    def visit(self, person: Person, at: datetime) -> None:
        self.add(person, "visit.logged", "in_person", "inbound", at, "showroom", "sales", body=self.pick(person, content.VISITS_DE, content.VISITS_EN), staff_id=self.someone("sales"))

    def chat(self, person: Person, at: datetime) -> None:
        self.add(person, "chat.logged", "chat", "inbound", at, "chat", "service", body=self.pick(person, content.CHATS_DE, content.CHATS_EN), staff_id=self.someone("service"))

    def letter(self, person: Person, at: datetime) -> None:
        self.add(person, "letter.logged", "letter", "inbound", at, "letter", "service", body=self.rng.choice(content.LETTERS_DE), staff_id=self.someone("service"))

    def web(self, person: Person, at: datetime) -> None:
        product = self.rng.choice(content.PRODUCTS)[0]
        self.add(person, "page.visited", "web", "inbound", at, "website", "marketing", subject=f"/{product.lower().replace(' ', '-')}", provenance="api")

    def form(self, person: Person, at: datetime) -> None:
        text = "Please call me about an office machine." if person.language == "en" else "Bitte rufen Sie mich wegen einer Büromaschine an."
        self.add(person, "form.submitted", "web", "inbound", at, "contact_form", "sales", body=text, provenance="form")

    def review(self, person: Person, at: datetime) -> None:
        stars, text = self.pick(person, content.REVIEWS_DE, content.REVIEWS_EN)
        self.add(person, "review.posted", "review", "inbound", at, "review_portal", "marketing", body=text, subject="★" * stars + "☆" * (5 - stars), data={"stars": stars}, provenance="import")

    def event(self, person: Person, at: datetime) -> None:
        self.add(person, "event.attended", "event", "inbound", at, "trade_fair", "sales", subject="Internorga", staff_id=self.someone("sales"))

    def referral(self, person: Person, at: datetime) -> None:
        self.add(person, "referral.made", "other", "inbound", at, "recommendation", "sales", staff_id=self.someone("sales"),
                 body="Brought a colleague along." if person.language == "en" else "Hat eine Kollegin mitgebracht.")

    def campaign(self, person: Person, at: datetime) -> None:
        subject = "The new harvest is here" if person.language == "en" else "Die neue Ernte ist da"
        self.add(person, "campaign.sent", "email", "outbound", at, "newsletter", "marketing", subject=subject, provenance="automation")

    def conversation(self, person: Person, at: datetime) -> None:
        self.threads.resolved(self, person, at)
