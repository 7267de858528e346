"""Pages of accounts."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from crm import web
from crm.accounts import aside, undo
from crm.accounts.models import UndoStep
from crm.extensions import db

blueprint = Blueprint("accounts", __name__)
blueprint.record_once(lambda state: state.app.teardown_appcontext(aside.write))


@blueprint.post("/undo/<int:ident>")
def undo_step(ident: int):
    mine = select(UndoStep).where(UndoStep.id == ident, UndoStep.user_id == current_user.id)
    page = undo.carry_out(db.one_or_404(mine.with_for_update()), current_user.user)
    web.toast(_("Undone."))
    db.session.commit()
    return web.done(page or web.came_from("/"))
