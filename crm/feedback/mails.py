"""The mail that asks: plain and HTML, in the customer's language, with one link per score that only preselects."""

from __future__ import annotations

from flask import current_app, render_template
from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from crm.accounts.preferences import preference
from crm.contacts.salutation import salutation_line
from crm.feedback import links, scales
from crm.feedback.gates import mail_address
from crm.feedback.models import FeedbackRequest
from crm.feedback.wording import question, wording
from crm.outbox.models import Delivery
from crm.settings import LOCALES


def language_of(request: FeedbackRequest) -> str:
    """The customer's language if we speak it, else the firm's."""
    wanted = request.language or (request.contact.language if request.contact else "")
    return wanted if wanted in LOCALES else current_app.config["SETTINGS"].locale


def invite(request: FeedbackRequest) -> Delivery:
    """Queue the invitation and return its delivery."""
    from crm.outbox import sending  # composing mail is slow to load, and a web request rarely needs it

    language, address = language_of(request), mail_address(request)
    assert address is not None, "nobody may pass over the gate that asks for an address"
    with force_locale(language):
        context = _context(request, language)
        return sending.enqueue(
            to=[address], subject=_("A question from %(firm)s", firm=context["firm"]),
            text=render_template("feedback/mail.txt", **context), html=render_template("feedback/mail.html", **context),
            purpose="feedback", automatic=True, contact=request.contact, about=("feedback_request", request.id),
        )


def _context(request: FeedbackRequest, language: str) -> dict:
    firm, url = preference("firm_name"), links.url(request)
    form = request.person.address_form
    scale = scales.SCALES[request.survey.type]
    return {
        "firm": firm, "url": url, "language": language, "salutation": salutation_line(request.person, language),
        "question": question(request.survey, language, form, firm), "wording": wording(request.survey, language, form),
        "scores": list(scale.scores), "about": about_what(request), "form": form, "decoy": f"{url}/more",
        "survey_type": request.survey.type,
    }


def about_what(request: FeedbackRequest) -> str:
    """Which contact the question is about, in the customer's words: "your call with us on 3 March"."""
    if request.interaction is None:
        return ""
    day = format_date(request.interaction.happened_at, "long")
    texts = {
        "phone": _("your call with us on %(day)s", day=day),
        "email": _("your message to us of %(day)s", day=day),
        "in_person": _("your visit on %(day)s", day=day),
        "chat": _("our chat on %(day)s", day=day),
        "letter": _("your letter of %(day)s", day=day),
    }
    return texts.get(request.channel, _("your contact with us on %(day)s", day=day))


