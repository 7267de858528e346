"""Every page of the product, with an example from the office at hand for those that are about one thing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from crm import clock, create_app
from crm import settings as settings_module
from crm.accounts.models import Department, User
from crm.calendars.models import OfficeHours
from crm.contactforms import stamps
from crm.contactforms.models import ContactForm, FormSubmission
from crm.contacts.custom.models import CustomField
from crm.contacts.models import Affiliation, Contact
from crm.contacts.relations.models import Relation
from crm.contacts.tags import Tag
from crm.extensions import db
from crm.feedback import links
from crm.feedback.models import Answer, FeedbackRequest, FeedbackRule, Survey
from crm.importing.models import Import
from crm.inbox.clocks.models import SlaPolicy
from crm.inbox.composing.models import SavedReply
from crm.inbox.macros.models import Macro
from crm.inbox.models import Conversation, Mailbox, Message, ReceivedMail
from crm.inbox.scheduling.models import ScheduledReply
from crm.merging.models import Merge
from crm.outbox.models import Delivery
from crm.segments.models import Segment
from crm.tasks.models import Task
from crm.timeline.models import Interaction
from crm.touchpoints.models import Touchpoint

# What answers GET and is no page of its own: parts that htmx fetches, downloads, signs of life, and /setup, which is gone.
NO_PAGES = {
    "static", "health.alive", "health.ready", "accounts.setup", "contacts.likely", "contacts.suggestions", "contacts.organisations.suggestions", "contactpage.guess",
    "inbox.changes", "inbox.mail.original", "inbox.mail.attachment", "inbox.mail.markup", "inbox.mail.preview", "inbox.searching.suggestions", "inbox.quarantine.original", "outbox.original", "segments.count", "tasks.due", "tasks.missing",
    "feedback.answer_page.decoy", "contacts.salutation", "contacts.tags.suggestions", "importing.progress", "importing.refused_rows", "files.view", "files.download",
    "contactforms.preview", "contactforms.public.script", "contacts.exporting.card", "contacts.bulk.choices", "merging.order", "merging.rows", "notifications.bell",
    "inbox.mailboxes.fetching.leave",  # to the provider
}


@dataclass(frozen=True)
class Place:
    path: str
    endpoint: str
    public: bool = False
    customer: bool = False


def application(environ: dict[str, str]) -> Flask:
    return create_app(settings_module.load(environ))


class NoExampleError(LookupError):
    """The office has nothing that such a page could show."""


def places(app: Flask, complete: bool = True) -> list[Place]:
    """One address per page that the routes know, in a stable order. Unless `complete`, pages without an example are left out."""
    with app.app_context():
        found = [one for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and is_page(rule) if (one := place(rule.endpoint, rule.rule, complete))]
        db.session.rollback()
    return sorted(found, key=lambda one: (one.public, one.path))


def is_page(rule) -> bool:
    return rule.endpoint not in NO_PAGES and not rule.rule.startswith("/api/v1")


def place(endpoint: str, rule: str, complete: bool = True) -> Place | None:
    customer = rule.startswith(("/f/", "/t/", "/form/"))
    try:
        return Place(fill(endpoint, rule), endpoint, customer or rule.startswith(("/sign-in", "/password")), customer)
    except NoExampleError:
        if complete:
            raise
        return None


def fill(endpoint: str, rule: str) -> str:
    """The rule with its parameters replaced by an example."""
    if "<" not in rule:
        return rule
    if rule.startswith("/password/"):
        return "/password/reset/long-gone"
    path = re.sub(r"<any\(([\w-]+),[^>]*>", r"\1", rule, count=1)
    for value in example(endpoint, rule) if "<" in path else ():
        path = re.sub(r"<[^>]+>", str(value), path, count=1)
    return path


def example(endpoint: str, rule: str) -> tuple:
    if rule.startswith("/f/"):
        answered = endpoint.endswith("thanks")
        asked = first(select(FeedbackRequest.id).where(FeedbackRequest.state.in_(["answered"] if answered else ["sent", "opened"]), FeedbackRequest.expires_at > clock.now()).order_by(FeedbackRequest.id.desc()))
        return (links.token(asked),)
    if endpoint == "contactforms.public.thanks":
        sent = first(select(FormSubmission).where(FormSubmission.state == "taken"))
        return sent.form.key, stamps.receipt(sent)
    if endpoint == "segments.reasons":
        return first(select(Segment.id)), first(BUSIEST)
    if endpoint.endswith("macros.look"):
        return first(EXAMPLES["/inbox"]), first(EXAMPLES["/settings/macros"])
    if endpoint == "contacts.relations.edit":
        relation = first(select(Relation))
        return relation.from_contact_id, relation.id
    if "merge" in rule and "<any" in rule:
        pair = list(db.session.scalars(BUSIEST.limit(2)))
        return tuple(pair[: rule.count("<int")])
    return (first(EXAMPLES[endpoint] if endpoint in EXAMPLES else EXAMPLES[rule.split("/<")[0]]),)


def first(statement):
    found = db.session.scalar(statement.limit(1))
    if found is None:
        raise NoExampleError(str(statement))
    return found


BUSIEST = select(Contact.id).where(Contact.archived_at.is_(None)).order_by(Contact.interactions_count.desc(), Contact.id)
EXAMPLES = {
    "/contacts": BUSIEST,
    "/organisations": select(Contact.organisation_id).where(Contact.organisation_id.is_not(None)).group_by(Contact.organisation_id).order_by(func.count().desc(), Contact.organisation_id),
    "/inbox": select(Conversation.id).join(Message, Message.conversation_id == Conversation.id).where(Conversation.status == "open").group_by(Conversation.id).order_by(func.count().desc(), Conversation.id),
    "/inbox/messages": select(Message.id).where(Message.has_html).order_by(Message.id.desc()),
    "/inbox/quarantine": select(ReceivedMail.id).where(ReceivedMail.state == "quarantined"),
    "/interactions": select(Interaction.id).where(Interaction.kind == "call.logged").order_by(func.length(Interaction.body).desc(), Interaction.id),
    "/outbox": select(Delivery.id).where(Delivery.purpose != "account"),
    "inbox.mail.delivery": select(Message.id).where(Message.delivery_id.is_not(None)).order_by(Message.id.desc()),
    "/settings/users": select(User.id).order_by(User.id.desc()),
    "/settings/fields": select(CustomField.id),
    "/settings/tags": select(Tag.id),
    "/affiliations": select(Affiliation.id),
    "/merges": select(Merge.id),
    "/contacts/import": select(Import.id).order_by(Import.id.desc()),
    "/settings/departments": select(Department.id),
    "/settings/calendars": select(OfficeHours.id),
    "/settings/service-levels": select(SlaPolicy.id),
    "/form": select(ContactForm.key),
    "/settings/forms": select(ContactForm.id),
    "/settings/mailboxes": select(Mailbox.id),
    "/segments": select(Segment.id),
    "/settings/saved-replies": select(SavedReply.id),
    "/settings/macros": select(Macro.id),
    "/inbox/planned": select(ScheduledReply.id).where(ScheduledReply.settled_at.is_(None)),
    "/tasks": select(Task.id).where(Task.contact_id.is_not(None), Task.due_at.is_not(None)),
    "/touchpoints": select(Interaction.touchpoint_id).where(Interaction.touchpoint_id.is_not(None)).group_by(Interaction.touchpoint_id).order_by(func.count().desc()),
    "/feedback/answers": select(Answer.id).where(Answer.comment != "").order_by(Answer.id.desc()),
    "/feedback/surveys": select(Survey.id),
    "/feedback/rules": select(FeedbackRule.id),
    "/t": select(Touchpoint.key),
}
