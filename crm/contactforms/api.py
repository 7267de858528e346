"""/contact_forms: what forms there are. /forms/<key>/submissions: for sites that show a form of their own."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from crm.api import Endpoint, ListArguments, Resource, Schema, fields, found, paged, refuse, sorting
from crm.api.answers import refuse_all
from crm.contactforms import filling, kinds, receiving, storing
from crm.contactforms.models import ContactForm, FormSubmission
from crm.extensions import db
from crm.settings import LOCALES

LARGEST = 80_000_000  # characters of a file in base64


class FormFieldSchema(Schema):
    key = fields.Text(80, dump_only=True)
    kind = fields.Choice(*kinds.KINDS, dump_only=True)
    required = fields.Boolean(dump_only=True)
    choices = fields.Function(lambda field: [value for value, _name in kinds.offered(field, "en")], dump_only=True,
                              metadata={"type": "array", "items": {"type": "string"}})


class ContactFormSchema(Schema):
    id = fields.Id(dump_only=True)
    key = fields.Text(60, dump_only=True)
    name = fields.Text(120, dump_only=True)
    active = fields.Boolean(dump_only=True)
    fields_ = fields.List(fields.Nested(FormFieldSchema), dump_only=True, attribute="fields", data_key="fields")
    consent_purpose = fields.Text(20, dump_only=True, metadata={"description": "What the box to tick agrees to; empty: there is none."})
    consent_required = fields.Boolean(dump_only=True)
    consent = fields.Function(lambda form: {code: form.text(filling.CONSENT, code) for code in LOCALES}, dump_only=True,
                              metadata={"type": "object", "description": "By language: the wording to be shown, word by word."})


class ContactFormList(ListArguments):
    sort = sorting("name", default="name")
    key = fields.Text(60)
    active = fields.Boolean()


class SentFileSchema(Schema):
    filename = fields.Text(200, 1, required=True)
    content = fields.Text(LARGEST, 1, required=True, metadata={"description": "The bytes in base64."})


class SentFromSchema(Schema):
    page = fields.Text(500, metadata={"description": "The address of the page the form stood on."})
    referrer = fields.Text(500)
    utm_source = fields.Text(500)
    utm_medium = fields.Text(500)
    utm_campaign = fields.Text(500)
    utm_term = fields.Text(500)
    utm_content = fields.Text(500)


class FormSubmissionSchema(Schema):
    id = fields.Id(dump_only=True)
    reference = fields.Text(20, dump_only=True, metadata={"description": "What to tell the person."})
    state = fields.Choice("stored", "taken", "suspected", dump_only=True)
    contact_id = fields.Id(dump_only=True, allow_none=True)
    conversation_id = fields.Id(dump_only=True, allow_none=True)
    at = fields.Moment(dump_only=True)
    values = fields.Dict(keys=fields.Text(80), values=fields.Text(20_000), required=True, load_only=True, metadata={"description": "By key of the field; a ticked box is yes."})
    files = fields.List(fields.Nested(SentFileSchema), load_only=True)
    consent = fields.Boolean(load_only=True, load_default=False, metadata={"description": "Whether the person ticked the box with the wording of the form."})
    language = fields.Choice(*LOCALES, load_only=True, load_default="en")
    visitor = fields.Text(200, load_only=True, metadata={"description": "The number of the browser in your statistics."})
    origin = fields.Nested(SentFromSchema, load_only=True)


contact_forms = Resource("contact_forms", "Forms that customers fill in.")
submissions = Resource("form_submissions", "What customers sent with a form.", prefix="/forms")


@contact_forms.route("")
class ContactForms(Endpoint):
    @contact_forms.listed(ContactFormSchema, ContactFormList)
    def get(self, arguments):
        """Forms, by name."""
        query = select(ContactForm)
        for name in ("key", "active"):
            if name in arguments:
                query = query.where(getattr(ContactForm, name) == arguments[name])
        return paged(query, arguments, {"name": ContactForm.name}, ContactForm.id)


@contact_forms.route("/<int:contact_form_id>")
class OneContactForm(Endpoint):
    @contact_forms.shown(ContactFormSchema)
    def get(self, contact_form_id):
        """One form with its fields."""
        return found(select(ContactForm).where(ContactForm.id == contact_form_id))


@submissions.route("/<key>/submissions")
class Submissions(Endpoint):
    @submissions.created(FormSubmissionSchema)
    def post(self, values, key):
        """Hand in what somebody filled in on a page of yours. It becomes a conversation, as if it had been sent here."""
        form = found(select(ContactForm).where(ContactForm.key == key, ContactForm.active))
        with force_locale(values["language"]):
            return taken(form, values)


def taken(form: ContactForm, values: dict[str, Any]) -> FormSubmission | None:
    typed = values["values"] | ({filling.CONSENT: "yes"} if values["consent"] else {})
    unknown = set(values["values"]) - {field["key"] for field in form.fields}
    if unknown:
        refuse(f"values.{min(unknown)}", "The form has no such field.")
    filled = filling.fill(form, typed, uploads(values.get("files", ())), values["language"])
    if filled.errors:
        refuse_all({filling.CONSENT if name == filling.CONSENT else f"values.{name}": [reason] for name, reason in filled.errors.items()})
    origin = values.get("origin", {}) | ({"visitor": values["visitor"]} if values.get("visitor") else {})
    submission = storing.store(form, filled, secrets.token_urlsafe(16), language=values["language"], origin=origin)
    if submission is not None:
        receiving.receive(submission)
        db.session.flush()
    return submission


def uploads(files: Iterable[dict[str, str]]) -> list[filling.Upload]:
    return [filling.Upload(each["filename"], content(number, each["content"])) for number, each in enumerate(files)]


def content(number: int, written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error:
        return refuse(f"files.{number}.content", "This is not base64.")


RESOURCES = (contact_forms, submissions)
