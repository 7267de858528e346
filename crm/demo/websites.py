"""The contact form on the demo office's website, and what came by it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.contactforms.models import ContactForm, FormSubmission
from crm.contactforms.receiving import receive
from crm.contactforms.storing import digest
from crm.contacts.models import Address, Contact
from crm.extensions import db
from crm.inbox.models import Mailbox
from crm.touchpoints.models import Touchpoint

TEXTS = {
    "de": {"title": "Schreiben Sie uns", "intro": "Wir antworten an Werktagen innerhalb von vier Stunden.", "thanks": "Wir haben Ihre Nachricht erhalten und melden uns an Werktagen innerhalb von vier Stunden.",
           "consent": "Ich möchte per Mail über neue Kaffees und Angebote informiert werden. Das kann ich jederzeit widerrufen."},
    "en": {"title": "Write to us", "intro": "On working days we answer within four hours.", "thanks": "We have received your message and will get back to you within four hours on working days.",
           "consent": "I would like to hear about new coffees and offers by mail. I can withdraw this at any time."},
}
TOPICS = [["Question about an order", "Frage zu einer Bestellung"], ["Repair", "Reparatur"], ["Something else", "Etwas anderes"]]
FIELDS = [
    {"key": "name", "kind": "name", "required": True}, {"key": "email", "kind": "email", "required": True}, {"key": "phone", "kind": "phone", "required": False},
    {"key": "choice_1", "kind": "choice", "required": True, "label": {"en": "What is it about?", "de": "Worum geht es?"}, "choices": TOPICS},
    {"key": "message", "kind": "message", "required": True}, {"key": "file", "kind": "file", "required": False, "label": {"en": "Pictures or papers", "de": "Bilder oder Unterlagen"}},
]
SENT = (
    ("taken", 50, True, {"name": "Margarete Sommer", "email": "margarete.sommer@post.example", "phone": "040 3344 5566", "choice_1": "Repair",
                         "message": "Unsere Maschine in der Kanzlei zeigt wieder Fehler 8. Könnte morgen Vormittag jemand vorbeikommen?"}),
    ("taken", 190, False, {"name": "", "email": "", "phone": "", "choice_1": "Something else",
                           "message": "Wir suchen für unsere Kantine (80 Personen) eine Maschine zur Miete. Schicken Sie mir bitte ein Angebot?"}),
    ("suspected", 400, False, {"name": "SEO Team", "email": "rank@first-page.example", "phone": "", "choice_1": "Something else", "message": "We bring your site to page one. Reply now."}),
)
SOMEBODY = select(Contact.display_name, Address.value).join(Address.contact).where(Address.kind == "email", Address.primary, Contact.language == "de").order_by(Contact.id)


def add_form(now: datetime) -> None:
    """One form with what was sent in the last hours; the last of it probably by a program."""
    mailbox = db.session.scalars(select(Mailbox.id).where(Mailbox.is_default)).first()
    touchpoint = db.session.scalars(select(Touchpoint.id).where(Touchpoint.key == "contact_form")).first()
    form = ContactForm(key="kontakt", name="Website", texts=TEXTS, fields=FIELDS, origins=["https://www.nordlicht.example"], mailbox_id=mailbox, touchpoint_id=touchpoint,
                       consent_purpose="marketing", language="de", created_at=now - timedelta(days=200))
    db.session.add(form)
    name, email = db.session.execute(SOMEBODY.limit(1).offset(21)).one()
    for number, (state, minutes, agreed, answers) in enumerate(SENT):
        submission = FormSubmission(form=form, once=digest(f"demo {number}"), state="stored", at=now - timedelta(minutes=minutes), language="de",
                                    answers=answers if answers["email"] else answers | {"name": name, "email": email},
                                    consent=TEXTS["de"]["consent"] if agreed else "", origin={"page": "https://www.nordlicht.example/kontakt"})
        db.session.add(submission)
        db.session.flush()
        if state == "taken":
            receive(submission)
        submission.state = state
