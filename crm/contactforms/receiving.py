"""From what was sent to the person it came from and their timeline. The inbox opens its conversation when it hears of the entry (crm/reactions.py)."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.consent.ledger import grant
from crm.contactforms import kinds
from crm.contactforms.models import ContactForm, FormSubmission
from crm.contacts.creating import create_contact
from crm.contacts.matching import find_by_address
from crm.contacts.models import Contact
from crm.contacts.naming import guess_name
from crm.contacts.visiting import learn
from crm.extensions import db
from crm.settings import LOCALES
from crm.timeline.models import Interaction
from crm.timeline.recording import record
from crm.touchpoints.guessing import guess_id

ENTRY = "form.submitted"
ABOUT = "submission"
TIMELINE_BODY = 10_000


def receive(submission: FormSubmission) -> Interaction | None:
    """Make of a stored submission what belongs to it: contact, consent, timeline entry and, by that, the conversation. Never commits; once."""
    if submission.state == "taken":
        return None
    submission.state = "taken"
    contact = submission.contact = _who(submission)
    db.session.flush()
    learn(contact, _addresses(submission))
    form = submission.form
    if submission.consent:
        grant(contact, form.consent_purpose, "email", wording=submission.consent, source=f"form {form.key}"[:60], proof=_proof(submission), at=submission.at)
    return record(
        ENTRY, contact, channel="web", direction="inbound", provenance="form", happened_at=submission.at, about=(ABOUT, submission.id),
        touchpoint_id=form.touchpoint_id or guess_id("web", kind=ENTRY, direction="inbound"), department_id=form.department_id,
        subject=subject_of(submission), body=text_of(submission)[:TIMELINE_BODY], data={"form": form.key},
    )


# — who ——————————————————————————————————————————————————————————————————————————————————————————————


def _addresses(submission: FormSubmission) -> dict[str, str]:
    given = {"email": value_of(submission, "email"), "phone": value_of(submission, "phone"), "visitor": submission.origin.get("visitor", "")}
    return {kind: value for kind, value in given.items() if value}


def _who(submission: FormSubmission) -> Contact:
    """Whoever has exactly the address that was typed; the browser's number decides only where none was. What we know of a person stays as it is:
    anybody can type anything."""
    known = _addresses(submission)
    for kind in ("email", "phone") if {"email", "phone"} & set(known) else ("visitor",):
        if found := find_by_address(kind, known[kind]) if kind in known else ():
            return found[0]
    return _new_contact(submission, known)


def _new_contact(submission: FormSubmission, known: dict[str, str]) -> Contact:
    name = guess_name(value_of(submission, "name"), known.get("email", ""))
    given = [(kind, known[kind]) for kind in ("email", "phone") if kind in known]
    language = submission.language if submission.language in LOCALES else ""
    return create_contact(addresses=given, provenance="form", language=language, custom=_own_values(submission), **name._asdict())


def _own_values(submission: FormSubmission) -> dict[str, Any]:
    own = {field["custom"]: (kinds.own_field(field), submission.answers.get(field["key"])) for field in submission.form.fields if field["kind"] == "custom"}
    return {key: field.read(value) for key, (field, value) in own.items() if field and value}


# — what ——————————————————————————————————————————————————————————————————————————————————————————————


def value_of(submission: FormSubmission, kind: str) -> str:
    """What was answered to the one field of this kind."""
    return next((str(submission.answers.get(field["key"]) or "") for field in submission.form.fields if field["kind"] == kind), "")


def subject_of(submission: FormSubmission) -> str:
    form = submission.form
    return value_of(submission, "subject") or form.text("title", submission.language) or form.name


def text_of(submission: FormSubmission) -> str:
    """The message, then what else was answered, in the language of whoever wrote."""
    with force_locale(submission.language or "en"):
        answers = [f"{kinds.label(field, submission.language)}: {_shown(field, submission)}" for field in submission.form.fields if _is_told(field, submission)]
    return "\n\n".join(filter(None, (value_of(submission, "message"), "\n".join(answers))))


def _is_told(field: kinds.Field, submission: FormSubmission) -> bool:
    """Name and mail address stand in the head of the message, files below it."""
    return field["kind"] not in ("message", "subject", "name", "email", "file") and bool(submission.answers.get(field["key"]))


def _shown(field: kinds.Field, submission: FormSubmission) -> str:
    value = submission.answers[field["key"]]
    if field["kind"] == "checkbox":
        return _("yes")
    return dict(kinds.offered(field, submission.language)).get(value, value)


def _proof(submission: FormSubmission) -> str:
    told = {"submission": submission.reference, "at": submission.at.isoformat(), **{name: submission.origin.get(name) for name in ("address", "page")}}
    return " · ".join(f"{name} {value}" for name, value in told.items() if value)


def is_complete(form: ContactForm) -> bool:
    """Whether somebody who fills it in can be answered."""
    return any(field["kind"] in kinds.REACHED_BY for field in form.fields)
