"""A firm in which every text that others see was written by an attacker."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Flask

from crm import blobs, clock, timeline
from crm.accounts.models import ApiToken, AuditEntry, UndoStep, User
from crm.calendars.models import USUAL_WEEK, OfficeHours
from crm.consent.models import Consent
from crm.contactforms.kinds import FIRST
from crm.contactforms.models import ContactForm, FormSubmission
from crm.contacts.bulk.models import BulkEdit, BulkEditRow
from crm.contacts.custom.models import CustomField
from crm.contacts.models import Address, Affiliation, Contact, Organisation, PostalAddress
from crm.contacts.relations.relating import relate
from crm.contacts.saved_views.models import SavedView
from crm.contacts.tags import Tag
from crm.duplicates.models import DuplicatePair
from crm.extensions import db
from crm.feedback.defaults import create_defaults
from crm.feedback.models import Answer, FeedbackRequest, FeedbackRule, Survey
from crm.files.keeping import keep
from crm.importing import uploading
from crm.importing.preparing import prepared
from crm.inbox import intake, replying
from crm.inbox.clocks.models import SlaPolicy
from crm.inbox.composing.models import SavedReply, SavedReplyFile
from crm.inbox.fetching.models import ImapFolder, ImapGap
from crm.inbox.joining.joining import merge
from crm.inbox.linking.linking import link
from crm.inbox.macros.models import Macro
from crm.inbox.models import Attachment, Conversation, Draft, Mailbox, Message, ReceivedMail
from crm.inbox.scheduling import planning
from crm.inbox.spool import Envelope
from crm.inbox.teamwork.models import SavedList
from crm.inbox.trusting.models import TrustedSender
from crm.merging.uniting import unite
from crm.notifications.models import Notification
from crm.segments.models import Segment
from crm.tasks.models import Task
from crm.touchpoints.models import Touchpoint
from tests.make import Maker
from tests.stored import our_rules

EVIL = "\"'><script>evil()</script><img src=x onerror=evil()>100%{x}"
TRACES = ("<script>evil", "<img src=x")  # what a page that forgot to escape would contain
HTML = f"""<p>Hallo</p>{EVIL}<iframe src="https://evil.example/"></iframe><svg onload=evil()></svg><style>body{{display:none}}</style>
<meta http-equiv="refresh" content="0;url=https://evil.example/"><base href="https://evil.example/"><form action="https://evil.example/"><input name=p></form>
<a href="javascript:evil()">a</a><a href="data:text/html,<script>evil()</script>">b</a><img src="https://evil.example/pixel.gif"><link rel=stylesheet href="//evil.example/x.css">
<object data="//evil.example"></object><embed src="//evil.example"><div style="background:url(https://evil.example/bg.png)" onclick=evil()>x</div>"""


def evil_mail(subject: str = EVIL, name: str = EVIL, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = f'"{name.replace(chr(34), "")}" <mallory@evil.example>'
    message["To"], message["Subject"], message["Message-ID"] = "service@firm.example", subject, "<evil-1@evil.example>"
    for header, value in headers.items():
        message[header] = value
    message.set_content(f"Guten Tag {EVIL}")
    message.add_alternative(HTML, subtype="html")
    message.add_attachment(f"<html>{EVIL}</html>".encode(), maintype="text", subtype="html", filename="../../evil<script>.html")
    message.add_attachment(b"<svg xmlns='http://www.w3.org/2000/svg' onload='evil()'/>", maintype="image", subtype="svg+xml", filename="e.svg")
    return message.as_bytes()


class World:
    """`ids`: the rows by the names their ids have in addresses."""

    def __init__(self, app: Flask, make: Maker, by: User):
        self.app, self.make, self.by = app, make, by
        self.now = clock.now()
        self.build()
        db.session.commit()
        self.paths = self._paths()

    def save(self, row: Any) -> Any:
        db.session.add(row)
        db.session.flush()
        return row

    def build(self) -> None:
        self.department = self.save(self.make.department("evil", name=EVIL[:80], name_de=EVIL[:80]))
        self.colleague = self.save(User(name=EVIL, email="evil@firm.example", role="lead", locale="en", department=self.department))
        self.people()
        self.contacts()
        self.depth()
        self.gathering()
        self.mails()
        self.desk()
        self.forms()
        self.work()
        self.feedback()

    def people(self) -> None:
        self.token = ApiToken.issue(self.by, EVIL[:80], "read")[0]
        self.undo = self.save(UndoStep(user_id=self.by.id, action="token.revoked", label=EVIL, payload={"id": self.token.id}))
        self.save(AuditEntry(user_id=self.colleague.id, action="user.created", subject_type="user", subject_id=self.by.id, detail={EVIL: EVIL, "name": EVIL}))

    def contacts(self) -> None:
        self.organisation = self.save(Organisation(name=EVIL[:200], domain="evil.example", industry=EVIL[:80], website="https://x.example/", notes=EVIL, owner=self.colleague))
        self.tag = self.save(Tag(name=EVIL[:60], folded="evil"))
        self.contact = self.save(
            Contact(first_name=EVIL[:100], last_name=EVIL[:100], title=EVIL[:60], notes=EVIL, lifecycle="customer", owner=self.colleague, language="de",
                    organisation=self.organisation, tags=[self.tag], custom={EVIL: EVIL})
        )
        self.address = self.save(Address(contact=self.contact, kind="email", value="mallory@evil.example", normalised="mallory@evil.example", primary=True))
        self.save(Address(contact=self.contact, kind="handle", value=EVIL, normalised=EVIL.lower(), primary=True))
        self.affiliation = self.save(Affiliation(contact=self.contact, organisation=self.organisation, role=EVIL[:120], primary=True))
        self.consent = self.save(Consent(contact=self.contact, purpose="marketing", state="granted", wording=EVIL, source=EVIL[:60], proof=EVIL))
        self.touchpoint = self.save(
            Touchpoint(key="evil", name=EVIL[:120], name_de=EVIL[:120], phase="during", channel="phone", promise=EVIL, promise_de=EVIL, owner=self.colleague)
        )
        timeline.record("call.logged", self.contact, channel="phone", direction="inbound", staff=self.colleague, subject=EVIL, body=EVIL,
                        touchpoint_id=self.touchpoint.id, data={"note": EVIL})
        self.interaction = timeline.record("note.added", self.contact, channel="other", direction="internal", staff=self.colleague, body=EVIL)

    def depth(self) -> None:
        """What is kept of people besides the usual."""
        choice = [[EVIL[:80], EVIL[:80]]]
        self.field = self.save(CustomField(about="contact", key="evil", label=EVIL[:80], label_de=EVIL[:80], kind="choice", choices=choice, listed=True))
        self.save(CustomField(about="organisation", key="evil", label=EVIL[:80], kind="text", choices=[], listed=True))
        self.contact.custom = {EVIL: EVIL, "evil": EVIL[:80]}
        self.organisation.custom = {"evil": EVIL}
        self.save(PostalAddress(contact_id=self.contact.id, street=EVIL[:200], extra=EVIL[:200], postcode=EVIL[:20], city=EVIL[:100], state=EVIL[:100]))
        self.save(PostalAddress(organisation_id=self.organisation.id, street=EVIL[:200], city=EVIL[:100]))
        friend = self.save(Contact(first_name=EVIL[:100], last_name=EVIL[:100], owner=self.by, birth_date=self.now.date().replace(year=1980)))
        self.relation = self.save(relate(self.contact, friend, "other", note=EVIL[:300]))
        self.save(Organisation(name=EVIL[:200], parent=self.organisation))
        self.file = keep(self.contact, EVIL, EVIL.encode(), self.colleague)
        self.contact.first_name = EVIL[1:100]  # and so a change that the history shows

    def gathering(self) -> None:
        """People who came twice, and a file of people."""
        self.twin, gone = (self.save(Contact(first_name=EVIL[:100], last_name=EVIL[:100], owner=self.by)) for _ in range(2))
        self.merge = unite("contact", gone.id, self.twin.id, self.by)
        self.pair = self.save(DuplicatePair(left_id=self.contact.id, right_id=self.twin.id, score=0.9, verdict="likely"))
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            file.write(f"Vorname;Nachname;{EVIL}\n{EVIL};{EVIL};{EVIL}\n".encode())
            file.flush()
            with prepared(Path(file.name)) as ready:
                self.import_ = uploading.begin(Path(file.name), f"{EVIL}.csv", "contacts", ready, 1, self.by)
        db.session.flush()

    def mails(self) -> None:
        self.mailbox = self.save(Mailbox(name=EVIL[:80], address="service@firm.example", is_default=True, signature=EVIL, department=self.department))
        db.session.commit()
        taken = intake.take(evil_mail(), Envelope("mallory@evil.example", ("service@firm.example",), "smtp"))
        self.conversation = db.session.get_one(Conversation, taken.ident)
        self.quarantined = db.session.get_one(ReceivedMail, intake.take(b"", Envelope(EVIL[:100], (EVIL,), "smtp")).ident)
        self.message = db.session.scalars(db.select(Message).where(Message.conversation_id == taken.ident)).first()
        self.attachment = db.session.scalars(db.select(Attachment).where(Attachment.message_id == self.message.id)).first()
        self.conversation.note(self.colleague, EVIL)
        self.conversation.assign(self.colleague, self.colleague)
        self.reply = replying.reply(self.conversation, self.colleague, EVIL, uploads=[(EVIL, "text/html", EVIL.encode())], delay=600)
        self.delivery = self.reply.delivery
        self.delivery.reason, self.delivery.last_error = "busy", EVIL
        self.save(Draft(conversation_id=self.conversation.id, user_id=self.colleague.id, kind="reply", body=EVIL))

    def desk(self) -> None:
        """What a team keeps for its work: lists, texts, promises, calendars."""
        self.view = self.save(SavedView(owner_id=self.by.id, list="contacts", name=EVIL[:60], shared=True, filters={"q": EVIL}))
        self.save(SavedView(owner_id=self.colleague.id, list="organisations", name=EVIL[:60], shared=True, filters={"q": EVIL}))
        self.bulk_edit = self.save(BulkEdit(by_id=self.by.id, change="custom.evil", value=EVIL, asked=f"/contacts?q={EVIL}", count=1))
        self.save(BulkEditRow(edit_id=self.bulk_edit.id, contact_id=self.contact.id, before=None, after=EVIL))
        self.trusted = self.save(TrustedSender(value=EVIL[:300], by_id=self.by.id))
        self.list = self.save(SavedList(owner_id=self.by.id, name=EVIL[:60], shared=True, filters={"q": EVIL}))
        self.saved_reply = self.save(SavedReply(name=EVIL[:80], shortcut=EVIL[:20], bodies={"de": EVIL, "en": EVIL}, owner_id=self.by.id, mailbox=self.mailbox))
        self.save(SavedReplyFile(saved_reply_id=self.saved_reply.id, filename=EVIL, content_type="text/html", size=4, blob=blobs.put(EVIL.encode())))
        self.planned = planning.plan(self.conversation, self.by, EVIL, self.now + timedelta(days=3), uploads=[(EVIL, "text/html", EVIL.encode())])
        self.macro = self.save(Macro(name=EVIL[:80], steps={"note": EVIL, "tags": [EVIL[:60]], "saved_reply_id": self.saved_reply.id, "finish": "resolve"}, owner_id=self.by.id))
        self.calendar = self.save(OfficeHours(name=EVIL[:80], zone="Europe/Berlin", week=[list(day) for day in USUAL_WEEK]))
        self.calendar.set_day(self.now.date(), EVIL[:80])
        db.session.flush()
        self.day = self.calendar.days[0]
        self.policy = self.save(SlaPolicy(name=EVIL[:80], mailbox_id=self.mailbox.id, tag_id=self.tag.id, first_response_minutes=60, calendar_id=self.calendar.id))
        other = self.save(Conversation(mailbox=self.mailbox, subject=EVIL, contact=self.contact))
        self.link = link(self.save(Conversation(mailbox=self.mailbox, subject=EVIL, contact=self.contact)), self.conversation, "related", self.colleague)
        self.join = merge(other, self.conversation, self.colleague)
        folder = self.save(ImapFolder(account=f"mailbox:{self.mailbox.id}", name=EVIL, uidvalidity=1, compared_at=self.now, compared_count=1))
        self.gap = self.save(ImapGap(folder_id=folder.id, uidvalidity=1, uid=7, message_id=EVIL, sender=EVIL, subject=EVIL, error=EVIL))
        self.notification = self.save(Notification(user_id=self.by.id, kind="mention", text=EVIL, url="/inbox", by_id=self.colleague.id, unread_key="evil"))
        self.by.unread_notifications = 1

    def forms(self) -> None:
        """A page of ours in the site of a firm, and what came through it."""
        texts = {lang: {"title": EVIL, "intro": EVIL, "thanks": EVIL, "consent": EVIL} for lang in ("en", "de")}
        more = [{"key": "evil", "kind": "choice", "label": {"en": EVIL, "de": EVIL}, "help": {"en": EVIL, "de": EVIL}, "required": False, "choices": [[EVIL, EVIL]]}]
        self.form = self.save(
            ContactForm(key="evil", name=EVIL[:120], texts=texts, fields=[dict(field) for field in FIRST] + more, mailbox_id=self.mailbox.id, consent_purpose="marketing")
        )
        self.submission = self.save(
            FormSubmission(form=self.form, once="evil", state="suspected", language="de", answers={"name": EVIL, "email": EVIL, "message": EVIL, "evil": EVIL},
                           consent=EVIL, origin={"page": EVIL, "referrer": EVIL, "utm_source": EVIL, "address": "203.0.113.9"}, contact=self.contact)
        )

    def work(self) -> None:
        self.task = self.save(Task(title=EVIL, notes=EVIL, assignee=self.by, contact=self.contact, due_at=self.now + timedelta(hours=1)))
        self.segment = self.save(Segment(name=EVIL[:120], description=EVIL, rule={"any": [{"field": "lifecycle", "is": "customer"}, {"field": "tags", "contains": EVIL}]}))

    def feedback(self) -> None:
        create_defaults(delay=0)
        self.survey = db.session.scalars(db.select(Survey).where(Survey.type == "csat")).first()
        self.survey.name, self.survey.wording = EVIL[:120], {lang: {"question": EVIL, "low": EVIL, "high": EVIL} for lang in ("en", "de", "de-du")}
        self.rule = db.session.scalars(db.select(FeedbackRule)).first()
        self.request = self.save(FeedbackRequest(contact=self.contact, survey=self.survey, touchpoint=self.touchpoint, state="sent", expires_at=self.now + timedelta(days=3)))
        answered = self.save(FeedbackRequest(contact=self.contact, survey=self.survey, touchpoint=self.touchpoint, state="answered"))
        self.answer = self.save(
            Answer(request=answered, contact_id=self.contact.id, survey=self.survey, survey_type="csat", score=1, comment=EVIL, call_me_phone=EVIL[:40], touchpoint_id=self.touchpoint.id)
        )

    def _paths(self) -> dict[str, str]:
        """"GET /contacts/1" → endpoint: every address outside of the API, about the rows of this world."""
        from crm.feedback import links

        numbers = {
            "contacts": self.contact, "organisations": self.organisation, "inbox": self.conversation, "messages": self.message, "attachments": self.attachment,
            "quarantine": self.quarantined, "interactions": self.interaction, "tasks": self.task, "touchpoints": self.touchpoint, "segments": self.segment,
            "outbox": self.delivery, "answers": self.answer, "requests": self.request, "rules": self.rule, "surveys": self.survey, "users": self.colleague,
            "departments": self.department, "tokens": self.token, "mailboxes": self.mailbox, "addresses": self.address, "affiliations": self.affiliation,
            "sessions": self.by, "undo": self.undo, "members": self.contact, "matches": self.contact, "people": self.contact, "relations": self.relation, "files": self.file, "fields": self.field, "tags": self.tag,
            "merge": self.twin, "merges": self.merge, "duplicates": self.pair, "import": self.import_,
            "views": self.view, "bulk-edits": self.bulk_edit, "lists": self.list, "trusted-senders": self.trusted, "saved-replies": self.saved_reply, "macros": self.macro, "links": self.link, "planned": self.planned, "calendars": self.calendar, "days": self.day,
            "service-levels": self.policy, "joins": self.join, "reconciliation": self.gap, "notifications": self.notification, "forms": self.form,
            "submissions": self.submission,
        }
        found = {}
        for rule in our_rules(self.app):
            if rule.endpoint == "static" or rule.rule.startswith("/api/v1"):
                continue
            parts = []
            for part in rule.rule.split("/"):
                if part.startswith("<int"):
                    row = numbers[parts[-1]]
                    parts.append(str(row.id))
                elif part.startswith("<any"):
                    parts.append(part.split("(")[1].split(")")[0].split(",")[0].strip("'\" "))
                elif part == "<token>":
                    parts.append(links.token(self.request.id) if parts[-1] == "f" else "x")
                elif part.startswith("<"):
                    parts.append("evil")
                else:
                    parts.append(part)
            path = "/".join(parts)
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                found[f"{method} {path}"] = rule.endpoint
        return found
