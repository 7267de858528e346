"""Settings: the service addresses whose mail a team answers together."""

from __future__ import annotations

from flask import Blueprint, abort
from flask_babel import gettext as _

from crm import clock, web
from crm.accounts.once import leads_to, once
from crm.accounts.trail import audit
from crm.errors import Refused
from crm.extensions import db
from crm.frame import needs
from crm.inbox.fetching.views import blueprint as fetching
from crm.inbox.forms import MailboxForm
from crm.inbox.models import Mailbox

blueprint = Blueprint("mailboxes", __name__)
blueprint.register_blueprint(fetching)


@blueprint.get("/settings/mailboxes")
@needs("settings")
def index():
    rows = db.session.scalars(db.select(Mailbox).order_by(Mailbox.archived_at.is_not(None), Mailbox.name)).all()
    return web.page("inbox/mailboxes.html", mailboxes=rows)


@blueprint.get("/settings/mailboxes/new")
@needs("settings")
def new():
    return web.page("inbox/mailbox.html", form=MailboxForm(formdata=None), mailbox=None)


@blueprint.post("/settings/mailboxes")
@needs("settings")
@once
def create():
    form = MailboxForm()
    if not form.validate():
        return web.invalid("inbox/mailbox.html", form=form, mailbox=None)
    mailbox = Mailbox(is_default=False)
    return saved(form, mailbox, "mailbox.created")


@blueprint.get("/settings/mailboxes/<int:ident>")
@needs("settings")
def show(ident: int):
    mailbox = found(ident)
    return web.page("inbox/mailbox.html", form=MailboxForm(formdata=None, mailbox=mailbox), mailbox=mailbox)


@blueprint.post("/settings/mailboxes/<int:ident>")
@needs("settings")
def edit(ident: int):
    mailbox = found(ident)
    form = MailboxForm(mailbox=mailbox)
    if not form.validate():
        return web.invalid("inbox/mailbox.html", form=form, mailbox=mailbox)
    return saved(form, mailbox, "mailbox.edited")


@blueprint.post("/settings/mailboxes/<int:ident>/archive")
@needs("settings")
def archive(ident: int):
    mailbox = found(ident)
    if mailbox.is_default:
        raise Refused(_("This mailbox takes what belongs to no other one. Make another one do that first."))
    mailbox.archived_at = mailbox.archived_at or clock.now()
    web.toast(_("%(name)s is archived", name=mailbox.name), undo=f"/settings/mailboxes/{ident}/archive?_method=DELETE")
    return noted(mailbox, "mailbox.archived")


@blueprint.delete("/settings/mailboxes/<int:ident>/archive")
@needs("settings")
def unarchive(ident: int):
    mailbox = found(ident)
    mailbox.archived_at = None
    return noted(mailbox, "mailbox.unarchived")


def saved(form: MailboxForm, mailbox: Mailbox, action: str):
    with db.session.no_autoflush:
        form.fill(mailbox)
    db.session.add(mailbox)
    web.toast(_("Saved"))
    return noted(mailbox, action)


def noted(mailbox: Mailbox, action: str):
    db.session.flush()
    audit(action, mailbox)
    location = leads_to("/settings/mailboxes")
    db.session.commit()
    return web.done(location)


def found(ident: int) -> Mailbox:
    return db.session.get(Mailbox, ident) or abort(404)
