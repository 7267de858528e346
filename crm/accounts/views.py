"""Coming in and going out: sign-in, forgotten passwords, the first start; and undo."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from crm import web
from crm.accounts import aside, first_start, mails, once, sessions, signing_in, undo
from crm.accounts.forms import NewPasswordForm, ResetRequestForm, SetupForm, SignInForm
from crm.accounts.models import UndoStep
from crm.accounts.trail import audit
from crm.accounts.views_account import blueprint as account
from crm.accounts.views_departments import blueprint as departments
from crm.accounts.views_settings import blueprint as settings_pages
from crm.accounts.views_users import blueprint as users
from crm.extensions import db, limiter
from crm.frame import public

blueprint = Blueprint("accounts", __name__)
blueprint.record_once(aside.register)
blueprint.record_once(once.register)
for part in (account, departments, settings_pages, users):
    blueprint.register_blueprint(part)


def account_tried() -> str:
    return "account:" + request.form.get("email", "").strip().lower()[:254]


def was_refused(response) -> bool:
    return response.status_code != 303


# By address generously, since a whole firm may share one; by account strictly. Only failures count.
by_address = limiter.limit("60 per 15 minutes", methods=["POST"], deduct_when=was_refused)
by_account = limiter.limit("10 per 15 minutes", key_func=account_tried, methods=["POST"], deduct_when=was_refused)
mails_by_address = limiter.limit("20 per hour", methods=["POST"])
mails_by_account = limiter.limit("5 per hour", key_func=account_tried, methods=["POST"])


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@by_address
@by_account
def sign_in():
    if current_user.is_authenticated:
        return web.done(web.safe_next("/"))
    if first_start.nobody_works_here():
        return redirect("/setup", 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return web.page("accounts/sign_in.html", form=form, next=web.safe_next("/"), status=422 if form.is_submitted() else 200)
    user = signing_in.authenticate(form.email.data, form.password.data)
    if user is None:
        form.password.errors = [_("Mail address and password do not belong together.")]
        return web.invalid("accounts/sign_in.html", form=form, next=web.safe_next("/"))
    sessions.sign_in(user)
    audit("user.signed_in", user)
    db.session.commit()
    return web.done(web.safe_next("/"))


@blueprint.post("/sign-out")
def sign_out():
    sessions.sign_out()
    db.session.commit()
    return web.done("/sign-in")


@blueprint.route("/password", methods=["GET", "POST"])
@public
@mails_by_address
@mails_by_account
def forgotten_password():
    """The answer is the same whether the address is known or not."""
    form = ResetRequestForm()
    if not form.validate_on_submit():
        return web.page("accounts/forgotten_password.html", form=form, status=422 if form.is_submitted() else 200)
    user = signing_in.by_email(form.email.data)
    if user and user.is_active:
        mails.send_reset(user)
        db.session.commit()
    return web.page("accounts/mail_on_its_way.html", email=form.email.data)


@blueprint.route("/password/<any(reset, invitation):purpose>/<token>", methods=["GET", "POST"])
@public
@limiter.limit("30 per hour", methods=["POST"])
def new_password(purpose: str, token: str):
    user = signing_in.who_follows(purpose, token)
    if user is None:
        return web.page("accounts/link_expired.html", status=410)
    form = NewPasswordForm()
    form.owner = user
    if not form.validate_on_submit():
        return web.page("accounts/new_password.html", form=form, user=user, purpose=purpose, status=422 if form.is_submitted() else 200)
    user.set_password(form.password.data)
    sessions.end_all(user)
    sessions.sign_in(user)
    audit("user.password_changed", user, by_link=purpose)
    db.session.commit()
    web.toast(_("Your password is set."))
    return web.done("/")


@blueprint.route("/setup", methods=["GET", "POST"])
@public
@limiter.limit("30 per hour", methods=["POST"])
def setup():
    if not first_start.nobody_works_here():
        abort(404)
    form = SetupForm(key=request.args.get("key", ""))
    if not form.validate_on_submit():
        return web.page("accounts/setup.html", form=form, status=422 if form.is_submitted() else 200)
    settings = current_app.config["SETTINGS"]
    if not first_start.is_key(settings, form.key.data):
        form.key.errors = [_("This is not the key. It was printed on the console when the program started.")]
        return web.invalid("accounts/setup.html", form=form)
    first_start.forget_key(settings)
    current_app.extensions["prepare"]()
    sessions.sign_in(first_start.create_first_administrator(form.email.data, form.name.data, form.password.data))
    db.session.commit()
    return web.done("/settings")


@blueprint.post("/undo/<int:ident>")
def undo_step(ident: int):
    mine = select(UndoStep).where(UndoStep.id == ident, UndoStep.user_id == current_user.id)
    page = undo.carry_out(db.one_or_404(mine.with_for_update()), current_user.user)
    web.toast(_("Undone."))
    db.session.commit()
    return web.done(page or web.came_from("/"))
