"""Saved replies: their pages among the settings, and choosing one in a conversation."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import selectinload

from crm import web
from crm.accounts.once import leads_to, once
from crm.extensions import db
from crm.frame import may
from crm.inbox import drafting
from crm.inbox.composing import filling, queries
from crm.inbox.composing.forms import SavedReplyForm
from crm.inbox.composing.models import SavedReply, SavedReplyFile
from crm.inbox.contexts import found

blueprint = Blueprint("saved_replies", __name__)


@blueprint.get("/settings/saved-replies")
def index():
    rows = db.session.scalars(queries.visible_to(current_user).order_by(SavedReply.archived_at.is_not(None), SavedReply.name, SavedReply.id)).all()
    return web.page("inbox/composing/saved_replies.html", rows=[(row, may_change(row)) for row in rows])


@blueprint.get("/settings/saved-replies/new")
def new():
    return web.page("inbox/composing/saved_reply.html", form=SavedReplyForm(formdata=None), saved=None, placeholders=filling.PLACEHOLDERS)


@blueprint.post("/settings/saved-replies")
@once
def create():
    form = SavedReplyForm()
    if not form.validate():
        return web.invalid("inbox/composing/saved_reply.html", form=form, saved=None, placeholders=filling.PLACEHOLDERS)
    saved = SavedReply(owner_id=current_user.id)
    form.fill(saved)
    db.session.add(saved)
    return kept(_("Saved"))


@blueprint.get("/settings/saved-replies/<int:ident>")
def show(ident: int):
    saved = changeable(ident)
    return web.page("inbox/composing/saved_reply.html", form=SavedReplyForm(formdata=None, saved=saved), saved=saved, placeholders=filling.PLACEHOLDERS)


@blueprint.post("/settings/saved-replies/<int:ident>")
def edit(ident: int):
    saved, form = changeable(ident), SavedReplyForm()
    if not form.validate():
        return web.invalid("inbox/composing/saved_reply.html", form=form, saved=saved, placeholders=filling.PLACEHOLDERS)
    form.fill(saved)
    return kept(_("Saved"))


@blueprint.post("/settings/saved-replies/<int:ident>/archive")
def archive(ident: int):
    saved = changeable(ident)
    saved.archive()
    return kept(_("%(name)s is archived", name=saved.name), undo=f"/settings/saved-replies/{ident}/archive?_method=DELETE")


@blueprint.delete("/settings/saved-replies/<int:ident>/archive")
def unarchive(ident: int):
    changeable(ident).unarchive()
    return kept(_("Saved"))


@blueprint.get("/inbox/<int:ident>/saved-replies")
def choose(ident: int):
    """Those that fit, filled for the recipient: for the menu of the composer, or as a page of its own."""
    conversation = found(ident)
    language = filling.language_of(conversation)
    rows = db.session.scalars(queries.fitting(conversation, current_user).options(selectinload(SavedReply.files))).all()
    filled = [(row, filling.fill(row.text(language), conversation, current_user.user, language)) for row in rows]
    return web.page("inbox/composing/choose.html", "inbox/composing/_choose.html", conversation=conversation, filled=filled, names_of=names_of)


@blueprint.post("/inbox/<int:ident>/saved-replies/<int:reply>/insertion")
def insert(ident: int, reply: int):
    """Without script: the text joins what is being written."""
    conversation = found(ident)
    saved = db.session.scalars(queries.fitting(conversation, current_user).where(SavedReply.id == reply)).one_or_none() or abort(404)
    language = filling.language_of(conversation)
    text = filling.fill(saved.text(language), conversation, current_user.user, language)
    drafting.bring_back(conversation, current_user.user, text)
    db.session.commit()
    files = "".join(f"&saved_file={file.id}" for file in saved.files)
    return web.done(f"/inbox/{ident}?{request.query_string.decode('ascii', 'ignore')}{files}#composer-body")


def names_of(files: Iterable[SavedReplyFile]) -> list[list[object]]:
    """What the composer needs to attach them."""
    return [[file.id, file.filename] for file in files]


def changeable(ident: int) -> SavedReply:
    """Its owner changes it; a shared one also whoever may change settings."""
    saved = db.session.scalars(queries.visible_to(current_user).where(SavedReply.id == ident)).one_or_none() or abort(404)
    return saved if may_change(saved) else abort(403)


def may_change(saved: SavedReply) -> bool:
    return saved.owner_id == current_user.id or may("settings")


def kept(done: str, undo: str | None = None):
    location = leads_to("/settings/saved-replies")
    web.toast(done, undo=undo)
    db.session.commit()
    return web.done(location)
