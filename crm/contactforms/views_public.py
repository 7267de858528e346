"""/form/<key>: for everybody, without script, without a cookie; by itself or in a frame of a site that may show it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from sqlalchemy import select

from crm.accounts.preferences import preference
from crm.contactforms import filling, kinds, stamps, storing
from crm.contactforms.filling import CONSENT, Filled, Upload
from crm.contactforms.models import ContactForm, FormSubmission
from crm.extensions import csrf, db, limiter
from crm.frame import CONTENT_POLICY, public
from crm.settings import LOCALES

blueprint = Blueprint("public", __name__)
csrf.exempt(blueprint)  # nobody is signed in here; the stamp of the page does the rest
TRAP = "website"  # a field no person sees
ORIGIN = ("page", "referrer", "visitor", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
PREFILLED = ("name", "email", "phone", "subject", "message")
LONGEST = 500
SCRIPT = Path(__file__).parent.parent / "static" / "js" / "embed.js"


@blueprint.get("/form/<key>")
@public
def show(key: str) -> Response:
    form = load(key)
    return form_page(form, Filled(prefilled(form)), stamp=stamps.make(form, wording(form)))


@blueprint.post("/form/<key>")
@public
def submit(key: str) -> Response:
    form = load(key)
    stamp = stamps.read(form, request.form.get("nonce", ""))
    filled = filling.fill(form, request.form, uploads(), g.locale)
    if fault := refused(form, stamp, filled):
        return again(form, filled, fault)
    try:
        with limiter.limit("20 per hour", scope="contact form"):
            return sent(form, filled, stamp)
    except RateLimitExceeded:
        return again(form, filled, _("Too much was sent from here within an hour. Wait a moment, then press Send once more."), 429)


@blueprint.get("/form/<key>/thanks/<receipt>")
@public
def thanks(key: str, receipt: str) -> Response:
    form, submission = load(key), stamps.read_receipt(receipt)
    if submission is None or submission.form_id != form.id:
        abort(404)
    return answer(form, "contactforms/thanks.html", reference=submission.reference, thanks=form.text("thanks", g.locale))


@blueprint.get("/form/<key>.js")
@public
def script(key: str) -> Response:
    """What a foreign page loads by one line: it puts the form in its place, as high as it is."""
    form = load(key)
    response = make_response(SCRIPT.read_text(encoding="utf-8").replace('"TITLE"', script_text(title(form)), 1))
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def load(key: str) -> ContactForm:
    form = db.session.scalars(select(ContactForm).where(ContactForm.key == key, ContactForm.active)).one_or_none() or abort(404)
    g.locale = language_for(form)
    return form


def language_for(form: ContactForm) -> str:
    """?lang, else the visitor's, else the form's, else the firm's."""
    wanted = request.values.get("lang", "")
    if wanted in LOCALES:
        return wanted
    return request.accept_languages.best_match(LOCALES) or form.language or current_app.config["SETTINGS"].locale


def wording(form: ContactForm) -> str:
    """Of the box to tick; empty: there is none."""
    return form.text(CONSENT, g.locale) if form.consent_purpose else ""


def title(form: ContactForm) -> str:
    return form.text("title", g.locale) or form.name


def script_text(text: str) -> str:
    """As a literal that ends nothing it stands in."""
    return json.dumps(text).replace("<", "\\u003c")


# — what was sent ———————————————————————————————————————————————————————————————————————————————————————


def uploads() -> list[Upload]:
    given = [file for file in request.files.getlist("file") if file.filename]
    read = [Upload(file.filename or "", file.read()) for file in given]
    for file in given:
        file.close()
    return read


def refused(form: ContactForm, stamp: stamps.Stamp | None, filled: Filled) -> str:
    """Why the page is shown once more; empty: it is not."""
    if stamp is None or stamp.is_old:
        return _("This page had been open for long. Please press Send once more.")
    if not stamps.is_same(stamp, wording(form)):
        return _("The words of the agreement have changed meanwhile. Read them, then press Send once more.")
    if filled.errors:
        return _("Something is missing or not right yet.")
    return _("That was very quick. Please press Send once more.") if stamp.is_hasty else ""


