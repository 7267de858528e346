"""Merging and splitting conversations on pages."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts.once import leads_to, once
from crm.extensions import db
from crm.inbox import queries
from crm.inbox.contexts import found
from crm.inbox.joining import joining
from crm.inbox.joining.forms import MergeForm
from crm.inbox.joining.models import ConversationJoin
from crm.inbox.joining.redirecting import lead_on
from crm.inbox.models import Conversation, Message

OFFERED = 20
blueprint = Blueprint("joining", __name__)
blueprint.after_app_request(lead_on)


@blueprint.get("/inbox/<int:ident>/merge")
def choose(ident: int):
    conversation = found(ident)
    form = MergeForm(formdata=None, conversation=conversation, viewer=current_user, data={"into": request.args.get("into", "")})
    return web.page("inbox/joining/merge.html", **told(conversation, form))


@blueprint.post("/inbox/<int:ident>/merge")
@once
def merge(ident: int):
    conversation = found(ident)
    form = MergeForm(conversation=conversation, viewer=current_user)
    if not form.validate():
        return web.invalid("inbox/joining/merge.html", **told(conversation, form))
    assert form.target is not None
    join = joining.merge(conversation, found(form.target.id), current_user.user)
    return joined(join, join.target, _("#%(number)s is part of this conversation now", number=ident))


@blueprint.post("/inbox/messages/<int:ident>/split")
@once
def split(ident: int):
    message = db.session.get(Message, ident) or abort(404)
    found(message.conversation_id)
    join = joining.split(message, current_user.user)
    return joined(join, join.target, _("A conversation of its own now"))


@blueprint.delete("/inbox/joins/<int:ident>")
def undo(ident: int):
    join = db.session.get(ConversationJoin, ident) or abort(404)
    conversation = joining.undo(join, current_user.user)
    web.toast(_("Taken back"))
    db.session.commit()
    return web.done(f"/inbox/{conversation.id}")


def told(conversation: Conversation, form: MergeForm) -> dict:
    others = [row for row in queries.others_of(conversation.contact_id, conversation.id, OFFERED) if row.status != "spam"]
    return {"conversation": conversation, "form": form, "others": others}


def joined(join: ConversationJoin, shown: Conversation, done: str):
    web.toast(done, undo=f"/inbox/joins/{join.id}?_method=DELETE")
    location = leads_to(f"/inbox/{shown.id}")
    db.session.commit()
    return web.done(location)
