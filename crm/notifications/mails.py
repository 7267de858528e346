"""The same by mail, for who wants it. Leaves through the outbox, marked as automatic."""

from __future__ import annotations

from flask import current_app, render_template
from flask_babel import force_locale

from crm.accounts.models import User
from crm.notifications.kinds import KINDS
from crm.outbox.sending import enqueue


def send(user: User, kind: str, text: str, link: str, by: User | None) -> None:
    settings = current_app.config["SETTINGS"]
    with force_locale(user.locale or settings.locale):
        context = {"text": text, "link": link, "why": KINDS[kind].label, "choose": f"{settings.base_url.rstrip('/')}/account/notifications"}
        enqueue(
            to=[(user.name, user.email)], subject=text, text=render_template("notifications/mail.txt", **context),
            html=render_template("notifications/mail.html", **context), purpose="notification", automatic=True, user=by,
        )
