"""Macros: their pages among the settings, looking at what one would do, and running it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.errors import Refused
from crm.extensions import db
from crm.frame import may
from crm.inbox.composing import filling
from crm.inbox.contexts import answer, found
from crm.inbox.macros import queries, running, steps
from crm.inbox.macros.forms import MacroForm
from crm.inbox.macros.models import Macro
from crm.inbox.models import Conversation
from crm.inbox.teamwork import bulk

blueprint = Blueprint("macros", __name__)


@blueprint.get("/settings/macros")
def index():
    rows = db.session.scalars(queries.visible_to(current_user).order_by(Macro.archived_at.is_not(None), Macro.name, Macro.id)).all()
    return web.page("inbox/macros/macros.html", rows=[(row, may_change(row)) for row in rows])


@blueprint.get("/settings/macros/new")
def new():
    return web.page("inbox/macros/macro.html", **told(None, MacroForm(formdata=None, viewer=current_user)))


@blueprint.post("/settings/macros")
@once
def create():
    form = MacroForm(viewer=current_user)
    if not form.validate():
        return web.invalid("inbox/macros/macro.html", **told(None, form))
    macro = Macro(owner_id=current_user.id)
    form.fill(macro)
    db.session.add(macro)
    return kept(_("Saved"))


@blueprint.get("/settings/macros/<int:ident>")
def show(ident: int):
    macro = changeable(ident)
    return web.page("inbox/macros/macro.html", **told(macro, MacroForm(formdata=None, macro=macro, viewer=current_user)))


@blueprint.post("/settings/macros/<int:ident>")
def edit(ident: int):
    macro, form = changeable(ident), MacroForm(viewer=current_user)
    if not form.validate():
        return web.invalid("inbox/macros/macro.html", **told(macro, form))
    form.fill(macro)
    return kept(_("Saved"))


@blueprint.post("/settings/macros/<int:ident>/archive")
def archive(ident: int):
    macro = changeable(ident)
    macro.archive()
    return kept(_("%(name)s is archived", name=macro.name), undo=f"/settings/macros/{ident}/archive?_method=DELETE")


@blueprint.delete("/settings/macros/<int:ident>/archive")
def unarchive(ident: int):
    changeable(ident).unarchive()
    return kept(_("Saved"))


@blueprint.get("/inbox/<int:ident>/macros")
def choose(ident: int):
    """Those that fit, each with what it would do: for the menu, or as a page of its own."""
    conversation = found(ident)
    rows = db.session.scalars(queries.fitting(conversation, current_user)).all()
    offered = [(row, *looked_at(row, conversation)) for row in rows]
    return web.page("inbox/macros/choose.html", "inbox/macros/_choose.html", conversation=conversation, offered=offered)


@blueprint.get("/inbox/<int:ident>/macros/<int:macro>")
def look(ident: int, macro: int):
    """What it would do here, with every word of its answer."""
    conversation = found(ident)
    row = one(macro, conversation)
    says, refused = looked_at(row, conversation)
    text = "" if refused or not row.steps.get("saved_reply_id") else steps.reply_text(steps.Case(conversation, current_user.user), row.steps["saved_reply_id"])
    note = filling.fill(row.steps.get("note", ""), conversation, current_user.user)
    return web.page("inbox/macros/look.html", conversation=conversation, macro=row, says=says, refused=refused, text=text, note=note)


@blueprint.post("/inbox/<int:ident>/macros/<int:macro>/run")
@once
def run(ident: int, macro: int):
    conversation = found(ident)
    row, before = one(macro, conversation), bulk.kept(conversation)
    made = running.run(row, conversation, current_user.user)
    undo.offer("conversations.changed", row.name, conversations=[before | {"made": made}])
    leads_to(f"/inbox/{ident}")
    db.session.commit()
    return answer(conversation)


def looked_at(macro: Macro, conversation: Conversation) -> tuple[list[str], str]:
    """What it would do, or why it cannot."""
    try:
        return running.preview(macro, conversation, current_user.user), ""
    except Refused as refused:
        return [], refused.reason


def one(ident: int, conversation: Conversation) -> Macro:
    return db.session.scalars(queries.fitting(conversation, current_user).where(Macro.id == ident)).one_or_none() or abort(404)


def changeable(ident: int) -> Macro:
    """Its owner changes it; a shared one also whoever may change settings."""
    macro = db.session.scalars(queries.visible_to(current_user).where(Macro.id == ident)).one_or_none() or abort(404)
    return macro if may_change(macro) else abort(403)


def may_change(macro: Macro) -> bool:
    return macro.owner_id == current_user.id or may("settings")


def told(macro: Macro | None, form: MacroForm) -> dict[str, Any]:
    return {"macro": macro, "form": form, "placeholders": filling.PLACEHOLDERS}


def kept(done: str, undo: str | None = None):
    location = leads_to("/settings/macros")
    web.toast(done, undo=undo)
    db.session.commit()
    return web.done(location)