def sent(form: ContactForm, filled: Filled, stamp: stamps.Stamp | None) -> Response:
    assert stamp is not None  # or it would have been refused
    submission = storing.store(form, filled, stamp.key, language=g.locale, origin=origin(), suspected=bool(request.form.get(TRAP)))
    if submission is None:
        return thanked(form, storing.sent_with(stamp.key))  # a double click: the first one was taken
    db.session.commit()  # whatever happens next, it is stored
    if submission.state == "stored":
        storing.attempt(submission)
        db.session.commit()
    return thanked(form, submission)


def thanked(form: ContactForm, submission: FormSubmission) -> Response:
    return make_response(redirect(f"/form/{form.key}/thanks/{stamps.receipt(submission)}?lang={g.locale}{'&embed=1' if embedded() else ''}", 303))


def origin() -> dict[str, str]:
    """Where it was sent from: the page and the campaign that led there, the number of the browser, the address."""
    given = {name: request.values.get(name, "").strip()[:LONGEST] for name in ORIGIN}
    return {name: value for name, value in given.items() if value} | {"address": (request.remote_addr or "")[:45]}


def prefilled(form: ContactForm) -> dict[str, str]:
    """What the address of the page fills in beforehand; never an agreement."""
    return {each["key"]: request.args[each["kind"]][: kinds.KINDS[each["kind"]].longest]
            for each in form.fields if each["kind"] in PREFILLED and each["kind"] in request.args}


def embedded() -> bool:
    return "embed" in request.values


# — what is shown ———————————————————————————————————————————————————————————————————————————————————————


def again(form: ContactForm, filled: Filled, fault: str, status: int = 422) -> Response:
    """The form with what was typed. The stamp stays while it holds, so that two tries are still sent once."""
    stamp = stamps.read(form, request.form.get("nonce", ""))
    holds = stamp is not None and not stamp.is_old and stamps.is_same(stamp, wording(form))
    given = request.form["nonce"] if holds else stamps.make(form, wording(form))
    return form_page(form, filled, stamp=given, fault=fault, status=status, files_lost=bool(filled.uploads))


def form_page(form: ContactForm, filled: Filled, *, stamp: str, fault: str = "", status: int = 200, **context: Any) -> Response:
    known: Mapping[str, str] = {name: request.values.get(name, "")[:LONGEST] for name in ORIGIN if name in request.values}
    if "page" not in known and "referrer" not in known and request.referrer:
        known = {**known, "referrer": request.referrer[:LONGEST]}
    return answer(form, "contactforms/form.html", filled=filled, stamp=stamp, fault=fault, status=status, origin=known, **context)


def answer(form: ContactForm, template: str, *, status: int = 200, **context: Any) -> Response:
    g.framed = True
    response = make_response(render_template(template, **page_context(form), **context), status)
    response.headers["Content-Security-Policy"] = policy(form)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def page_context(form: ContactForm) -> dict[str, Any]:
    language = g.locale
    asked = [{**each, "label": kinds.label(each, language), "help": kinds.help_text(each, language), "type": kinds.input_type(each),
              "autocomplete": kinds.KINDS[each["kind"]].autocomplete, "longest": kinds.KINDS[each["kind"]].longest,
              "offered": kinds.offered(each, language) if kinds.is_choice(each) else None} for each in kinds.usable(form.fields)]
    return {
        "form": form, "title": title(form), "intro": form.text("intro", language), "asked": asked, "wording": wording(form), "embedded": embedded(),
        "firm": None if embedded() else {"name": preference("firm_name")}, "own_privacy_url": preference("privacy_url"),
        "other_language": "en" if language == "de" else "de", "trap": TRAP, "scripts": ("contactform",),
    }


def policy(form: ContactForm) -> str:
    """Who may show the page in a frame: we ourselves, and the sites the form names."""
    return CONTENT_POLICY.replace("frame-ancestors 'none'", " ".join(("frame-ancestors 'self'", *form.origins)))
