"""What the demo office has at hand in its inbox: saved replies, macros, a list, and a question of one colleague to another."""

from __future__ import annotations

from sqlalchemy import select

from crm.accounts.models import User
from crm.extensions import db
from crm.inbox.composing.models import SavedReply
from crm.inbox.macros.models import Macro
from crm.inbox.models import Conversation
from crm.inbox.teamwork.models import SavedList

REPLIES = (
    ("Rückfrage zur Maschine", "maschine", {
        "de": "{salutation},\n\nvielen Dank für Ihre Nachricht. Welche Maschine haben Sie, und seit wann tritt es auf? Ein Foto vom Typenschild hilft uns.\n\nBitte lassen Sie den Betreff stehen, damit Ihre Antwort bei Vorgang {number} ankommt.",
        "en": "{salutation},\n\nthank you for your message. Which machine do you have, and since when has this happened? A photo of the type plate helps us.\n\nPlease leave the subject as it is, so that your answer reaches request {number}.",
    }),
    ("Liefertermin", "liefer", {
        "de": "{salutation},\n\nIhre Bestellung verlässt unser Lager morgen und ist in zwei bis drei Werktagen bei Ihnen.",
        "en": "{salutation},\n\nyour order leaves our warehouse tomorrow and will be with you in two to three working days.",
    }),
    ("Öffnungszeiten", "zeiten", {
        "de": "{salutation},\n\nSie erreichen uns montags bis freitags von 9 bis 12:30 Uhr und von 13 bis 17:30 Uhr.",
        "en": "{salutation},\n\nwe are here Monday to Friday, 9:00 to 12:30 and 13:00 to 17:30.",
    }),
)


def lay_out() -> None:
    """Never commits."""
    service = db.session.scalars(select(User).join(User.department).where(User.department.has(key="service")).order_by(User.id)).first()
    administrator = db.session.scalars(select(User).where(User.role == "admin").order_by(User.id)).first()
    if service is None or administrator is None:
        return
    replies = [SavedReply(name=name, shortcut=shortcut, bodies=bodies, owner_id=service.id) for name, shortcut, bodies in REPLIES]
    db.session.add_all(replies)
    db.session.flush()
    db.session.add_all([
        Macro(name="Störung aufnehmen", owner_id=service.id, steps={"assign": "me", "priority": "high", "tags": ["Störung"], "saved_reply_id": replies[0].id, "finish": "wait:3"}),
        Macro(name="Erledigt mit Liefertermin", owner_id=service.id, steps={"assign": "me", "saved_reply_id": replies[1].id, "finish": "resolve"}),
        SavedList(name="Dringend, ohne Bearbeiter", owner_id=service.id, shared=True, filters={"view": "unassigned", "priority": "urgent"}),
    ])
    _ask(service, administrator)


def _ask(service: User, administrator: User) -> None:
    """A note that asks somebody by name."""
    conversation = db.session.scalars(select(Conversation).where(Conversation.status == "open", Conversation.assignee_id.is_not(None)).order_by(Conversation.id)).first()
    if conversation is not None:
        conversation.note(service, f"@{administrator.name} Dürfen wir hier kulant sein?")
