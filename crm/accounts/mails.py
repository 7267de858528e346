"""Mails about an account: a link to choose a password. They leave through the outbox like every other."""

from __future__ import annotations

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from crm.accounts.models import User
from crm.accounts.preferences import preference
from crm.accounts.signing_in import password_link

SUBJECTS = {"reset": _l("Choose a new password"), "invitation": _l("Your access to Backbone")}


def send_reset(user: User) -> None:
    _send(user, "reset")


def send_invitation(user: User) -> None:
    _send(user, "invitation")


def _send(user: User, purpose: str) -> None:
    locale = user.locale or current_app.config["SETTINGS"].locale
    with force_locale(locale):
        context = {"user": user, "link": password_link(user, purpose), "firm": preference("firm_name")}
        current_app.extensions["post"](
            to=[user.email], subject=str(SUBJECTS[purpose]), text=render_template(f"accounts/mails/{purpose}.txt", **context),
            html=render_template(f"accounts/mails/{purpose}.html", **context), purpose="account", automatic=True,
        )
