"""What everybody does with their own account: profile, password, signed-in devices, API tokens."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user
from sqlalchemy import select

from crm import clock, web
from crm.accounts import passwords, queries, sessions, signing_in, undo
from crm.accounts.forms import SCOPE_NAMES, PasswordForm, ProfileForm, TokenForm
from crm.accounts.models import ApiToken, UserSession
from crm.accounts.trail import audit
from crm.extensions import db

# The order matters: each pretends to be those below it.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))

blueprint = Blueprint("account", __name__)


@blueprint.route("/account", methods=["GET", "POST"])
def profile():
    form = ProfileForm(obj=current_user.user)
    if not form.validate_on_submit():
        return web.page("accounts/profile.html", form=form, status=422 if form.is_submitted() else 200)
    form.populate_obj(current_user.user)
    current_user.user.locale, current_user.user.timezone = form.locale.data or None, form.timezone.data or None
    db.session.commit()
    refresh()
    web.toast(_("Saved."))
    return web.done("/account")


@blueprint.post("/account/absence")
def leave():
    """Away: nothing is given to this person by turns until they are back."""
    current_user.user.away_since = current_user.user.away_since or clock.now()
    db.session.commit()
    web.toast(_("You are away. Nothing is given to you by turns."))
    return web.done("/account")


@blueprint.delete("/account/absence")
def come_back():
    current_user.user.away_since = None
    db.session.commit()
    web.toast(_("You are back."))
    return web.done("/account")


@blueprint.route("/account/password", methods=["GET", "POST"])
def password():
    form = PasswordForm()
    form.owner = current_user.user
    if not form.validate_on_submit():
        return web.page("accounts/password.html", form=form, status=422 if form.is_submitted() else 200)
    password_hash = current_user.password_hash
    signing_in.let_others_write()
    if not passwords.is_right(password_hash, form.current.data):
        form.current.errors = [_("This is not your present password.")]
        return web.invalid("accounts/password.html", form=form)
    current_user.user.set_password(form.password.data)
    sessions.end_all(current_user.user, but=current_user.browser)
    audit("user.password_changed", current_user.user)
    db.session.commit()
    web.toast(_("Your password is changed. Other devices have to sign in anew."))
    return web.done("/account/password")


@blueprint.get("/account/sessions")
def own_sessions():
    return web.page("accounts/sessions.html", sessions=db.session.scalars(queries.open_sessions(current_user.user)).all())


@blueprint.delete("/account/sessions")
def sign_out_everywhere():
    """Every device, this one too."""
    sessions.end_all(current_user.user)
    audit("user.signed_out_everywhere", current_user.user)
    sessions.sign_out()
    db.session.commit()
    return web.done("/sign-in")


@blueprint.delete("/account/sessions/<int:ident>")
def end_session(ident: int):
    browser = db.one_or_404(select(UserSession).where(UserSession.id == ident, UserSession.user_id == current_user.id))
    browser.revoke()
    db.session.commit()
    web.toast(_("That device is signed out."))
    return web.done("/account/sessions")


@blueprint.route("/account/tokens", methods=["GET", "POST"])
def own_tokens():
    form = TokenForm()
    if current_user.role != "admin":
        form.scope.choices = form.scope.choices[:2]
    if not form.validate_on_submit():
        return show_tokens(form, status=422 if form.is_submitted() else 200)
    expires_at = clock.now() + timedelta(days=int(form.days.data)) if form.days.data else None
    token, plain = ApiToken.issue(current_user.user, form.name.data, form.scope.data, expires_at)
    audit("token.issued", token, name=token.name, scope=token.scope)
    db.session.commit()
    return show_tokens(TokenForm(formdata=None), plain=plain)


def show_tokens(form: TokenForm, plain: str = "", status: int = 200):
    """The list; right after one was made also its plain text, which is shown this once."""
    own = db.session.scalars(queries.tokens(current_user.user)).all()
    return web.page("accounts/tokens.html", form=form, tokens=own, plain=plain, scope_names=SCOPE_NAMES, status=status)


@blueprint.delete("/account/tokens/<int:ident>")
def revoke_own_token(ident: int):
    revoke(db.one_or_404(queries.tokens(current_user.user).where(ApiToken.id == ident)))
    db.session.commit()
    return web.done("/account/tokens")


@blueprint.app_template_filter()
def device(user_agent: str) -> str:
    """'Firefox · Linux' of a browser's long name for itself; the whole stands in its title."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " · ".join(filter(None, (browser, system))) or _("Unknown device")


def revoke(token: ApiToken) -> None:
    token.revoke()
    audit("token.revoked", token, name=token.name)
    undo.offer("token.revoked", _("The token “%(name)s” is revoked.", name=token.name), id=token.id)
