"""Links between conversations, and moving one to another contact or mailbox."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.contacts import inline
from crm.errors import Refused
from crm.extensions import db
from crm.inbox import queries as inbox
from crm.inbox.contexts import found
from crm.inbox.linking import giving, linking, queries
from crm.inbox.linking.forms import GiveForm, LinkForm
from crm.inbox.linking.models import ConversationLink
from crm.inbox.models import Conversation
from crm.touchpoints.models import Touchpoint

OFFERED = 12
blueprint = Blueprint("linking", __name__)
blueprint.record_once(lambda state: state.app.jinja_env.globals.update(link_words=linking.words))


@blueprint.get("/inbox/<int:ident>/links")
def choose(ident: int):
    conversation = found(ident)
    form = LinkForm(formdata=None, conversation=conversation, viewer=current_user, data={"other": request.args.get("other", "")})
    return web.page("inbox/linking/link.html", **told(conversation, form))


@blueprint.post("/inbox/<int:ident>/links")
@once
def add(ident: int):
    conversation = found(ident)
    form = LinkForm(conversation=conversation, viewer=current_user)
    if not form.validate():
        return web.invalid("inbox/linking/link.html", **told(conversation, form))
    assert form.target is not None
    row = linking.link(conversation, form.target, form.kind.data, current_user.user)
    undo.offer("conversation.linked", _("Linked with #%(number)s", number=form.target.id), link_id=row.id, conversation_id=ident)
    location = leads_to(f"/inbox/{ident}")
    db.session.commit()
    return web.done(location)


@blueprint.delete("/inbox/links/<int:ident>")
def remove(ident: int):
    row = db.session.get(ConversationLink, ident) or abort(404)
    here = found(row.to_id if request.args.get("from") == str(row.to_id) else row.from_id)
    if row.removed_at is None:
        linking.remove(row, current_user.user)
        undo.offer("conversation.unlinked", _("The link is removed"), link_id=ident, conversation_id=here.id)
    db.session.commit()
    return web.done(f"/inbox/{here.id}")


@blueprint.get("/inbox/<int:ident>/move")
def move(ident: int):
    return moving(found(ident), GiveForm(formdata=None))


@blueprint.post("/inbox/<int:ident>/contact")
def give(ident: int):
    conversation, form = found(ident), GiveForm()
    contact = inline.person_typed(form.person.data) if form.validate() else None
    if contact is None:
        if form.person.data:
            form.person.errors = [_("Nobody, or more than one person, is called that. Choose from the suggestions, or give an address.")]
        return moving(conversation, form, 422)
    before = conversation.contact
    try:
        giving.give_to(conversation, contact, current_user.user)
    except Refused as refused:
        form.person.errors = [refused.reason]
        return moving(conversation, form, 422)
    if before.id != contact.id:
        undo.offer("conversation.given", _("Moved to %(name)s", name=contact.display_name), conversation_id=ident, contact_id=before.id)
    db.session.commit()
    return web.done(f"/inbox/{ident}")


def moving(conversation: Conversation, form: GiveForm, status: int = 200):
    offered = db.select(Touchpoint).where(Touchpoint.retired_at.is_(None) | (Touchpoint.id == conversation.touchpoint_id)).order_by(Touchpoint.position, Touchpoint.id)
    return web.page("inbox/linking/move.html", status=status, conversation=conversation, form=form, mailboxes=inbox.mailboxes(), touchpoints=db.session.scalars(offered).all())


def told(conversation: Conversation, form: LinkForm) -> dict:
    others = [row for row in inbox.others_of(conversation.contact_id, conversation.id, OFFERED) if row.status != "spam"]
    return {"conversation": conversation, "form": form, "others": others, "linked": queries.linked_with(conversation.id)}
