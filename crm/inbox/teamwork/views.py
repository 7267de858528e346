"""Working together: turns of a mailbox, watching, who is here."""

from __future__ import annotations

from flask import Blueprint, abort
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts.trail import audit
from crm.extensions import db
from crm.frame import needs
from crm.inbox.contexts import answer, found
from crm.inbox.models import Mailbox
from crm.inbox.teamwork import assigning, watching
from crm.inbox.teamwork.models import Turns

blueprint = Blueprint("teamwork", __name__)
blueprint.record_once(lambda state: state.app.jinja_env.globals.update(takes_turns=lambda mailbox_id: db.session.get(Turns, mailbox_id) is not None))


@blueprint.post("/settings/mailboxes/<int:ident>/turns")
@needs("settings")
def take_turns(ident: int):
    return turned(ident, True, "mailbox.turns_began", _("New conversations are given by turns."))


@blueprint.delete("/settings/mailboxes/<int:ident>/turns")
@needs("settings")
def no_turns(ident: int):
    return turned(ident, False, "mailbox.turns_ended", _("New conversations are given to nobody by themselves."))


def turned(ident: int, wanted: bool, action: str, said: str):
    mailbox = db.session.get(Mailbox, ident) or abort(404)
    assigning.take_turns(mailbox, wanted)
    audit(action, mailbox)
    web.toast(said)
    db.session.commit()
    return web.done(f"/settings/mailboxes/{ident}")


@blueprint.post("/inbox/<int:ident>/watch")
def watch(ident: int):
    conversation = found(ident)
    watching.watch(conversation.id, current_user.user)
    web.toast(_("You are told when the customer answers."))
    db.session.commit()
    return answer(conversation)


@blueprint.delete("/inbox/<int:ident>/watch")
def unwatch(ident: int):
    conversation = found(ident)
    watching.unwatch(conversation.id, current_user.user)
    web.toast(_("You are no longer told about this conversation."))
    db.session.commit()
    return answer(conversation)
