"""Replies for later: suggested times, changing one, taking it back."""

from __future__ import annotations

from flask import Blueprint, abort
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.contexts import answer, found
from crm.inbox.scheduling import planning, queries
from crm.inbox.scheduling.forms import PlannedForm
from crm.inbox.scheduling.models import ScheduledReply
from crm.inbox.scheduling.times import suggestions

blueprint = Blueprint("scheduling", __name__)


@blueprint.get("/inbox/<int:ident>/send-later")
def suggest(ident: int):
    """Times at which the firm works, for the menu of the composer."""
    conversation = found(ident)
    return web.page("inbox/scheduling/suggest.html", "inbox/scheduling/_suggest.html", conversation=conversation, offered=suggestions(conversation, current_user.user))


@blueprint.get("/inbox/planned/<int:ident>")
def show(ident: int):
    row = waiting(ident)
    return web.page("inbox/scheduling/planned.html", row=row, form=PlannedForm(formdata=None, row=row))


@blueprint.post("/inbox/planned/<int:ident>")
def edit(ident: int):
    row = waiting(ident)
    form = PlannedForm(row=row)
    if not form.validate() or form.moment is None:
        return web.invalid("inbox/scheduling/planned.html", row=row, form=form)
    try:
        planning.change(row, form.body.data, form.moment, current_user.user)
    except Refused as refused:
        if refused.field != "send_at":
            raise
        form.send_at.errors = [refused.reason]
        return web.invalid("inbox/scheduling/planned.html", row=row, form=form)
    web.toast(_("Saved"))
    db.session.commit()
    return web.done(f"/inbox/{row.conversation_id}")


@blueprint.delete("/inbox/planned/<int:ident>")
def cancel(ident: int):
    row = db.session.get(ScheduledReply, ident) or abort(404)
    conversation = found(row.conversation_id)
    planning.cancel(row, current_user.user)
    web.toast(_("Taken back. The text is a draft again."))
    db.session.commit()
    return answer(conversation)


def waiting(ident: int) -> ScheduledReply:
    return db.session.scalars(web.locked(queries.visible_to(current_user).where(ScheduledReply.id == ident), ScheduledReply)).one_or_none() or abort(404)
