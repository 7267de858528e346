"""Pages of the inbox: the list, one conversation, a new one."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import fields, web
from crm.accounts.once import leads_to, once
from crm.contacts.creating import create_from_mail
from crm.contacts.matching import find_by_address
from crm.contacts.models import Contact
from crm.extensions import LARGEST_ID, db
from crm.inbox import queries, reading, replying, words
from crm.inbox.clocks.views import blueprint as clocks
from crm.inbox.contexts import conversation_context, list_context, shown
from crm.inbox.forms import BeginForm
from crm.inbox.listing import Listing
from crm.inbox.searching.views import blueprint as searching
from crm.inbox.teamwork.views import blueprint as teamwork
from crm.inbox.teamwork.views_bulk import blueprint as bulk
from crm.inbox.teamwork.views_lists import blueprint as lists
from crm.inbox.trusting.views import blueprint as trusting
from crm.inbox.views_explaining import blueprint as explaining
from crm.inbox.views_mail import blueprint as mail
from crm.inbox.views_mail import visible
from crm.inbox.views_mailboxes import blueprint as mailboxes
from crm.inbox.views_printing import blueprint as printing
from crm.inbox.views_quarantine import blueprint as quarantine
from crm.inbox.views_steps import blueprint as steps
from crm.inbox.views_writing import blueprint as writing

blueprint = Blueprint("inbox", __name__)
for part in (bulk, explaining, mail, mailboxes, quarantine, lists, steps, teamwork, writing):
    blueprint.register_blueprint(part)
blueprint.register_blueprint(clocks)
blueprint.register_blueprint(searching)
blueprint.register_blueprint(trusting)
blueprint.register_blueprint(printing)
blueprint.record_once(lambda state: words.register(state.app))


@blueprint.get("/inbox")
def index():
    wanted = Listing.of(current_user, request.args)
    if wanted.cursor and web.wants_partial():
        return web.page("inbox/_rows.html", listing=wanted, page=wanted.page(), chosen=None)
    return web.page("inbox/index.html", "inbox/_list.html", chosen=None, **list_context(wanted))


@blueprint.get("/inbox/changes")
def changes():
    """The list, if it is not what the page already shows: asked every few seconds, so it is cheap and mostly empty."""
    wanted = Listing.of(current_user, request.args)
    context = list_context(wanted)
    if context["fingerprint"] == request.args.get("known"):
        return "", 204
    return web.page("inbox/index.html", "inbox/_changes.html", chosen=request.args.get("chosen", type=fields.ident), **context)


@blueprint.get("/inbox/<int:ident>")
def show(ident: int):
    conversation = shown(ident)
    wanted = Listing.of(current_user, request.args, otherwise=conversation.status)
    context = conversation_context(conversation, wanted)
    if web.wants_partial() or web.target() == "conversation":  # chosen in the list: the list is there already
        return web.plain(render_template("inbox/_chosen.html", **context))
    return web.page("inbox/show.html", chosen=ident, **(list_context(wanted) | context))


@blueprint.get("/inbox/<int:ident>/earlier")
def earlier(ident: int):
    """The lines before a message, fetched in place; without script all of them stand on the page with `?all=1`."""
    conversation, wanted = shown(ident), Listing.of(current_user, request.args)
    lines = reading.lines(ident, reading.EARLIER, fields.ident_or_none(request.args.get("before")) or LARGEST_ID)
    if not web.wants_partial():
        return web.done(f"/inbox/{ident}?{wanted.query}&all=1")
    return web.page("inbox/_lines.html", conversation=conversation, listing=wanted, thread=lines)


@blueprint.get("/inbox/messages/<int:ident>")
def message(ident: int):
    """What opens under the line of a message."""
    conversation = visible(ident).conversation
    body = reading.body(ident)
    context = {"message": body, "attachments": reading.attachments_of([body]), "listing": Listing.of(current_user, request.args)}
    return web.page("inbox/message.html", "inbox/_body.html", conversation=conversation, **context)


@blueprint.get("/inbox/new")
def new():
    contact = db.session.get(Contact, request.args.get("contact", type=fields.ident) or 0)
    known = contact.address("email") if contact else None
    form = BeginForm(mailboxes=queries.mailboxes(), data={"contact": contact.id if contact else "", "address": known.value if known else request.args.get("address", "")})
    return web.page("inbox/new.html", "inbox/_new.html", form=form, contact=contact)


@blueprint.post("/inbox")
@once
def begin():
    form = BeginForm(mailboxes=queries.mailboxes())
    contact = db.session.get(Contact, fields.ident_or_none(form.contact.data) or 0)
    if not form.validate():
        return web.invalid("inbox/new.html", "inbox/_new.html", form=form, contact=contact)
    contact = contact or next(iter(find_by_address("email", form.address.data)), None) or create_from_mail(form.address.data, provenance="person")
    db.session.flush()
    mailbox = next((row for row in queries.mailboxes() if row.id == form.mailbox.data), None)
    conversation = replying.begin(contact, current_user.user, subject=form.subject.data, text=form.body.data, address=form.address.data, mailbox=mailbox,
                                  uploads=form.uploads)
    location = leads_to(f"/inbox/{conversation.id}?view=waiting")
    web.toast(_("On its way to %(name)s", name=contact.display_name))
    db.session.commit()
    return web.done(location)
