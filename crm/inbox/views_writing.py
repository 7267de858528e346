"""Writing in a conversation: answers, notes, drafts; and taking an answer back while it is still in the house."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.errors import Refused
from crm.extensions import db
from crm.formatting import exact
from crm.inbox import drafting, putting_back, replying
from crm.inbox.composing import attaching, filling
from crm.inbox.composing.views import blueprint as saved_replies
from crm.inbox.contexts import answer, found
from crm.inbox.forms import LONGEST, MessageForm
from crm.inbox.forwarding.views import blueprint as forwarding
from crm.inbox.joining.views import blueprint as joining
from crm.inbox.linking.views import blueprint as linking
from crm.inbox.macros.views import blueprint as macros
from crm.inbox.models import Conversation, Message
from crm.inbox.scheduling import planning
from crm.inbox.scheduling.views import blueprint as scheduling

blueprint = Blueprint("writing", __name__)
for part in (saved_replies, joining, macros, scheduling, linking, forwarding):
    blueprint.register_blueprint(part)


@blueprint.post("/inbox/<int:ident>/messages")
@once
def write(ident: int):
    conversation, form = found(ident), MessageForm()
    if not form.validate():
        return refuse(ident, form)
    try:
        write_down(conversation, form)
    except replying.CustomerWrote as held:
        db.session.rollback()
        return hold(ident, form, held)
    except Refused as refused:
        if refused.field not in form:
            raise
        db.session.rollback()
        form[refused.field].errors = [refused.reason]
        return refuse(ident, form)
    leads_to(f"/inbox/{ident}")
    db.session.commit()
    return answer(conversation)


def write_down(conversation: Conversation, form: MessageForm) -> None:
    by, text = current_user.user, form.body.data
    if form.kind.data == "note":
        conversation.note(by, text)
        drafting.drop_draft(conversation, by, "note")
        return
    if not form.as_is.data:
        filling.must_be_filled(text)
    before = putting_back.snapshot(conversation)
    uploads = [*drafting.opened(drafting.chosen(conversation, by, form.draft_file.data or ())), *form.uploads, *attaching.uploads_of(form.saved_file.data or (), by)]
    if form.moment:
        planned = planning.plan(conversation, by, text, form.moment, cc=form.copies, uploads=uploads, seen=form.last_seen, resolves="resolve" in request.form)
        undo.offer("reply.planned", _("Leaves %(at)s", at=exact(form.moment)), planned_id=planned.id)
        return
    message = replying.reply(conversation, by, text, cc=form.copies, uploads=uploads, seen=form.last_seen)
    undo.offer("reply.sent", _("Reply on its way"), message_id=message.id, **before)
    if "resolve" in request.form:
        conversation.resolve(by)


def hold(ident: int, form: MessageForm, held: replying.CustomerWrote):
    """The customer wrote meanwhile: show what, keep the text as a draft, and let the person decide."""
    keep(ident, form)
    conversation = found(ident)
    form.seen.raw_data, form.seen.data = None, str(replying.last_heard(conversation))
    return answer(conversation, 422, form=form, held=held.reason)


def refuse(ident: int, form: MessageForm):
    """The composer again with what is wrong."""
    keep(ident, form)
    return answer(found(ident), 422, form=form)


def keep(ident: int, form: MessageForm) -> None:
    """A browser forgets the files that were chosen, so they stay with the draft, like the text."""
    if form.kind.data == "note":
        return
    conversation, by, ticked = found(ident), current_user.user, set(form.draft_file.data or ())
    draft = drafting.draft_of(conversation, by)
    held = [file for file in (draft.files if draft else ()) if file[3] in ticked]
    drafting.save_draft(conversation, by, (form.body.data or "")[:LONGEST], files=[*held, *drafting.keep(form.uploads)])
    db.session.commit()


@blueprint.post("/inbox/<int:ident>/draft")
def save_draft(ident: int):
    """Called while somebody types. Empty text keeps nothing."""
    conversation, kind = found(ident), request.form.get("kind", "reply")
    if kind not in ("reply", "note"):
        abort(400)
    drafting.save_draft(conversation, current_user.user, request.form.get("body", "")[:LONGEST], kind)
    db.session.commit()
    return ("", 204) if web.wants_partial() else web.done(f"/inbox/{ident}")


@blueprint.delete("/inbox/messages/<int:ident>/delivery")
def take_back(ident: int):
    message = db.session.get(Message, ident) or abort(404)
    conversation = found(message.conversation_id)
    replying.unsend(message, current_user.user)
    web.toast(_("Taken back. The text is a draft again."))
    db.session.commit()
    return answer(conversation)

