"""Settings of the firm as a whole: its preferences, everybody's tokens, the audit trail."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import BadRequest

from crm import frame, web
from crm.accounts import preferences, queries
from crm.accounts.forms import SCOPE_NAMES, FirmForm, TrailFilter
from crm.accounts.models import ApiToken, AuditEntry, User
from crm.accounts.trail import audit
from crm.accounts.views_account import revoke
from crm.accounts.wording import action_name, detail_words
from crm.extensions import db
from crm.fields import options
from crm.frame import needs

blueprint = Blueprint("settings", __name__)


@blueprint.get("/settings")
def settings():
    pages = [page for page in current_app.extensions["settings_pages"] if not page.right or frame.may(page.right)]
    return web.page("settings/index.html", pages=pages)


@blueprint.route("/settings/firm", methods=["GET", "POST"])
@needs("settings")
def firm():
    form = FirmForm(data={key: preferences.preference(key) for key in preferences.DEFAULTS})
    if not form.validate_on_submit():
        return web.page("settings/firm.html", form=form, status=422 if form.is_submitted() else 200)
    changed = {key: form[key].data for key in preferences.DEFAULTS if form[key].data != preferences.preference(key)}
    for key, value in changed.items():
        preferences.set_preference(key, value)
    if "address_form" in changed:
        User.address_all(changed["address_form"])
    audit("firm.changed", None, **changed)
    db.session.commit()
    web.toast(_("Saved."))
    return web.done("/settings/firm")


@blueprint.get("/settings/tokens")
@needs("users")
def tokens():
    return web.page("settings/tokens.html", tokens=db.session.scalars(queries.tokens()).all(), scope_names=SCOPE_NAMES)


@blueprint.delete("/settings/tokens/<int:ident>")
@needs("users")
def revoke_token(ident: int):
    revoke(db.one_or_404(queries.tokens().where(ApiToken.id == ident)))
    db.session.commit()
    return web.done("/settings/tokens")


@blueprint.get("/settings/audit")
@needs("audit")
def audit_trail():
    form = TrailFilter(request.args)
    people = db.session.execute(select(User.id, User.name).order_by(User.name)).all()
    actions = db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()
    form.user_id.choices = options(((row.id, row.name) for row in people), empty=_("Everybody"))
    form.action.choices = options(((key, action_name(key)) for key in actions), empty=_("Everything"))
    if not form.validate():
        raise BadRequest
    query = queries.trail(form.user_id.data, form.action.data or "")
    page = web.paginate(query, AuditEntry.at, AuditEntry.id, cursor=request.args.get("cursor"))
    return web.page("settings/audit.html", "settings/_audit_rows.html", form=form, page=page, action_name=action_name, detail_words=detail_words)
