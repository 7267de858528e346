"""The demo office's conversations: scenes played between a customer and the service, in every state, with the answers they led to."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from crm.demo import content
from crm.demo.firm import Firm
from crm.demo.office import Person
from crm.demo.tables import Tables
from crm.feedback.models import Answer, FeedbackRequest
from crm.feedback.scales import SCALES
from crm.inbox.models import Conversation, Message

if TYPE_CHECKING:
    from crm.demo.history import History

# How often each score of a scale is given, from the lowest up: after a bad experience, and after a good one.
SOUR = {"nps": (2, 2, 3, 4, 5, 6, 6, 6, 5, 3, 2), "csat": (6, 7, 6, 6, 4), "ces": (4, 5, 5, 4, 4, 2, 1), "expectation": (6, 4, 1)}
SWEET = {"nps": (0, 0, 0, 1, 1, 2, 3, 8, 15, 30, 40), "csat": (1, 1, 5, 30, 63), "ces": (0, 1, 2, 4, 12, 35, 46), "expectation": (1, 10, 8)}


class Threads:
    def __init__(self, tables: Tables, rng: random.Random, firm: Firm):
        self.tables, self.rng, self.mailbox, self.surveys = tables, rng, firm.mailbox, firm.surveys
        self.now = firm.now - timedelta(minutes=5)  # what has been said by now
        self.days: dict[tuple[str, Any], str] = {}

    def resolved(self, history: History, person: Person, at: datetime) -> None:
        """A conversation that was answered and resolved, and perhaps the customer's answer to our question."""
        scene, texts = self._scene(person, at)
        department = "sales" if scene.touchpoint in ("quote", "website") else "service"
        agent = history.someone(department)
        answered = min(at + timedelta(minutes=self.rng.choice((9, 25, 40, 70, 130, 240, 1200, 1500))), self.now)
        ident = self._conversation(history, person, scene, texts, at, "resolved", agent, department, answered)
        closing = self._messages(history, person, scene, texts, ident, at, answered, agent, department)
        self.tables.rows["conversations"][-1].update(resolved_at=closing, resolved_by_id=agent)
        entry = history.add(person, "conversation.resolved", "email", "internal", closing, scene.touchpoint, department, subject=texts["subject"], staff_id=agent,
                            about_type="conversation", about_id=ident)
        if closing > self.now - timedelta(days=365) and self.rng.random() < 0.45:
            self._ask(history, person, scene, entry, closing, agent, department)

    def unresolved(self, history: History, person: Person, status: str, at: datetime, *, assigned: bool, answered: bool) -> int:
        """A conversation that still has to be worked on."""
        scene, texts = self._scene(person, at)
        department = "service"
        agent = history.someone(department)
        reply = min(at + timedelta(minutes=35), self.now) if answered else None
        ident = self._conversation(history, person, scene, texts, at, status, agent if assigned else None, department, reply)
        self._message(history, person, ident, "inbound", at, texts["question"], texts, scene, department)
        if reply:
            self._message(history, person, ident, "reply", reply, texts["answer"], texts, scene, department, agent)
        return ident

    def _scene(self, person: Person, at: datetime) -> tuple[content.Scene, dict[str, str]]:
        scenes = content.EN if person.language == "en" else content.DE
        scene = self.rng.choices(scenes, [s.weight for s in scenes])[0]
        product = self.rng.choice(content.PRODUCTS[:5])[0]
        words = {"{p}": product, "{n}": str(self.rng.randint(40000, 49999)), "{d}": self._day(person.language, at + timedelta(days=3))}
        texts = {name: getattr(scene, name) for name in ("subject", "question", "answer", "thanks")}
        for mark, word in words.items():
            texts = {name: text.replace(mark, word) for name, text in texts.items()}
        texts["question"] += f"\n{person.first_name} {person.last_name}"
        texts["answer"] = f"{'Hello' if person.language == 'en' else 'Guten Tag'} {person.first_name} {person.last_name},\n\n{texts['answer']}"
        return scene, texts

    def _day(self, language: str, at: datetime) -> str:
        key = (language, at.date())
        if key not in self.days:
            self.days[key] = format_date(at, "d. MMMM" if language == "de" else "d MMMM", locale=language)
        return self.days[key]

    def _conversation(self, history: History, person: Person, scene: content.Scene, texts: dict[str, str], at: datetime, status: str, agent: int | None,
                      department: str, answered: datetime | None) -> int:
        last = answered or at
        return self.tables.add(
            Conversation, subject=texts["subject"], status=status, contact_id=person.id, mailbox_id=self.mailbox.id, customer_address=person.email,
            touchpoint_id=history.touchpoints.get(scene.touchpoint), department_id=history.departments[department], assignee_id=agent,
            preview=" ".join(texts["answer" if answered else "question"].split())[:200], messages_count=2 if answered else 1, created_at=at, last_message_at=last,
            last_in_at=at, last_out_at=answered, first_response_at=answered, waiting_since=None if answered else at,
            snoozed_until=self.now + timedelta(days=2) if status == "snoozed" else None,
        )

    def _messages(self, history: History, person: Person, scene: content.Scene, texts: dict[str, str], ident: int, at: datetime, answered: datetime, agent: int,
                  department: str) -> datetime:
        """The usual exchange; returns when it was resolved."""
        row = self.tables.rows["conversations"][-1]
        self._message(history, person, ident, "inbound", at, texts["question"], texts, scene, department)
        self._message(history, person, ident, "reply", answered, texts["answer"], texts, scene, department, agent)
        if texts["thanks"] and self.rng.random() < 0.4:
            thanked = min(answered + timedelta(minutes=self.rng.randint(10, 900)), self.now)
            self._message(history, person, ident, "inbound", thanked, texts["thanks"], texts, scene, department)
            row.update(messages_count=3, last_message_at=thanked, last_in_at=thanked, preview=texts["thanks"][:200])
            return thanked
        return answered

    def _message(self, history: History, person: Person, ident: int, kind: str, at: datetime, text: str, texts: dict[str, str], scene: content.Scene, department: str,
                 agent: int | None = None) -> None:
        incoming = kind == "inbound"
        entry = history.add(person, "mail.received" if incoming else "mail.sent", "email", "inbound" if incoming else "outbound", at, scene.touchpoint, department,
                            subject=texts["subject"], body=text, staff_id=agent, provenance="mail", about_type="conversation", about_id=ident)
        name = f"{person.first_name} {person.last_name}"
        self.tables.add(
            Message, conversation_id=ident, kind=kind, at=at, author_id=agent, from_name=name if incoming else self.mailbox.name,
            from_address=person.email if incoming else self.mailbox.address, to=[[self.mailbox.name, self.mailbox.address]] if incoming else [[name, person.email]],
            subject=texts["subject"], text=text, reply_text=text, interaction_id=entry, message_id=f"<demo-{entry}@{self.mailbox.address.partition('@')[2]}>",
        )

    def _ask(self, history: History, person: Person, scene: content.Scene, entry: int, closing: datetime, agent: int, department: str) -> None:
        """The question after the resolution; a third of the customers answer it."""
        type_ = self.rng.choices(("csat", "nps", "ces", "expectation"), (50, 30, 10, 10))[0]
        survey = self.surveys[type_]
        frozen = {"touchpoint_id": history.touchpoints.get(scene.touchpoint), "department_id": history.departments[department], "staff_id": agent, "channel": "email"}
        sent = closing + timedelta(minutes=30)
        answered = self.rng.random() < 0.42
        request = self.tables.add(FeedbackRequest, contact_id=person.id, interaction_id=entry, survey_id=survey, due_at=sent, sent_at=sent, created_at=closing,
                                  expires_at=sent + timedelta(days=30), state="answered" if answered else "expired" if sent < self.now - timedelta(days=30) else "sent",
                                  language=person.language, **frozen)
        history.add(person, "feedback.requested", "email", "outbound", sent, scene.touchpoint, department, provenance="automation", data={"survey": type_},
                    about_type="feedback_request", about_id=request)
        if answered:
            self._answer(history, person, scene, request, type_, survey, min(sent + timedelta(hours=self.rng.randint(1, 60)), self.now), frozen, department)

    def _answer(self, history: History, person: Person, scene: content.Scene, request: int, type_: str, survey: int, at: datetime, frozen: dict, department: str) -> None:
        score = self._score(type_, scene.sour)
        scale = SCALES[type_]
        comment = self._comment(person, scale.is_unhappy(score), scale.is_happy(score))
        # the answer's number is the next one: its timeline entry and it point at each other
        ident = self.tables.add(Answer, request_id=request, contact_id=person.id, survey_id=survey, survey_type=type_, score=score, comment=comment,
                                language=person.language, answered_at=at, updated_at=at, **frozen)
        row = self.tables.rows["answers"][-1]
        row["interaction_id"] = history.add(
            person, "feedback.answered", "web", "inbound", at, scene.touchpoint, department, body=comment, provenance="form", about_type="answer", about_id=ident,
            data={"survey": type_, "score": score, "unhappy": scale.is_unhappy(score)},
        )

    def _score(self, type_: str, sour: bool) -> int:
        scores, weights = SCALES[type_].scores, (SOUR if sour else SWEET)[type_]
        return self.rng.choices(scores, weights)[0]

    def _comment(self, person: Person, unhappy: bool, happy: bool) -> str:
        english = person.language == "en"
        if unhappy:
            return self.rng.choice(content.BLAME_EN if english else content.BLAME_DE)
        return self.rng.choice((content.PRAISE_EN if english else content.PRAISE_DE) if happy else (content.MIDDLING_EN if english else content.MIDDLING_DE))
