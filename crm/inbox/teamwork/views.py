"""Working together: turns of a mailbox, watching, who is here."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.accounts.trail import audit
from crm.contacts.tagging import split_names
from crm.errors import Refused
from crm.extensions import db
from crm.fields import ident_or_none
from crm.frame import needs
from crm.inbox import queries
from crm.inbox.contexts import answer, found
from crm.inbox.listing import Listing
from crm.inbox.models import Conversation, Mailbox
from crm.inbox.teamwork import assigning, bulk, presence, tagging, watching
from crm.inbox.teamwork.models import Turns
from crm.notifications.notifying import read_about

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


@blueprint.post("/inbox/<int:ident>/presence")
def beat(ident: int):
    """Sent by the open page every few seconds: who else is here, and whether something came in since."""
    if db.session.scalar(queries.visible_to(current_user).where(Conversation.id == ident).with_only_columns(Conversation.id)) is None:
        abort(404)
    known, user = ident_or_none(request.form.get("known")) or 0, current_user.user
    is_all = presence.beat(ident, user, known, bool(request.form.get("writing")))
    events = ("notifications-changed", "inbox-changed") if is_all and read_about(user, ("conversation", ident)) else ("inbox-changed",) if request.form.get("first") else ()
    db.session.commit()
    wanted = Listing.of(current_user, request.args)
    return web.done(f"/inbox/{ident}", "inbox/teamwork/_here.html", events=events, ident=ident, listing=wanted, others=presence.others(ident, user), is_all=is_all)


@blueprint.post("/inbox/<int:ident>/tags")
def tag(ident: int):
    """The tags of a conversation, all of them, by name."""
    names = split_names(request.form.get("tags", ""))
    if any(len(name) > 60 for name in names) or len(names) > 20:
        raise Refused(_("At most twenty tags of at most 60 characters each."), "tags")
    conversation = found(ident)
    before = bulk.kept(conversation)
    tagging.set_tags(conversation, names, current_user.user)
    if bulk.kept(conversation) != before:
        undo.offer("conversations.changed", _("Tags changed"), conversations=[before])
    db.session.commit()
    return answer(conversation)


@blueprint.get("/inbox/mentionable")
def mentionable():
    """Colleagues whose names can be completed after an @ in a note; without script, as a page of names."""
    return web.page("inbox/teamwork/mentionable.html", "inbox/teamwork/_mentionable.html", staff=queries.staff())


@blueprint.route("/account/watching", methods=["GET", "POST"])
def watch_choices():
    """When one begins to watch a conversation by oneself."""
    user = current_user.user
    if request.method == "GET":
        return web.page("inbox/teamwork/watching.html", reasons=watching.REASONS, chosen=[because for because in watching.REASONS if watching.wants(user, because)])
    watching.choose(user, request.form.getlist("because"))
    web.toast(_("Saved."))
    db.session.commit()
    return web.done("/account/watching")


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
